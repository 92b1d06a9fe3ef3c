package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** On the model of {@link EvaluatorTest}, where q can be the exact posterior. */
class CalibrationTest {
    private static final int DATA = 2000;

    private static Calibration of(double shift, double factor) {
        return Calibration.of(EvaluatorTest.evaluator(shift, factor, 2), DATA, n -> {});
    }

    @Test
    void theExactPosteriorIsCalibrated() {
        Calibration exact = of(0, 1);
        assertThat(Arrays.stream(exact.ranks()[0]).sum()).isEqualTo(DATA);
        assertThat(exact.pValue(0)).isBetween(1e-4, 1.0);
        // 200 ± 13 of 2000 ranks are in the two outermost parts
        assertThat(exact.outer(0)).isBetween(0.75, 1.25);
    }

    @Test
    void aPosteriorThatIsTooNarrowTooWideOrAsideIsNot() {
        assertThat(of(0, 0.5).pValue(0)).isLessThan(1e-8);
        assertThat(of(0, 0.5).outer(0)).isGreaterThan(1.5);
        assertThat(of(0, 2).pValue(0)).isLessThan(1e-8);
        assertThat(of(0, 2).outer(0)).isLessThan(0.6);
        assertThat(of(0.3, 1).pValue(0)).isLessThan(1e-8);
    }

    /** χ² = 30.1435 is the 95 % point of 19 degrees of freedom in any table. */
    @Test
    void thePValueIsThatOfChiSquare() {
        int[] counts = new int[20];
        Arrays.fill(counts, 10_000);
        assertThat(new Calibration(200_000, 99, new int[][] {counts}).pValue(0)).isEqualTo(1);
        // two counts off by d give χ² = 2 d² / 10,000
        counts[3] += 388;
        counts[9] -= 388;
        assertThat(new Calibration(200_000, 99, new int[][] {counts}).pValue(0)).isCloseTo(0.05, within(2e-3));
    }

    @Test
    void fewDataHaveNoPValue() {
        assertThatThrownBy(() -> Calibration.of(EvaluatorTest.evaluator(0, 1, 1), 99, n -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("count must be ≥ 100, was 99");
    }
}
