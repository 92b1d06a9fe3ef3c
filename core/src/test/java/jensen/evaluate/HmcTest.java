package jensen.evaluate;

import static jensen.statcheck.GoodnessOfFit.FALSE_ALARM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HmcTest {
    private static final int CHAINS = 4_000;
    private static final Generator NOISE = Generator.of(11);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(String use, long... shape) {
        return NOISE.split(use).normal(DType.FLOAT64, Device.CPU, shape);
    }

    private static Tensor values(double... values) {
        return Tensor.of(values, values.length);
    }

    /** Two data: one with standard deviations 1 and 2 and correlation 0.8, one a twentieth as wide. */
    private static List<Tensor> correlated(Tensor z) {
        Tensor scaled = z.div(Tensor.of(new double[] {1, 0.05}, 2, 1));
        Tensor a = scaled.select(-1, 0);
        Tensor b = scaled.select(-1, 1).mul(0.5);
        Tensor square = a.square().sub(a.mul(b).mul(1.6)).add(b.square()).mul(-0.5 / 0.36);
        return List.of(square);
    }

    /** Chains that begin as exact draws end as exact draws, at steps so long that a third of the proposals are rejected. */
    @Test
    void leavesANormalDensityInvariant() {
        Tensor e = normal("exact", CHAINS, 2, 2);
        Tensor a = e.select(-1, 0);
        Tensor b = a.mul(0.8).add(e.select(-1, 1).mul(0.6)).mul(2);
        Tensor exact = Tensor.stack(List.of(a, b), -1).mul(Tensor.of(new double[] {1, 0.05}, 2, 1));
        Hmc hmc = new Hmc(HmcTest::correlated, new int[] {0, 1}, 3);
        Hmc.State state = hmc.at(exact);
        double[] acceptance = new double[2];
        for (int i = 0; i < 10; i++) {
            Hmc.Move move = hmc.move(state, new double[] {0.95, 0.95 * 0.05}, NOISE.split(i), 1);
            state = move.state();
            acceptance = move.acceptance();
        }
        assertThat(acceptance[0]).isBetween(0.5, 0.8);
        assertThat(acceptance[1]).isBetween(0.5, 0.8);
        for (int d = 0; d < 2; d++) {
            double[] first =
                    state.z().select(1, d).select(-1, 0).mul(d == 0 ? 1 : 20).toDoubles();
            double[] second =
                    state.z().select(1, d).select(-1, 1).mul(d == 0 ? 0.5 : 10).toDoubles();
            assertFollows(first, HmcTest::phi);
            assertFollows(second, HmcTest::phi);
            double[] products = IntStream.range(0, CHAINS)
                    .mapToDouble(i -> first[i] * second[i])
                    .toArray();
            assertThat(Moments.of(products).pValue(0.8)).isGreaterThan(FALSE_ALARM);
        }
    }

    private static double phi(double z) {
        return 0.5 * org.apache.commons.math3.special.Erf.erfc(-z / Math.sqrt(2));
    }

    private static void assertFollows(double[] sample, DoubleUnaryOperator cdf) {
        GoodnessOfFit fit = GoodnessOfFit.kolmogorovSmirnov(sample, cdf);
        assertThat(fit.pValue()).as("%s", fit).isGreaterThan(FALSE_ALARM);
    }

    /** z e⁻ᶻ on the positive numbers: the logarithm of a negative number is not a number, and no chain goes there. */
    @Test
    void findsADensityThatHasAnEnd() {
        Hmc hmc = new Hmc(z -> List.of(z.log().sub(z).select(-1, 0)), new int[] {0}, 4);
        Hmc.State state =
                hmc.at(Tensor.zeros(DType.FLOAT64, Device.CPU, CHAINS, 1, 1).add(0.3));
        for (int i = 0; i < 60; i++) {
            state = hmc.move(state, new double[] {0.6}, NOISE.split(i), 1).state();
        }
        assertFollows(state.z().toDoubles(), z -> 1 - (1 + z) * Math.exp(-z));
    }

    private static List<Tensor> logistic(Tensor z) {
        return List.of(
                z.neg().sub(z.neg().softplus().mul(2)).sum(-1),
                z.square().mul(-0.5).sum(-1));
    }

    /** The logistic density, and with weights (½, 1) its root times a normal one, against quadrature. */
    @Test
    void weightsOfTermsCanChange() {
        Hmc hmc = new Hmc(HmcTest::logistic, new int[] {0}, 4);
        Hmc.State state = hmc.at(normal("start", CHAINS, 1, 1));
        for (int i = 0; i < 30; i++) {
            state = hmc.move(state, new double[] {1.2}, NOISE.split(i), 1, 0).state();
        }
        assertFollows(state.z().toDoubles(), z -> 1 / (1 + Math.exp(-z)));
        for (int i = 30; i < 60; i++) {
            state = hmc.move(state, new double[] {0.7}, NOISE.split(i), 0.5, 1).state();
        }
        DoubleUnaryOperator density = z -> Math.exp(-Math.abs(z) / 2 - Math.log1p(Math.exp(-Math.abs(z))) - z * z / 2);
        double total = jensen.statcheck.Quadrature.interval(density, -12, 12);
        double inner = jensen.statcheck.Quadrature.interval(z -> z * z * density.applyAsDouble(z), -12, 12) / total;
        double[] squares = Arrays.stream(state.z().toDoubles()).map(z -> z * z).toArray();
        assertThat(Moments.of(squares).pValue(inner)).isGreaterThan(FALSE_ALARM);
    }

    @Test
    void trajectoriesAreReversible() {
        Hmc hmc = new Hmc(HmcTest::logistic, new int[] {0, 1}, 9);
        Tensor z = normal("z", 5, 2, 3);
        Tensor p = normal("p", 5, 2, 3);
        Tensor step = Tensor.of(new double[] {0.3, 0.7}, 2, 1);
        Hmc.Phase there = hmc.integrate(new Hmc.Phase(hmc.at(z), p), step, 1, 0.5);
        Hmc.Phase back =
                hmc.integrate(new Hmc.Phase(there.state(), there.momentum().neg()), step, 1, 0.5);
        assertThat(there.state().z().sub(z).abs().mean().item()).isGreaterThan(0.3);
        assertThat(back.state().z().sub(z).abs().max(0).max(0).max(0).item()).isLessThan(1e-12);
        assertThat(back.momentum().add(p).abs().max(0).max(0).max(0).item()).isLessThan(1e-12);
    }

    /** A trajectory of the same length in half the step keeps the energy four times as well. */
    @Test
    void theEnergyErrorIsOfSecondOrder() {
        Tensor z = normal("z", 200, 1, 3);
        Tensor p = normal("p", 200, 1, 3);
        double[] errors = new double[4];
        for (int i = 0; i < errors.length; i++) {
            Hmc hmc = new Hmc(HmcTest::logistic, new int[] {0}, 5 << i);
            Hmc.Phase from = new Hmc.Phase(hmc.at(z), p);
            Hmc.Phase to = hmc.integrate(from, values(0.2 / (1 << i)), 1, 1);
            errors[i] = Hmc.energy(to, 1, 1)
                    .sub(Hmc.energy(from, 1, 1))
                    .abs()
                    .mean()
                    .item();
        }
        for (int i = 1; i < errors.length; i++) {
            assertThat(errors[i - 1] / errors[i]).isCloseTo(4, within(0.2));
        }
    }

    /**
     * Three data whose widths are 1, 10 and 0.01, all started from the same step, in 8 dimensions that differ in width too:
     * of equal ones, all come back to where they began at once, and the acceptance would rise again with longer steps.
     */
    @Test
    void stepsAreTunedToAnAcceptance() {
        Tensor widths = Tensor.of(new double[] {1, 10, 0.01}, 3, 1).mul(values(0.5, 0.65, 0.8, 1, 1.2, 1.4, 1.7, 2));
        Hmc hmc = new Hmc(z -> List.of(z.div(widths).square().sum(-1).mul(-0.5)), new int[] {0, 1, 2}, 5);
        Tensor exact = normal("exact", 32, 3, 8).mul(widths);
        for (double wanted : new double[] {0.65, 0.9}) {
            Hmc.Tuned tuned =
                    hmc.tune(hmc.at(exact), new double[] {0.5, 0.5, 0.5}, wanted, 100, NOISE.split("tune"), 1);
            double[] seen = new double[3];
            Hmc.State state = tuned.state();
            for (int i = 0; i < 50; i++) {
                Hmc.Move move = hmc.move(state, tuned.steps(), NOISE.split(i), 1);
                state = move.state();
                for (int b = 0; b < 3; b++) {
                    seen[b] += move.acceptance()[b] / 50;
                }
            }
            for (int b = 0; b < 3; b++) {
                assertThat(seen[b]).isCloseTo(wanted, within(0.07));
            }
            assertThat(tuned.steps()[1] / tuned.steps()[0]).isCloseTo(10, within(2.0));
            assertThat(tuned.steps()[0] / tuned.steps()[2]).isCloseTo(100, within(20.0));
        }
    }

    @Test
    void refusesATrajectoryWithoutSteps() {
        assertThatThrownBy(() -> new Hmc(HmcTest::logistic, new int[] {0}, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("leapfrogs must be ≥ 1, was 0");
    }
}
