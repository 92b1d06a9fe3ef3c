package jensen.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.evaluate.Codes;
import jensen.evaluate.Evaluator;
import jensen.model.Family;
import jensen.net.Parameters;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import jensen.train.Run;
import jensen.train.Training;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weighted objectives: their values by plain loops, their gradients by finite differences, and what training makes of them. */
class KlWeightTest {
    private static final int BATCH = 6;
    private static final int SAMPLES = 2;
    private static final int ROWS = 50;
    private static final Training TRAINING = Examples.training();
    private static final Objective OBJECTIVE = new Objective(Elbo.analytic(), new Pathwise(), SAMPLES);

    private static List<BatchPenalty> penalties() {
        return List.of(
                new FreeBits(0.05),
                new Capacity(1, 3, 10, 20),
                new TotalCorrelation(6, TotalCorrelation.Estimator.WEIGHTED),
                new TotalCorrelation(6, TotalCorrelation.Estimator.STRATIFIED),
                new MeanDiscrepancy(30));
    }

    private static Batch batch() {
        float[] x = new float[BATCH * Examples.PIXELS];
        Dataset digits = Examples.digits();
        for (int i = 0; i < BATCH; i++) {
            digits.copyRow(i, x, i * Examples.PIXELS);
        }
        return new Batch(
                Tensor.of(x, BATCH, Examples.PIXELS).to(DType.FLOAT64),
                IntStream.range(0, BATCH).toArray());
    }

    private static Target target(Parameters theta, Parameters phi) {
        return new Target.OfBatch(TRAINING.model(), theta, TRAINING.guide(), phi, batch(), Generator.of(3));
    }

    private static Parameters theta() {
        return TRAINING.theta(DType.FLOAT64, Device.CPU);
    }

    private static Parameters phi() {
        return TRAINING.phi(DType.FLOAT64, Device.CPU);
    }

    private static Estimate estimate(KlWeight weight, Parameters theta, Parameters phi) {
        return weight.estimate(
                target(theta, phi), OBJECTIVE, 4, ROWS, Generator.of(5).rows(batch().index()));
    }

    @Test
    void warmUpEndsAtExactlyOne() {
        for (double epochs : new double[] {0.1, 0.3, 1, 3, 7, 10, 1.0 / 3}) {
            KlWeight weight = new KlWeight.WarmUp(epochs);
            assertThat(weight.at(0)).isZero();
            assertThat(weight.at(epochs / 2)).isCloseTo(0.5, within(1e-15));
            assertThat(weight.at(epochs)).isEqualTo(1);
            assertThat(weight.at(Math.nextUp(epochs))).isEqualTo(1);
            assertThat(weight.at(1e9)).isEqualTo(1);
            assertThat(weight.at(Math.nextDown(epochs))).isLessThanOrEqualTo(1);
            assertThat(weight.settled()).isEqualTo(epochs);
        }
        assertThat(new KlWeight.WarmUp(0).at(0)).isEqualTo(1);
    }

