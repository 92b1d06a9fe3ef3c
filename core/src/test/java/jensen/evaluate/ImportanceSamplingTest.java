package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.evaluate.ImportanceSampling.Proposal;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.LinearGaussian;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** On linear-Gaussian models with a q that is wrong by a known amount. */
class ImportanceSamplingTest {
    private static final LinearGaussian SMALL = LinearGaussian.small();

    /** The exact posterior's means, moved, and its variances multiplied. */
    private static Evaluator evaluator(LinearGaussian model, double shift, double factor) {
        Parameters phi = model.exactPhi();
        double[] bias = phi.get("encoder.net.0.bias").toDoubles();
        for (int j = 0; j < model.latent(); j++) {
            bias[j] += shift;
            bias[model.latent() + j] += Math.log(factor);
        }
        phi.set("encoder.net.0.bias", Tensor.of(bias, bias.length));
        return new Evaluator(
                model.model(), model.theta(), model.guide(), phi, new Encoding.AsStored(), Generator.of(21), 2);
    }

    /** Data drawn from a model. */
    static Dataset simulated(LinearGaussian model, int n, long seed) {
        SplitMix stream = new SplitMix(seed);
        float[] x = new float[n * model.observed()];
        for (int r = 0; r < n; r++) {
            double[] z = stream.normals(model.latent());
            for (int i = 0; i < model.observed(); i++) {
                double value = model.bias()[i] + Math.sqrt(model.variance()) * stream.normal();
                for (int j = 0; j < z.length; j++) {
                    value += model.columns()[j][i] * z[j];
                }
                x[r * model.observed() + i] = (float) value;
            }
        }
        return Dataset.of("simulated", Shape.vector(model.observed()), Values.REAL, x);
    }

    private static double exact(LinearGaussian model, Dataset data, int row) {
        float[] x = new float[model.observed()];
        data.copyRow(row, x, 0);
        return model.logEvidence(
                IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray());
    }

    private static int[] first(int n) {
        return IntStream.range(0, n).toArray();
    }

    /**
     * 1,000 simulated data, 400 draws each: the number of exact values within 1.96 standard errors is binomial, so 3 % either side
     * of 95 % are 4.4 of its standard deviations, a false alarm of 1e-5.
     */
    @Test
    void nineteenOfTwentyExactValuesAreWithinTheStatedInterval() {
        int n = 1000;
        Dataset data = simulated(SMALL, n, 6);
        List<Evidence> found = new ImportanceSampling(Proposal.POSTERIOR, 400, 1, 400)
                .evidence(evaluator(SMALL, 0.1, 1.4), data, first(n), rows -> {});
        long covered = found.stream()
                .filter(e -> Math.abs(e.value() - exact(SMALL, data, e.index())) <= 1.96 * e.standardError())
                .count();
        assertThat(covered / (double) n).as("coverage, seeds 6 and 21").isCloseTo(0.95, within(0.03));
        double error =
                found.stream().mapToDouble(Evidence::standardError).average().orElseThrow();
        assertThat(error).isBetween(0.005, 0.1);
    }

    /**
     * D = 20, p(z) = N(0, I), p(x|z) = N(z, I), q with variance ⅔ where the posterior has ½: the ELBO's gap is 10 (⅓ − log 4/3)
     * and that of K draws tends to χ²/(2K), χ² = (t/√(s (2t − s)))²⁰ − 1 with s = ½, t = ⅔ (Rainforth et al. 2018,
     * arXiv 1802.04537, §4).
     */
    @Test
    void theGapOfTheTwentyDimensionalToyIsItsClosedForm() {
        int d = 20;
        double[][] columns = new double[d][d];
        for (int i = 0; i < d; i++) {
            columns[i][i] = 1;
        }
        LinearGaussian toy = new LinearGaussian(columns, new double[d], 1);
        int n = 500;
        Dataset data = simulated(toy, n, 2);
        Evaluator evaluator = evaluator(toy, 0, 4.0 / 3);
        double chiSquared = Math.pow(2.0 / 3 / Math.sqrt(0.5 * (2 * 2.0 / 3 - 0.5)), d) - 1;
        assertThat(chiSquared).isCloseTo(0.90672138, within(1e-8));

        Estimate gap = Estimate.mean(evaluator.rows(data, first(n), 100, rows -> {}).stream()
                .mapToDouble(row -> exact(toy, data, row.index()) - row.elbo())
                .toArray());
        assertThat(gap.value()).isCloseTo(0.456512613, within(4 * gap.standardError()));
        assertThat(gap.standardError()).isLessThan(0.02);

        int k = 64;
        List<Evidence> found =
                new ImportanceSampling(Proposal.POSTERIOR, k, 1, k).evidence(evaluator, data, first(n), rows -> {});
        Estimate left = Estimate.mean(found.stream()
                .mapToDouble(e -> exact(toy, data, e.index()) - e.value())
                .toArray());
        assertThat(left.value()).isCloseTo(chiSquared / (2 * k), within(4 * left.standardError()));
        assertThat(left.standardError()).isLessThan(0.01);
    }

