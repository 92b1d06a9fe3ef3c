package jensen.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.evaluate.AnnealedImportance;
import jensen.evaluate.Calibration;
import jensen.evaluate.EvidenceMethod;
import jensen.evaluate.ImportanceSampling;
import jensen.evaluate.Surgery;

/** Estimates by draws, judged by how often the truth is within their errors. */
final class SamplingOracles {
    private static final int SAMPLED = 400;
    private static final int ANNEALED = 200;
    private static final int SIMULATED = 2000;

    /** A p-value that chance brings about once in ten thousand times. */
    private static final double RARE = 1e-4;

    private SamplingOracles() {}

    static List<Oracle> all(int threads) {
        List<Oracle> found = new ArrayList<>();
        found.add(coverage(
                "importance sampling: 95 % intervals",
                new ImportanceSampling(ImportanceSampling.Proposal.POSTERIOR, 200, 1, 200), SAMPLED, threads));
        found.add(coverage(
                "annealing: 95 % intervals",
                new AnnealedImportance(
                        AnnealedImportance.Start.POSTERIOR, AnnealedImportance.Spacing.SIGMOIDAL, 20, 32, 3),
                ANNEALED,
                threads));
        found.add(information());
        found.add(calibration("calibration of the posterior", 1, threads));
        found.add(calibration("calibration of too narrow a q", 0.5, threads));
        return found;
    }

    /** The share of simulated data whose exact log p(x) is within 1.96 standard errors. */
    private static Oracle coverage(String name, EvidenceMethod method, int n, int threads) {
        float[][] x = LinearExample.simulate(n, 29);
        int[] rows = IntStream.range(0, n).toArray();
        long covered =
                method
                        .evidence(LinearExample.evaluator(0.1, 2.5, threads), LinearExample.data(x), rows, k -> {})
                        .stream()
                        .filter(e -> Math.abs(e.value() - LinearExample.logEvidence(x[e.index()]))
                                <= 1.96 * e.standardError())
                        .count();
        return Oracle.close(name, 0.95, (double) covered / n, 4 * Math.sqrt(0.95 * 0.05 / n));
    }

    /** Codes so far apart that each tells which datum it is of. */
    private static Oracle information() {
        int n = 16;
        float[] x = new float[n * LinearExample.WIDTH];
        for (int i = 0; i < n; i++) {
            x[i * LinearExample.WIDTH] = 100 * i;
        }
        Dataset data = Dataset.of("far apart", Shape.vector(LinearExample.WIDTH), Values.REAL, x);
        Surgery surgery = Surgery.of(
                LinearExample.evaluator(0, 1, 1), data, IntStream.range(0, n).toArray(), 10, k -> {});
        return Oracle.close(
                "information of 16 codes far apart",
                Math.log(n),
                surgery.mutualInformation().value(),
                1e-9);
    }

    /** The posterior of this model has correlated components; the ranks see its marginals. */
    private static Oracle calibration(String name, double factor, int threads) {
        double marginal = LinearExample.m(0, 0) * LinearExample.m(1, 1) / LinearExample.determinant();
        Calibration found = Calibration.of(LinearExample.evaluator(0, factor * marginal, threads), SIMULATED, k -> {});
        double p = Math.min(found.pValue(0), found.pValue(1));
        boolean calibrated = factor == 1;
        return new Oracle(
                name,
                (calibrated ? "p above " : "p below ") + RARE,
                String.format(Locale.ROOT, "p %.3g", p),
                calibrated == p > RARE);
    }
}