    @Test
    void whatCannotBeIsRefused() {
        for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new KlWeight.WarmUp(bad)).hasMessageContainingAll("epochs", String.valueOf(bad));
            assertThatThrownBy(() -> new KlWeight.Constant(bad)).hasMessageContainingAll("weight", String.valueOf(bad));
            assertThatThrownBy(() -> new FreeBits(bad)).hasMessageContainingAll("nats", String.valueOf(bad));
        }
        Training training = Examples.training();
        Training penalised = training.with(new FreeBits(1));
        assertThat(penalised.shards()).isEqualTo(1);
        assertThat(penalised.withBatch(500).shards()).isEqualTo(1);
        assertThatThrownBy(() -> penalised.with(new Objective(new ImportanceWeighted(), new Pathwise(), 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bound elbo");
        assertThatThrownBy(() -> new FreeBits(1).check(OBJECTIVE, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shards must be 1, was 2");
    }

    /** Of the weights of several draws it can be above log p(x), as ever more draws make it log E_q[p(x|z) (p(z)/q(z|x))^3]. */
    @Test
    void onlyOfTheElboIsAWeightedObjectiveABound() {
        KlWeight heavy = new KlWeight.Constant(3);
        Objective several = new Objective(new ImportanceWeighted(), new Pathwise(), 5);
        assertThat(heavy.inWords(OBJECTIVE)).isEqualTo("E_q[log p(x|z)] - 3.0 KL, a looser bound on log p(x)");
        assertThat(heavy.inWords(several))
                .isEqualTo("iw of the weights p(x|z) (p(z)/q(z|x))^3.0, which is no bound on log p(x)");
        assertThat(KlWeight.one().inWords(several)).isEmpty();
    }

    /** Only the objective is weighted: the terms that are reported are those of the bound itself. */
    @ParameterizedTest
    @MethodSource("penalties")
    void theTermsStayAsTheyAre(BatchPenalty penalty) {
        try (Scope scope = new Scope()) {
            Estimate plain = estimate(KlWeight.one(), theta(), phi());
            Estimate weighted = estimate(penalty, theta(), phi());
            assertThat(weighted.terms().elbo().toDoubles())
                    .isEqualTo(plain.bound().toDoubles());
            assertThat(weighted.bound().sub(plain.bound()).abs().sum().item()).isGreaterThan(0.01);
        }
    }

    /** log p(x|z) less what plain loops over the codes make of each penalty. */
    @ParameterizedTest
    @MethodSource("penalties")
    void theValueIsThatOfPlainLoops(BatchPenalty penalty) {
        try (Scope scope = new Scope()) {
            Estimate found = estimate(penalty, theta(), phi());
            DiagonalNormal q = (DiagonalNormal) target(theta(), phi()).posterior();
            int d = Math.toIntExact(q.mean().size(-1));
            double[] mean = q.mean().toDoubles();
            double[] deviation = q.standardDeviation().toDoubles();
            double[] z =
                    q.draw(SAMPLES, Generator.of(5).rows(batch().index())).z().toDoubles();
            double[] expected = Loops.of(penalty, mean, deviation, z, d);
            double[] reconstruction = found.terms().logLikelihood().mean(0).toDoubles();
            for (int b = 0; b < BATCH; b++) {
                expected[b] = reconstruction[b] - expected[b];
            }
            if (!(penalty instanceof MeanDiscrepancy)) {
                assertThat(found.bound().toDoubles()).containsExactly(expected, within(1e-9));
            }
        }
    }

    /** The derivative along a direction, against a central difference with the same noise. */
    @ParameterizedTest
    @MethodSource("penalties")
    void theGradientIsThatOfFiniteDifferences(BatchPenalty penalty) {
        try (Scope scope = new Scope()) {
            Parameters phi = phi();
            List<Tensor> leaves = phi.leaves();
            List<Tensor> gradient = Native.withGradient(() ->
                    Autograd.gradient(estimate(penalty, theta(), phi).forPhi().sum(), leaves));
            double slope = 0;
            List<Tensor> directions = new java.util.ArrayList<>();
            for (int i = 0; i < leaves.size(); i++) {
                Tensor direction = Generator.of(9)
                        .split(i)
                        .normal(DType.FLOAT64, Device.CPU, leaves.get(i).shape());
                directions.add(direction);
                slope += gradient.get(i).mul(direction).sum().item();
            }
            double h = 1e-6;
            double above = moved(penalty, phi, directions, h);
            double below = moved(penalty, phi, directions, -h);
            assertThat(slope).isCloseTo((above - below) / (2 * h), within(1e-5 * Math.max(1, Math.abs(slope))));
        }
    }

    private static double moved(BatchPenalty penalty, Parameters phi, List<Tensor> directions, double by) {
        Parameters other = phi.copy();
        for (int i = 0; i < directions.size(); i++) {
            other.leaves().get(i).detach().addInPlace(directions.get(i), by);
        }
        return estimate(penalty, theta(), other).bound().sum().item();
    }

    /** Averaged over every batch of 3 of 5 data that holds the datum that z is from, the weights are 1/5 for each. */
    @Test
    void stratifiedWeightsAreUnbiased() {
        int rows = 5;
        int batch = 3;
        try (Scope scope = new Scope()) {
            double[] logs = TotalCorrelation.Estimator.STRATIFIED
                    .logWeights(batch, rows, Tensor.of(new double[] {0}, 1))
                    .toDoubles();
            for (int own = 0; own < batch; own++) {
                double[] weights = Arrays.stream(logs, own * batch, (own + 1) * batch)
                        .map(Math::exp)
                        .toArray();
                assertThat(weights[own]).isCloseTo(1.0 / rows, within(1e-12));
                // a given other datum is in C(3, 1) of the C(4, 2) batches, at either place
                double other = (Arrays.stream(weights).sum() - weights[own]) / (batch - 1);
                assertThat(other * 3 / 6).isCloseTo(1.0 / rows, within(1e-12));
            }
        }
    }

    /** The estimate from draws of one and the same normal: n = 400 batches, |z| < 4, a false alarm in 16,000. */
    @Test
    void theDiscrepancyIsUnbiasedAndSeesAShift() {
        double[] same = new double[400];
        double[] shifted = new double[400];
        for (int i = 0; i < same.length; i++) {
            try (Scope scope = new Scope()) {
                Tensor a = Generator.of(i).normal(DType.FLOAT64, Device.CPU, 8, 3);
                Tensor b = Generator.of(10_000 + i).normal(DType.FLOAT64, Device.CPU, 8, 3);
                same[i] = MeanDiscrepancy.squared(a, b).item();
                shifted[i] = MeanDiscrepancy.squared(a.add(1), b).item();
            }
        }
        double error = Loops.deviation(same) / Math.sqrt(same.length);
        assertThat(Arrays.stream(same).average().orElseThrow()).isCloseTo(0, within(4 * error));
        assertThat(Arrays.stream(shifted).average().orElseThrow()).isGreaterThan(20 * error);
    }

    @Test
    void theDiscrepancyIsThatOfPlainLoops() {
        try (Scope scope = new Scope()) {
            Tensor a = Generator.of(1).normal(DType.FLOAT64, Device.CPU, 4, 3);
            Tensor b = Generator.of(2).normal(DType.FLOAT64, Device.CPU, 4, 3);
            double found = MeanDiscrepancy.squared(a, b).item();
            assertThat(found).isCloseTo(Loops.discrepancy(a.toDoubles(), b.toDoubles(), 3), within(1e-12));
        }
    }

    /** Of 10 dimensions on digits, the plain objective lets some go; with free bits each holds its floor. */
    @Test
    @Tag("slow")
    void freeBitsHoldEachDimensionAtItsFloor() {
        double floor = 0.4;
        double[] plain = trained(KlWeight.one());
        double[] held = trained(new FreeBits(floor));
        assertThat(Arrays.stream(plain).min().orElseThrow()).isLessThan(floor / 3);
        assertThat(Arrays.stream(held).min().orElseThrow()).isGreaterThan(0.9 * floor);
    }

    private static double[] trained(KlWeight weight) {
        Training like = Examples.training();
        Training training = new Training(
                        Examples.model(10, List.of(32), new Family.Bernoulli()),
                        Examples.guide(10, List.of(32)),
                        like.objective(),
                        like.optimiser(),
                        new jensen.optim.Schedule.Constant(0.003),
                        KlWeight.one(),
                        0,
                        like.encoding(),
                        like.batch(),
                        1,
                        like.initialiser(),
                        3)
                .with(weight);
        Dataset digits = Examples.digits();
        try (Run run = Examples.run(training, digits, 1)) {
            for (int i = 0; i < 1500; i++) {
                run.next();
            }
            Codes codes = new Evaluator(
                            training.model(),
                            run.theta(),
                            training.guide(),
                            run.phi(),
                            training.encoding(),
                            Generator.of(1),
                            1)
                    .codes(digits, IntStream.range(0, digits.size()).toArray());
            return codes.klPerDimension().orElseThrow();
        }
    }

    /** A capacity holds the divergence where it is asked to be. */
    @Test
    @Tag("slow")
    void aCapacityIsReached() {
        assertThat(Arrays.stream(trained(new Capacity(0, 4, 20, 30))).sum()).isCloseTo(4, within(0.3));
    }

    /** A prior of its own is what a posterior without closed form is told that it lacks. */
    @Test
    void withoutClosedFormThereAreNoFreeBits() {
        Distribution q = new jensen.dist.Bernoulli(Tensor.of(new double[] {0.1, 0.2}, 1, 2));
        Parameters theta = theta();
        BatchPenalty.Sample sample = new BatchPenalty.Sample(
                target(theta, phi()),
                q,
                Tensor.of(new double[] {0, 1}, 1, 1, 2),
                target(theta, phi())
                        .logWeights(
                                target(theta, phi()).posterior().draw(1, Generator.of(1)),
                                target(theta, phi()).posterior()),
                0,
                ROWS,
                Generator.of(0));
        assertThatThrownBy(() -> new FreeBits(1).penalty(sample))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("free bits need a KL in closed form");
        assertThatThrownBy(() -> new TotalCorrelation(2, TotalCorrelation.Estimator.WEIGHTED).penalty(sample))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("here it is a Bernoulli");
    }

    /** The penalties on plain arrays: means and deviations {@code [B·D]}, draws {@code [K·B·D]}. */
    private static final class Loops {
        static double[] of(BatchPenalty penalty, double[] mean, double[] deviation, double[] z, int d) {
            double[] each = new double[d];
            double[] kl = new double[BATCH];
            for (int i = 0; i < mean.length; i++) {
                double v = deviation[i] * deviation[i];
                double k = 0.5 * (v + mean[i] * mean[i] - 1 - Math.log(v));
                each[i % d] += k / BATCH;
                kl[i / d] += k;
            }
            double[] omega = new double[BATCH];
            if (penalty instanceof FreeBits f) {
                Arrays.fill(
                        omega,
                        Arrays.stream(each).map(k -> Math.max(f.nats(), k)).sum());
            } else if (penalty instanceof Capacity) {
                // epoch 4 of 10 from 1 to 3
                Arrays.fill(omega, 20 * Math.abs(Arrays.stream(each).sum() - 1.8));
            } else if (penalty instanceof TotalCorrelation t) {
                for (int b = 0; b < BATCH; b++) {
                    omega[b] = kl[b] + 5 * correlation(t, mean, deviation, z, d, b);
                }
            }
            return omega;
        }

        private static double correlation(
                TotalCorrelation t, double[] mean, double[] deviation, double[] z, int d, int b) {
            double total = 0;
            for (int k = 0; k < SAMPLES; k++) {
                double joint = 0;
                double[] marginal = new double[d];
                for (int m = 0; m < BATCH; m++) {
                    double weight = t.estimator() == TotalCorrelation.Estimator.WEIGHTED
                            ? 1.0 / (ROWS * BATCH)
                            : m == b ? 1.0 / ROWS : (1 - 1.0 / ROWS) / (BATCH - 1);
                    double product = 1;
                    for (int j = 0; j < d; j++) {
                        double s = deviation[m * d + j];
                        double off = (z[(k * BATCH + b) * d + j] - mean[m * d + j]) / s;
                        double density = Math.exp(-off * off / 2) / (s * Math.sqrt(2 * Math.PI));
                        product *= density;
                        marginal[j] += weight * density;
                    }
                    joint += weight * product;
                }
                total +=
                        Math.log(joint) - Arrays.stream(marginal).map(Math::log).sum();
            }
            return total / SAMPLES;
        }

        static double discrepancy(double[] a, double[] b, int d) {
            int n = a.length / d;
            double sum = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    if (i != j) {
                        sum += (kernel(a, i, a, j, d) + kernel(b, i, b, j, d)) / (n * (n - 1.0));
                    }
                    sum -= 2 * kernel(a, i, b, j, d) / (n * (double) n);
                }
            }
            return sum;
        }

        private static double kernel(double[] a, int i, double[] b, int j, int d) {
            double square = 0;
            for (int c = 0; c < d; c++) {
                square += Math.pow(a[i * d + c] - b[j * d + c], 2);
            }
            return 2.0 * d / (2.0 * d + square);
        }

        static double deviation(double[] values) {
            double mean = Arrays.stream(values).average().orElseThrow();
            return Math.sqrt(
                    Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
        }
    }
}
