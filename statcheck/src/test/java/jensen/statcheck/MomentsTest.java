package jensen.statcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class MomentsTest {
    @Test
    void findsMeanVarianceAndError() {
        Moments moments = Moments.of(2, 4, 4, 4, 5, 5, 7, 9);
        assertThat(moments.mean()).isCloseTo(5, within(1e-15));
        assertThat(moments.variance()).isCloseTo(32.0 / 7, within(1e-14));
        assertThat(moments.standardError()).isCloseTo(Math.sqrt(4.0 / 7), within(1e-15));
        assertThat(moments.z(5.5)).isCloseTo(-0.5 / Math.sqrt(4.0 / 7), within(1e-14));
    }

    @Test
    void keepsItsDigitsFarFromZero() {
        assertThat(Moments.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16).variance()).isCloseTo(30, within(1e-9));
    }

    @Test
    void turnsDistanceIntoAChance() {
        Moments moments = new Moments(100, 1, 4);
        double twoSided = 2 * new NormalDistribution(null, 0, 1).cumulativeProbability(-2.5);
        assertThat(moments.pValue(1.5)).isCloseTo(twoSided, within(1e-12));
        assertThat(moments.pValue(1)).isEqualTo(1);
        assertThat(new Moments(10, 3, 0).pValue(3)).isEqualTo(1);
        assertThat(new Moments(10, 3, 0).pValue(2)).isZero();
    }

    @Test
    void refusesOneDrawAndNan() {
        assertThatIllegalArgumentException().isThrownBy(() -> Moments.of(1)).withMessageStartingWith("n: expected");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Moments.of(1, Double.NaN))
                .withMessage("variance: expected >= 0, found NaN");
    }
}