    @Test
    void drawsDoubleUntilTheErrorIsAsAsked() {
        Dataset data = simulated(SMALL, 20, 3);
        Evaluator evaluator = evaluator(SMALL, 0.5, 1.5);
        double error = 0.02;
        List<Evidence> found = new ImportanceSampling(Proposal.POSTERIOR, 100, error, 100_000)
                .evidence(evaluator, data, first(20), rows -> {});
        for (Evidence e : found) {
            assertThat(e.reached()).isTrue();
            assertThat(e.standardError()).isLessThanOrEqualTo(error);
            assertThat(e.weights().orElseThrow().paretoShape()).isLessThanOrEqualTo(LogMeanExp.TRUSTED);
            assertThat(e.value()).isCloseTo(exact(SMALL, data, e.index()), within(5 * error));
            assertThat(e.evaluations() / 100)
                    .satisfies(times -> assertThat(Long.bitCount(times)).isEqualTo(1));
            // half as many would not have done
            Evidence half = new ImportanceSampling(Proposal.POSTERIOR, 100, error, (int) e.evaluations() / 2)
                    .evidence(evaluator, data, new int[] {e.index()}, rows -> {})
                    .get(0);
            assertThat(half.reached()).isFalse();
            assertThat(half.evaluations()).isEqualTo(e.evaluations() / 2);
        }
        assertThat(found).anyMatch(e -> e.evaluations() >= 1600);
    }

    /** Draws that were made twice would leave the mean weight where it was, and be worth twice as many. */
    @Test
    void furtherRoundsAndChunksDrawAnew() {
        Dataset data = simulated(SMALL, 5, 3);
        Evaluator evaluator = evaluator(SMALL, 0.5, 1.5);
        List<Evidence> once = drawn(evaluator, data, 100, 100);
        for (List<Evidence> twice : List.of(drawn(evaluator, data, 100, 200), drawn(evaluator, data, 200, 200))) {
            for (int i = 0; i < data.size(); i++) {
                assertThat(twice.get(i).evaluations()).isEqualTo(200);
                assertThat(twice.get(i).value())
                        .as("log p(x) by 200 draws, not by 100 twice")
                        .isNotCloseTo(once.get(i).value(), within(1e-6));
            }
        }
    }

    /** Of 100 draws decoded at a time, with an error to reach that is out of reach. */
    private static List<Evidence> drawn(Evaluator evaluator, Dataset data, int samples, int budget) {
        return new ImportanceSampling(Proposal.POSTERIOR, samples, 1e-9, budget, 100)
                .evidence(evaluator, data, first(data.size()), rows -> {});
    }

    @Test
    void aRowIsTheSameWhicheverRowsAreBesideItAndHoweverManyChunksItTakes() {
        Dataset data = simulated(SMALL, 40, 3);
        Evaluator evaluator = evaluator(SMALL, 0.5, 1.5);
        ImportanceSampling method = new ImportanceSampling(Proposal.POSTERIOR, 100, 0.02, 100_000);
        List<Evidence> together = method.evidence(evaluator, data, first(40), rows -> {});
        List<Evidence> alone = method.evidence(evaluator, data, new int[] {33, 5}, rows -> {});
        assertThat(alone).containsExactly(together.get(33), together.get(5));
        assertThat(method.evidence(evaluator, data, new int[0], rows -> {})).isEmpty();
    }

    @Test
    void anErrorThatCannotBeReachedIsReportedAsWhatWasReached() {
        Dataset data = simulated(SMALL, 1, 3);
        Evidence found = new ImportanceSampling(Proposal.POSTERIOR, 100, 1e-6, 1000)
                .evidence(evaluator(SMALL, 0.5, 1.5), data, new int[] {0}, rows -> {})
                .get(0);
        assertThat(found.reached()).isFalse();
        assertThat(found.evaluations()).isEqualTo(1000);
        assertThat(found.standardError()).isBetween(0.005, 0.2);
    }

