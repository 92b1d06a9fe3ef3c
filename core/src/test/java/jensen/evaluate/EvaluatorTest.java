package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * On z ~ N(0, 1), x|z ~ N(a z, s² I₂) everything is known: log p(x), the posterior, the ELBO of any normal q and its gap.
 */
class EvaluatorTest {
    private static final double[] A = {1.3, -0.4};
    static final double S2 = 0.49;
    static final double M = A[0] * A[0] + A[1] * A[1] + S2;
    static final float[][] X = {{0.9f, 0.1f}, {-2.5f, 1f}, {0, 0}, {3, -3}};
    static final Dataset DATA = data();

    private static Dataset data() {
        float[] flat = new float[2 * X.length];
        for (int i = 0; i < X.length; i++) {
            System.arraycopy(X[i], 0, flat, 2 * i, 2);
        }
        return Dataset.of("four points", Shape.vector(2), Values.REAL, flat);
    }

    static double logEvidence(float[] x) {
        // N(x; 0, a aᵀ + s² I) by the determinant and the inverse of a rank-one update
        double along = A[0] * x[0] + A[1] * x[1];
        double square = ((double) x[0] * x[0] + (double) x[1] * x[1] - along * along / M) / S2;
        return -0.5 * (2 * Math.log(2 * Math.PI) + Math.log(S2 * M) + square);
    }

