package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PosteriorGridTest {
    private static final Quadrature QUADRATURE = new Quadrature(1e-9, 100_000);

    private static double logNormal(double z, double mean, double variance) {
        return -0.5 * ((z - mean) * (z - mean) / variance + Math.log(2 * Math.PI * variance));
    }

    /** On the model of {@link EvaluatorTest}, with a q that is wide and aside. */
    @Test
    void oneDimensionIsTheNormalThatItShouldBe() {
        PosteriorGrid grid = QUADRATURE.posterior(EvaluatorTest.evaluator(0.5, 3, 1), EvaluatorTest.DATA, 1, 601);
        double variance = EvaluatorTest.S2 / EvaluatorTest.M;
        double mean = (1.3 * EvaluatorTest.X[1][0] - 0.4 * EvaluatorTest.X[1][1]) / EvaluatorTest.M;
        for (int i = 0; i < 601; i += 50) {
            assertThat(grid.logDensity()[i]).isCloseTo(logNormal(grid.axes()[0][i], mean, variance), within(1e-5));
        }
        assertThat(grid.mass()).isCloseTo(1, within(1e-4));
        // 90 % of a normal's mass lie within 1.645 standard deviations
        double deviation = Math.sqrt(variance);
        assertThat(grid.level(0.9)).isCloseTo(logNormal(1.644854 * deviation, 0, variance), within(0.1));
        assertThat(grid.axes()[0][0]).isLessThan(mean - 4 * deviation);
        assertThat(grid.axes()[0][600]).isGreaterThan(mean + 0.5 + 4 * Math.sqrt(3) * deviation);
    }

    @Test
    void twoDimensionsHoldAllOfTheMass() {
        LinearExample linear = LinearExample.of(5, 2, 11);
        float[][] x = linear.simulate(1, 12);
        PosteriorGrid grid = QUADRATURE.posterior(linear.evaluator(2, 3, 1), linear.data(x), 0, 121);
        assertThat(grid.logDensity()).hasSize(121 * 121);
        assertThat(grid.mass()).isCloseTo(1, within(1e-4));
        int peak = IntStream.range(0, 121 * 121)
                .reduce((a, b) -> grid.logDensity()[a] >= grid.logDensity()[b] ? a : b)
                .orElseThrow();
        double[] mean =
                linear.evaluator(2, 3, 1).codes(linear.data(x), new int[] {0}).mean()[0];
        double step = Math.sqrt(grid.cell());
        assertThat(grid.axes()[0][peak % 121]).isCloseTo(mean[0], within(2 * step));
        assertThat(grid.axes()[1][peak / 121]).isCloseTo(mean[1], within(2 * step));
    }

    /** Weighted, draws from any q are draws from the posterior. */
    @Test
    void weightedDrawsHaveThePosteriorsMoments() {
        PosteriorDraws draws = PosteriorDraws.of(EvaluatorTest.evaluator(0.3, 2, 1), EvaluatorTest.DATA, 0, 50_000);
        double mean = (1.3 * EvaluatorTest.X[0][0] - 0.4 * EvaluatorTest.X[0][1]) / EvaluatorTest.M;
        double max = Arrays.stream(draws.logWeights()).max().orElseThrow();
        double total = 0;
        double first = 0;
        double second = 0;
        for (int k = 0; k < draws.z().length; k++) {
            double w = Math.exp(draws.logWeights()[k] - max);
            total += w;
            first += w * draws.z()[k][0];
            second += w * draws.z()[k][0] * draws.z()[k][0];
        }
        assertThat(first / total).isCloseTo(mean, within(0.01));
        assertThat(second / total - mean * mean).isCloseTo(EvaluatorTest.S2 / EvaluatorTest.M, within(0.01));
        assertThat(draws.evidence().value()).isCloseTo(EvaluatorTest.logEvidence(EvaluatorTest.X[0]), within(0.02));
    }

    @Test
    void threeDimensionsAreNotDrawn() {
        LinearExample linear = LinearExample.of(5, 3, 11);
        assertThatThrownBy(() ->
                        QUADRATURE.posterior(linear.evaluator(1, 3, 1), linear.data(linear.simulate(1, 1)), 0, 11))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 3");
    }
}
