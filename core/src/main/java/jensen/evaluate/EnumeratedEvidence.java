package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Finite;
import jensen.model.LogWeights;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * The exact log p(x) = log Σ_z p(x|z) p(z) of a discrete z, by the sum over all of its values in float64. Each value is decoded
 * once for some rows together.
 *
 * @param budget the most values of z
 */
public record EnumeratedEvidence(int budget) implements EvidenceMethod {
    /** Rows that are decoded for together. */
    private static final int TOGETHER = 16;

    /** @throws IllegalArgumentException if the budget is not positive */
    public EnumeratedEvidence {
        if (budget < 1) {
            throw new IllegalArgumentException("budget must be ≥ 1, was " + budget);
        }
    }

    @Override
    public String name() {
        return "enumeration";
    }

    /** @throws IllegalArgumentException if z is real, or has more values than the budget */
    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return each(evaluator, data, rows, done, logs -> logs.logEvidence).stream()
                .map(found -> new Evidence(found.row, found.value, 0, this, found.evaluations, true, Optional.empty()))
                .toList();
    }

    /**
     * E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)) of each of some rows.
     *
     * @throws IllegalArgumentException if z is real, or has more values than the budget
     */
    public List<Estimate> elbo(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return each(evaluator, data, rows, done, Logs::elbo).stream()
                .map(found -> new Estimate(found.value, 0))
                .toList();
    }

    /**
     * KL(q(z|x) ‖ p(z|x)) of each of some rows: what the bound loses.
     *
     * @throws IllegalArgumentException if z is real, or has more values than the budget
     */
    public List<Estimate> gap(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return each(evaluator, data, rows, done, Logs::divergence).stream()
                .map(found -> new Estimate(found.value, 0))
                .toList();
    }

    /**
     * One datum's logarithms, for every value of z.
     *
     * @param joint log p(x, z)
     * @param posterior log q(z|x)
     */
    private record Logs(double[] joint, double[] posterior, double logEvidence) {
        double elbo() {
            double sum = 0;
            for (int s = 0; s < joint.length; s++) {
                double q = Math.exp(posterior[s]);
                sum += q > 0 ? q * (joint[s] - posterior[s]) : 0;
            }
            return sum;
        }

        /** Σ q (log q − log p(z|x)). */
        double divergence() {
            double sum = 0;
            for (int s = 0; s < joint.length; s++) {
                double q = Math.exp(posterior[s]);
                sum += q > 0 ? q * (posterior[s] - (joint[s] - logEvidence)) : 0;
            }
            return sum;
        }
    }

    private interface Look {
        double at(Logs logs);
    }

    private record Found(int row, double value, long evaluations) {}

    private List<Found> each(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done, Look look) {
        long states = evaluator
                .states()
                .orElseThrow(() -> new IllegalArgumentException(
                        "enumeration is a sum over the values of a discrete z, and z of this model is real: use quadrature, is"
                                + " or ais"));
        if (states > budget) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "enumeration is a sum over all values of z: expected at most the budget of %,d, found %s; is serves",
                    budget,
                    states == Long.MAX_VALUE ? "2^63 or more" : String.format(Locale.ROOT, "%,d", states)));
        }
        Evaluator precise = evaluator.inDouble();
        return precise.blocks(rows, TOGETHER, done, part -> block(precise, data, part, look));
    }

    private static List<Found> block(Evaluator e, Dataset data, int[] rows, Look look) {
        try (Scope scope = new Scope()) {
            Batch batch = e.read(data, rows);
            Finite q = (Finite) e.posterior(data, batch);
            BiFunction<Draw, Distribution, LogWeights> terms = e.model().logWeights(e.theta(), batch);
            Tensor support = q.support();
            int states = Math.toIntExact(support.size(0));
            double[][] joint = new double[rows.length][states];
            double[][] posterior = new double[rows.length][states];
            int chunk = Math.max(1, Evaluator.CHUNK / data.shape().size());
            for (int from = 0; from < states; from += chunk) {
                int n = Math.min(chunk, states - from);
                try (Scope inner = new Scope()) {
                    Tensor z = support.narrow(0, from, n);
                    Draw values = Draw.of(z.unsqueeze(1), q.logProbOfPairs(z));
                    LogWeights w = terms.apply(values, q);
                    Evaluator.spread(w.logLikelihood().add(w.logPrior()), joint, from, n);
                    Evaluator.spread(w.logPosterior(), posterior, from, n);
                }
            }
            List<Found> found = new ArrayList<>(rows.length);
            for (int i = 0; i < rows.length; i++) {
                Logs logs = new Logs(joint[i], posterior[i], logSumExp(joint[i]));
                found.add(new Found(rows[i], look.at(logs), states));
            }
            return found;
        }
    }

    private static double logSumExp(double[] logs) {
        double max = Arrays.stream(logs).max().orElseThrow();
        return max + Math.log(Arrays.stream(logs).map(l -> Math.exp(l - max)).sum());
    }
}
