package jensen.statcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QuadratureTest {
    @Test
    void integratesSmoothKinkedAndPeakedFunctions() {
        assertThat(Quadrature.interval(Math::exp, 0, 1)).isCloseTo(Math.E - 1, within(1e-12));
        assertThat(Quadrature.interval(x -> Math.abs(x - 0.3), -1, 1)).isCloseTo((1.69 + 0.49) / 2, within(1e-10));
        assertThat(Quadrature.interval(Math::sqrt, 0, 1)).isCloseTo(2.0 / 3, within(1e-9));
        double narrow = Quadrature.interval(x -> 1e-3 / (x * x + 1e-6), -1, 1);
        assertThat(narrow).isCloseTo(2 * Math.atan(1000), within(1e-9));
    }

    @Test
    void integratesOverTheRealLine() {
        double root = Math.sqrt(2 * Math.PI);
        assertThat(Quadrature.realLine(x -> Math.exp(-x * x / 2) / root, 0, 1)).isCloseTo(1, within(1e-11));
        double far = Quadrature.realLine(x -> Math.exp(-(x - 500) * (x - 500) / 0.02) / (0.1 * root), 500, 0.1);
        assertThat(far).isCloseTo(1, within(1e-10));
        assertThat(Quadrature.realLine(x -> 1 / (Math.PI * (1 + x * x)), 0.5, 2))
                .isCloseTo(1, within(1e-10));
    }

    @Test
    void saysWhatItCannotIntegrate() {
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Quadrature.interval(x -> x < 0.5 ? 0 : Double.NaN, 0, 1))
                .withMessageStartingWith("The integrand is NaN at 0.");
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Quadrature.interval(x -> 1 / x, 0, 1))
                .withMessageStartingWith("The integral does not settle near");
        assertThatIllegalArgumentException().isThrownBy(() -> Quadrature.interval(Math::exp, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Quadrature.realLine(Math::exp, 0, 0));
    }
}
