package jensen.evaluate;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.dist.Kl;
import jensen.dist.Reparameterised;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import jensen.train.Run;
import jensen.train.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuadratureTest {
    private static final Quadrature METHOD = new Quadrature(1e-9, 1 << 20);
    private static final double[] NOT_A_NUMBER =
            DoubleStream.generate(() -> Double.NaN).limit(6).toArray();

    /** A linear-Gaussian model with d latent dimensions whose columns are correlated, and an arbitrary encoder. */
    private static Evaluator linear(int d, double noise, long seed) {
        int width = 6;
        SplitMix stream = new SplitMix(seed);
        return evaluator(
                d,
                width,
                List.of(),
                new Family.NormalShared(),
                stream,
                theta -> theta.set("likelihood.family.logVariance", Tensor.of(new double[] {Math.log(noise)}, 1)));
    }

    private static Evaluator evaluator(
            int d,
            int width,
            List<Integer> hidden,
            Family family,
            SplitMix stream,
            java.util.function.Consumer<Parameters> change) {
        Model model = new Model(
                new Prior.StandardNormal(d), new Head(new Mlp(d, hidden, width, Activation.TANH), family, width));
        Amortised guide =
                new Amortised(new Head(new Mlp(width, List.of(), 2 * d, Activation.TANH), new Family.Normal(), d));
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, Generator.of(1), DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, Generator.of(2), DType.FLOAT64, Device.CPU);
        theta.all().forEach((name, t) -> theta.set(name, Tensor.of(stream.normals((int) t.count()), t.shape())));
        phi.all()
                .forEach((name, t) -> phi.set(
                        name,
                        Tensor.of(
                                Arrays.stream(stream.normals((int) t.count()))
                                        .map(v -> 0.1 * v - 0.3)
                                        .toArray(),
                                t.shape())));
        change.accept(theta);
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), Generator.of(3), 1);
    }

    private static Dataset data(int rows, int width, boolean binary) {
        SplitMix stream = new SplitMix(77);
        float[] x = new float[rows * width];
        for (int i = 0; i < x.length; i++) {
            double v = stream.normal();
            x[i] = (float) (binary ? (v > 0 ? 1 : 0) : v);
        }
        return Dataset.of("data", Shape.vector(width), binary ? Values.BINARY : Values.REAL, x);
    }

    private static int[] first(int n) {
        return IntStream.range(0, n).toArray();
    }

    /** Down to noise that makes the posterior a hundred times narrower than the prior and the q. */
    @ParameterizedTest
    @CsvSource({"1, 0.5", "1, 1e-4", "2, 0.5", "2, 1e-3", "3, 0.5", "3, 0.05"})
    void isTheClosedFormOnLinearGaussianModels(int d, double noise) {
        Evaluator evaluator = linear(d, noise, 5);
        Dataset data = data(3, 6, false);
        LinearGaussian exact =
                LinearGaussian.of(evaluator.model(), evaluator.theta()).orElseThrow();
        List<Evidence> found = METHOD.evidence(evaluator, data, first(3), n -> {});
        try (Scope scope = new Scope()) {
            Tensor x = evaluator.read(data, first(3)).x();
            double[] expected = exact.logEvidence(x).toDoubles();
            for (Evidence e : found) {
                assertThat(e.reached()).as("row %d", e.index()).isTrue();
                assertThat(e.standardError()).isLessThanOrEqualTo(1e-9);
                assertClose("log p(x)", e.value(), expected[e.index()], 1e-9);
            }
        }
    }

    /**
     * x = h(z) + noise, where h is a plateau of 1.9 on [0.5, 0.8] and one of 2 on [3.3, 3.6], and x = 2: more than a tenth of the
     * mass is where p(z) has a few draws in ten thousand. The integral is the trapezium rule's on 100,000 points.
     */
    @Test
    void massFarOutInThePriorIsFound() {
        double steep = 40;
        double[] edges = {0.5, 0.8, 3.3, 3.6};
        double[] heights = {0.95, -0.95, 1, -1};
        double noise = 0.03;
        Evaluator evaluator = evaluator(1, 1, List.of(4), new Family.NormalShared(), new SplitMix(5), theta -> {
            theta.set("likelihood.net.0.weight", Tensor.of(new double[] {steep, steep, steep, steep}, 4, 1));
            theta.set(
                    "likelihood.net.0.bias",
                    Tensor.of(Arrays.stream(edges).map(e -> -steep * e).toArray(), 4));
            theta.set("likelihood.net.1.weight", Tensor.of(heights, 1, 4));
            theta.set("likelihood.net.1.bias", Tensor.of(new double[] {0}, 1));
            theta.set("likelihood.family.logVariance", Tensor.of(new double[] {2 * Math.log(noise)}, 1));
        });
        double step = 1e-4;
        double sum = 0;
        double far = 0;
        for (double z = -5; z < 5; z += step) {
            double h = 0;
            for (int i = 0; i < edges.length; i++) {
                h += heights[i] * Math.tanh(steep * (z - edges[i]));
            }
            double u = (2 - h) / noise;
            double density = Math.exp(-z * z / 2 - u * u / 2) / (2 * Math.PI * noise) * step;
            sum += density;
            far += z > 2 ? density : 0;
        }
        assertThat(far / sum).isBetween(0.1, 0.9);
        Dataset data = Dataset.of("two", Shape.vector(1), Values.REAL, new float[] {2});
        Evidence found =
                METHOD.evidence(evaluator, data, new int[] {0}, n -> {}).get(0);
        assertThat(found.value()).isCloseTo(Math.log(sum), within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "2, 0.5", "3, 1.5"})
    void theGapIsTheClosedFormOnLinearGaussianModels(int d, double noise) {
        Evaluator evaluator = linear(d, noise, 5);
        double[] bias = new double[2 * d];
        Arrays.fill(bias, 0, d, 0.2);
        Arrays.fill(bias, d, 2 * d, -1.7);
        evaluator.phi().set("encoder.net.0.weight", Tensor.of(new double[2 * d * 6], 2L * d, 6));
        evaluator.phi().set("encoder.net.0.bias", Tensor.of(bias, 2L * d));
        Dataset data = data(2, 6, false);
        LinearGaussian exact =
                LinearGaussian.of(evaluator.model(), evaluator.theta()).orElseThrow();
        List<Estimate> found = METHOD.gap(evaluator, data, first(2), n -> {});
        try (Scope scope = new Scope()) {
            var batch = evaluator.read(data, first(2));
            var q = Reparameterised.require(evaluator.posterior(batch));
            double[] expected = exact.gap(batch.x(), q).toDoubles();
            for (int i = 0; i < 2; i++) {
                assertThat(found.get(i).standardError()).isLessThanOrEqualTo(1e-9);
                assertClose("KL(q ‖ p(z|x))", found.get(i).value(), expected[i], 1e-8);
            }
        }
    }

    /** log p(x) = L + KL(q ‖ p(z|x)), with a bound by sampling; and the sum over a plain fine grid. */
    @Test
    void onACurvedModelTheBoundAndTheGapAddUp() {
        Evaluator evaluator = evaluator(2, 30, List.of(8), new Family.Bernoulli(), new SplitMix(9), theta -> {});
        evaluator.phi().set("encoder.net.0.bias", Tensor.of(new double[] {1.5, -0.6, -1.5, -2}, 4));
        evaluator.phi().set("encoder.net.0.weight", Tensor.of(new double[4 * 30], 4, 30));
        Dataset data = data(2, 30, true);
        List<Evidence> evidence = METHOD.evidence(evaluator, data, first(2), n -> {});
        List<Estimate> gap = METHOD.gap(evaluator, data, first(2), n -> {});
        List<Row> rows = evaluator.rows(data, first(2), 20_000, n -> {});
        for (int i = 0; i < 2; i++) {
            assertThat(evidence.get(i).standardError()).isLessThanOrEqualTo(1e-9);
            double bound = evidence.get(i).value() - gap.get(i).value();
            assertThat(bound)
                    .isCloseTo(rows.get(i).elbo(), within(4 * rows.get(i).elboError()));
            assertClose("grid", evidence.get(i).value(), plainGrid(evaluator, data, i, 0.05, 7), 1e-9);
        }
    }

    private static double plainGrid(Evaluator evaluator, Dataset data, int row, double step, double reach) {
        int half = (int) (reach / step);
        double[] logs = new double[2 * half + 1];
        for (int i = -half; i <= half; i++) {
            double[][] line = new double[2 * half + 1][];
            for (int j = -half; j <= half; j++) {
                line[j + half] = new double[] {i * step, j * step};
            }
            logs[i + half] = logSum(joint(evaluator, data, row, line));
        }
        return logSum(logs) + 2 * Math.log(step);
    }

    private static double[] joint(Evaluator evaluator, Dataset data, int row, double[][] z) {
        try (Scope scope = new Scope()) {
            double[] flat = Arrays.stream(z).flatMapToDouble(Arrays::stream).toArray();
            Tensor points = Tensor.of(flat, z.length, z[0].length);
            Tensor x = evaluator.read(data, new int[] {row}).x().select(0, 0);
            return evaluator
                    .model()
                    .likelihood(evaluator.theta(), points)
                    .logProb(x)
                    .add(evaluator.model().prior(evaluator.theta()).logProb(points))
                    .toDoubles();
        }
    }

    private static double logSum(double[] logs) {
        double max = Arrays.stream(logs).max().orElseThrow();
        return max + Math.log(Arrays.stream(logs).map(v -> Math.exp(v - max)).sum());
    }

    /** x = tanh(4z + 6) − tanh(4z − 6) + noise: at the flanks of the bump, where |z| ≈ 1.5, the posterior has two modes. */
    @Test
    void bothModesOfAPosteriorCount() {
        Evaluator evaluator = evaluator(1, 1, List.of(2), new Family.NormalShared(), new SplitMix(1), theta -> {
            theta.set("likelihood.net.0.weight", Tensor.of(new double[] {4, 4}, 2, 1));
            theta.set("likelihood.net.0.bias", Tensor.of(new double[] {6, -6}, 2));
            theta.set("likelihood.net.1.weight", Tensor.of(new double[] {1, -1}, 1, 2));
            theta.set("likelihood.net.1.bias", Tensor.of(new double[] {0}, 1));
            theta.set("likelihood.family.logVariance", Tensor.of(new double[] {Math.log(1e-3)}, 1));
        });
        // q sits on one of the modes and is blind to the other
        evaluator.phi().set("encoder.net.0.weight", Tensor.of(new double[2], 2, 1));
        evaluator.phi().set("encoder.net.0.bias", Tensor.of(new double[] {1.5, Math.log(1e-4)}, 2));
        Dataset data = Dataset.of("one", Shape.vector(1), Values.REAL, new float[] {1});
        Evidence found = METHOD.evidence(evaluator, data, first(1), n -> {}).get(0);
        double[][] line = IntStream.rangeClosed(-80_000, 80_000)
                .mapToObj(i -> new double[] {i * 1e-4})
                .toArray(double[][]::new);
        double expected = logSum(joint(evaluator, data, 0, line)) + Math.log(1e-4);
        assertClose("log p(x)", found.value(), expected, 1e-9);
        double[] posterior = METHOD.logPosterior(evaluator, data, 0, new double[][] {{1.5}, {-1.5}, {0}});
        assertThat(posterior[0]).isCloseTo(posterior[1], within(1e-6));
        assertThat(posterior[2]).isLessThan(posterior[0] - 100);
    }

    @Test
    void thePosteriorDensityIntegratesToOne() {
        Evaluator evaluator = linear(2, 0.5, 5);
        double[][] grid = IntStream.range(0, 160 * 160)
                .mapToObj(i -> new double[] {-4 + 0.05 * Math.floorDiv(i, 160), -4 + 0.05 * (i % 160)})
                .toArray(double[][]::new);
        double[] logs = METHOD.logPosterior(evaluator, data(1, 6, false), 0, grid);
        assertThat(Math.exp(logSum(logs)) * 0.05 * 0.05).isCloseTo(1, within(1e-8));
    }

    @Test
    void aBudgetThatIsTooSmallIsSaid() {
        Evidence none = new Quadrature(1e-9, 10)
                .evidence(linear(2, 0.5, 5), data(1, 6, false), first(1), n -> {})
                .get(0);
        assertThat(none.reached()).isFalse();
        assertThat(none.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
        Evidence coarse = new Quadrature(1e-30, 3000)
                .evidence(linear(2, 0.5, 5), data(1, 6, false), first(1), n -> {})
                .get(0);
        assertThat(coarse.value()).isFinite();
        assertThat(coarse.evaluations()).isLessThanOrEqualTo(3000);
    }

    @Test
    void fourDimensionsAreRefused() {
        assertThatThrownBy(() -> METHOD.evidence(linear(4, 1, 5), data(1, 6, false), first(1), n -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 3")
                .hasMessageContaining("4");
        assertThatThrownBy(() -> new Quadrature(0, 10)).hasMessageContaining("tolerance");
    }

    @Test
    void aModelThatIsFiniteNowhereIsSaid() {
        Evaluator broken = linear(2, 0.5, 5);
        broken.theta().set("likelihood.net.0.bias", Tensor.of(NOT_A_NUMBER, 6));
        assertThatThrownBy(() -> METHOD.evidence(broken, data(2, 6, false), new int[] {1}, n -> {}))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("log p(x, z) is not finite anywhere at row 1");
    }

    /** A trained decoder: log p(x) = L + KL(q ‖ p(z|x)) to 1e-6, each of the three found by itself. */
    @Test
    void onATrainedModelTheEvidenceIsTheBoundAndTheGap() {
        Training training = new Training(
                Examples.model(2, List.of(32), new Family.Bernoulli()),
                Examples.guide(2, List.of(32)),
                Objective.elbo(),
                Adam.standard(),
                new Schedule.Constant(3e-3),
                KlWeight.one(),
                0,
                new Encoding.AsStored(),
                50,
                1,
                Initialiser.GLOROT,
                7);
        Dataset digits = Examples.digits();
        int[] rows = {0, 57, 121, 199};
        try (Run run = Examples.run(training, digits, 1)) {
            for (int i = 0; i < 600; i++) {
                run.next();
            }
            Evaluator evaluator = new Evaluator(
                            training.model(),
                            run.theta(),
                            training.guide(),
                            run.phi(),
                            new Encoding.AsStored(),
                            Generator.of(3),
                            2)
                    .inDouble();
            Quadrature method = new Quadrature(1e-7, 1 << 18);
            List<Evidence> evidence = method.evidence(evaluator, digits, rows, n -> {});
            List<Estimate> gaps = method.gap(evaluator, digits, rows, n -> {});
            List<Estimate> bounds = method.elbo(evaluator, digits, rows, n -> {});
            for (int i = 0; i < rows.length; i++) {
                assertThat(evidence.get(i).reached()).isTrue();
                assertThat(gaps.get(i).standardError()).isLessThanOrEqualTo(1e-7);
                assertThat(gaps.get(i).value()).isPositive();
                double bound = bound(evaluator, digits, rows[i]);
                double sum = bound + gaps.get(i).value();
                assertThat(bounds.get(i).value()).isCloseTo(bound, within(1e-7));
                assertThat(bounds.get(i).standardError()).isLessThanOrEqualTo(1e-7);
                assertThat(evidence.get(i).value()).isCloseTo(sum, within(1e-6));
            }
        }
    }

    /** E_q[log p(x|z)] by the trapezium rule over nine deviations, less the closed form of KL(q ‖ p(z)). */
    private static double bound(Evaluator evaluator, Dataset data, int row) {
        try (Scope scope = new Scope()) {
            var batch = evaluator.read(data, new int[] {row});
            var q = Reparameterised.require(evaluator.posterior(batch));
            double step = 0.15;
            int side = 121;
            double[] noise = new double[2 * side * side];
            double[] weights = new double[side * side];
            for (int i = 0; i < weights.length; i++) {
                double a = step * (Math.floorDiv(i, side) - 60);
                double b = step * (i % side - 60);
                noise[2 * i] = a;
                noise[2 * i + 1] = b;
                weights[i] = step * step * Math.exp(-(a * a + b * b) / 2) / (2 * Math.PI);
            }
            Tensor z = q.reparameterise(Tensor.of(noise, weights.length, 1, 2));
            double[] logs = evaluator
                    .model()
                    .likelihood(evaluator.theta(), z)
                    .logProb(batch.x())
                    .toDoubles();
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                sum += weights[i] * logs[i];
            }
            return sum
                    - Kl.closedForm(q, evaluator.model().prior(evaluator.theta()))
                            .orElseThrow()
                            .item();
        }
    }
}