    /** With variances of a tenth of the posterior's, the weights' tail has k = 1 − 0.1: the mean of 20 estimates is within 0.1 of it. */
    @Test
    void weightsWithAHeavyTailAreNotTrusted() {
        Dataset data = simulated(SMALL, 20, 3);
        List<Evidence> found = new ImportanceSampling(Proposal.POSTERIOR, 4000, Double.POSITIVE_INFINITY, 4000)
                .evidence(evaluator(SMALL, 0, 0.1), data, first(20), rows -> {});
        double[] shapes = found.stream()
                .mapToDouble(e -> e.weights().orElseThrow().paretoShape())
                .toArray();
        assertThat(Estimate.mean(shapes).value()).isCloseTo(0.9, within(0.1));
        for (int i = 0; i < shapes.length; i++) {
            assertThat(found.get(i).reached()).isEqualTo(shapes[i] <= LogMeanExp.TRUSTED);
        }
        assertThat(found).filteredOn(e -> !e.reached()).hasSizeGreaterThan(15);
    }

    @Test
    void aQOfInfiniteExtentIsReportedAndGivesNoNumberThatIsNone() {
        Dataset data = simulated(SMALL, 2, 3);
        for (Evidence e : new ImportanceSampling(Proposal.POSTERIOR, 100, 0.1, 200)
                .evidence(evaluator(SMALL, 0, Double.POSITIVE_INFINITY), data, first(2), rows -> {})) {
            assertThat(e.value()).isNotNaN();
            assertThat(e.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(e.weights().orElseThrow().paretoShape()).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(e.reached()).isFalse();
        }
    }

    @Test
    void theClosedFormServesThisModelAndRefusesOthers() {
        Dataset data = simulated(SMALL, 30, 3);
        for (Evidence e : new ClosedForm().evidence(evaluator(SMALL, 0, 1), data, first(30), rows -> {})) {
            assertThat(e.value()).isCloseTo(exact(SMALL, data, e.index()), within(1e-10));
            assertThat(e.standardError()).isZero();
        }
        Amortised guide = SMALL.guide();
        var bent = new jensen.model.Model(
                SMALL.model().prior(),
                new Head(new Mlp(2, List.of(4), 3, Activation.TANH), new Family.NormalShared(), 3));
        Parameters theta = Parameters.start(bent.slots(), Initialiser.HE, Generator.of(1), DType.FLOAT64, Device.CPU);
        Evaluator other =
                new Evaluator(bent, theta, guide, SMALL.exactPhi(), new Encoding.AsStored(), Generator.of(1), 1);
        assertThatThrownBy(() -> new ClosedForm().evidence(other, data, first(1), rows -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("affine");
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> new ImportanceSampling(Proposal.POSTERIOR, 1, 0.1, 10))
                .hasMessageContaining("samples");
        assertThatThrownBy(() -> new ImportanceSampling(Proposal.POSTERIOR, 20, 0.1, 10))
                .hasMessageContaining("20");
        assertThatThrownBy(() -> new ImportanceSampling(Proposal.POSTERIOR, 2, 0, 10))
                .hasMessageContaining("error");
    }

    /**
     * 50 simulated data, 4,000 draws each: E_q[(p/q)²] of normals with variances s and v and means d apart is the product over the
     * dimensions of v/√(s (2v − s)) exp(d²/(2v − s)). A false alarm needs four standard errors: 6e-5.
     */
    @Test
    void theUpperBoundExceedsTheEvidenceByHalfTheLogarithmOfOnePlusChiSquared() {
        double shift = 0.1;
        double factor = 1.7;
        Dataset data = simulated(SMALL, 50, 3);
        double expected = IntStream.range(0, 50)
                .mapToDouble(row -> exact(SMALL, data, row))
                .average()
                .orElseThrow();
        for (double[] column : SMALL.columns()) {
            double squared = 0;
            for (double c : column) {
                squared += c * c;
            }
            double s = 1 / (1 + squared / SMALL.variance());
            double v = factor * s;
            expected += 0.5 * (Math.log(v) - 0.5 * Math.log(s * (2 * v - s)) + shift * shift / (2 * v - s));
        }
        ChiUpperBound found = ChiUpperBound.of(evaluator(SMALL, shift, factor), data, first(50), 4000, n -> {});
        assertThat(found.mean().standardError()).isBetween(1e-4, 1e-2);
        assertThat(found.mean().value())
                .isCloseTo(expected, within(4 * found.mean().standardError()));
        assertThat(found.untrusted()).isZero();
        assertThat(ChiUpperBound.of(evaluator(SMALL, 0, 0.4), data, first(50), 4000, n -> {})
                        .untrusted())
                .as("q so narrow that the second moment is infinite")
                .isGreaterThan(25);
    }
}