    /** With q(z|x) = N(shift + aᵀx/M, factor · s²/M): the exact posterior for 0 and 1. */
    static Evaluator evaluator(double shift, double factor, int threads) {
        Model model = new Model(
                new Prior.StandardNormal(1),
                new Head(new Mlp(1, List.of(), 2, Activation.TANH), new Family.NormalShared(), 2));
        Amortised guide = new Amortised(new Head(new Mlp(2, List.of(), 2, Activation.TANH), new Family.Normal(), 1));
        Generator any = Generator.of(1);
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        theta.set("likelihood.net.0.weight", Tensor.of(A, 2, 1));
        theta.set("likelihood.family.logVariance", Tensor.of(new double[] {Math.log(S2)}, 1));
        phi.set("encoder.net.0.weight", Tensor.of(new double[] {A[0] / M, A[1] / M, 0, 0}, 2, 2));
        phi.set("encoder.net.0.bias", Tensor.of(new double[] {shift, Math.log(factor * S2 / M)}, 2));
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), Generator.of(5), threads);
    }

    static int[] all() {
        return IntStream.range(0, X.length).toArray();
    }

    @Test
    void atTheExactPosteriorTheEvidenceHasNoErrorAndTheBoundNoGap() {
        for (Row row : evaluator(0, 1, 1).rows(DATA, all(), 64, n -> {})) {
            double exact = logEvidence(X[row.index()]);
            assertThat(row.logEvidence()).isCloseTo(exact, within(1e-10));
            assertThat(row.logEvidenceError()).isLessThan(1e-7);
            assertThat(row.effectiveSamples()).isCloseTo(64, within(1e-6));
            // the closed-form divergence leaves the noise of E_q[log p(x|z)]
            assertThat(row.elbo()).isCloseTo(exact, within(5 * row.elboError()));
        }
    }

    @Test
    void theGapOfAWrongPosteriorIsItsDivergence() {
        double shift = 0.3;
        double factor = 2;
        double gap = 0.5 * (factor + shift * shift * M / S2 - 1 - Math.log(factor));
        for (Row row : evaluator(shift, factor, 2).rows(DATA, all(), 20_000, n -> {})) {
            double exact = logEvidence(X[row.index()]);
            assertThat(row.elbo()).isCloseTo(exact - gap, within(4 * row.elboError()));
            assertThat(row.elboError()).isBetween(1e-3, 0.1);
            assertThat(row.logEvidence()).isCloseTo(exact, within(4 * row.logEvidenceError()));
            assertThat(row.logEvidenceError()).isBetween(1e-4, 0.02);
        }
    }

    @Test
    void aRowIsTheSameWhicheverRowsAndThreadsAreBesideIt() {
        List<Row> together = evaluator(0.3, 2, 2).rows(DATA, all(), 50, n -> {});
        List<Row> alone = evaluator(0.3, 2, 1).rows(DATA, new int[] {3, 1}, 50, n -> {});
        assertThat(alone).containsExactly(together.get(3), together.get(1));
    }

    @Test
    void dataThatTheLikelihoodDoesNotFitAreRefused() {
        Evaluator binary = AutomaticEvidenceTest.constant(2, 0);
        Dataset grey = Dataset.of("grey", new Shape(1, 8, 8), Values.UNIT, new float[64]);
        assertThatThrownBy(() -> binary.rows(grey, new int[] {0}, 2, n -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("bernoulli does not fit", "a number from 0 to 1");
    }

    @Test
    void codesAreTheMeansAndDeviationsOfQ() {
        Codes codes = evaluator(0.3, 2, 2).codes(DATA, all());
        for (int i = 0; i < X.length; i++) {
            double mean = 0.3 + (A[0] * X[i][0] + A[1] * X[i][1]) / M;
            double variance = 2 * S2 / M;
            assertThat(codes.mean()[i][0]).isCloseTo(mean, within(1e-7));
            assertThat(codes.standardDeviation()[i][0]).isCloseTo(Math.sqrt(variance), within(1e-12));
            assertThat(codes.kl().orElseThrow()[i][0])
                    .isCloseTo(0.5 * (variance + mean * mean - 1 - Math.log(variance)), within(1e-7));
        }
        assertThat(codes.activeUnits()).isEqualTo(1);
    }

    @Test
    void errorsOfMeansFollowFromTheRows() {
        Evaluator evaluator = evaluator(0.3, 2, 1);
        List<Row> rows = evaluator.rows(DATA, all(), 100, n -> {});
        Evaluation e = Evaluation.of(rows, rows, evaluator.codes(DATA, all()), 2, 100);
        double[] evidence = rows.stream().mapToDouble(Row::logEvidence).toArray();
        double squares = rows.stream()
                .mapToDouble(r -> r.logEvidenceError() * r.logEvidenceError())
                .sum();
        double mean = IntStream.range(0, 4).mapToDouble(i -> evidence[i]).sum() / 4;
        assertThat(e.logLikelihood()).isCloseTo(mean, within(1e-12));
        assertThat(e.logLikelihoodStandardError()).isCloseTo(Math.sqrt(squares) / 4, within(1e-12));
        assertThat(e.elbo()).isCloseTo(e.reconstruction() - e.kl(), within(1e-12));
        assertThat(e.bitsPerDimension()).isCloseTo(-mean / 2 / Math.log(2), within(1e-12));
    }

    /** However many chunks of draws there are for a block of data, of which this many values of x make one. */
    @Test
    void whatTheDataAloneDecideIsDoneOnceForAllDraws() {
        int many = Evaluator.CHUNK;
        assertThat(densities(e -> new ImportanceSampling(ImportanceSampling.Proposal.POSTERIOR, 90, 1, 90, 7)
                        .evidence(e, DATA, all(), n -> {})))
                .containsExactly(0, 1);
        assertThat(densities(e -> new Quadrature(1e-6, 20_000).evidence(e, DATA, all(), n -> {})))
                .containsExactly(0, 4);
        assertThat(densities(e -> ChiUpperBound.of(e, DATA, new int[] {1, 2}, many, n -> {})))
                .containsExactly(0, 2);
        assertThat(densities(e -> PosteriorDraws.of(e, DATA, 1, many))).containsExactly(0, 1);
        assertThat(densities(e -> e.rows(DATA, new int[] {3}, many, n -> {}))).containsExactly(0, 1);
    }

    private static long[] densities(Consumer<Evaluator> work) {
        Evaluator e = Counted.of(evaluator(0.3, 2, 1));
        work.accept(e);
        return Counted.densities(e);
    }
}
