package jensen.statcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FiniteDifferenceTest {
    @Test
    void findsDerivativesToElevenDigits() {
        assertThat(FiniteDifference.derivative(Math::exp, 1)).isCloseTo(Math.E, within(1e-11 * Math.E));
        assertThat(FiniteDifference.derivative(Math::sin, 0.3)).isCloseTo(Math.cos(0.3), within(1e-11));
        assertThat(FiniteDifference.derivative(Math::log, 1000)).isCloseTo(1e-3, within(1e-13));
        assertThat(FiniteDifference.derivative(Math::tanh, -2)).isCloseTo(1 / Math.pow(Math.cosh(2), 2), within(1e-11));
    }

    @Test
    void isExactForQuarticsUpToRounding() {
        assertThat(FiniteDifference.derivative(x -> x * x * x * x, 3, 0.5)).isCloseTo(108, within(1e-11));
    }

    @Test
    void findsTheGradientOfEachCoordinate() {
        double[] gradient = FiniteDifference.gradient(x -> x[0] * x[0] * x[1] + Math.exp(x[2]), 2, -3, 0.5);
        assertThat(gradient).containsExactly(new double[] {-12, 4, Math.exp(0.5)}, within(1e-10));
    }

    @Test
    void refusesAStepOfZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FiniteDifference.derivative(Math::sin, 1, 0))
                .withMessage("step: expected > 0, found 0.0");
    }
}
