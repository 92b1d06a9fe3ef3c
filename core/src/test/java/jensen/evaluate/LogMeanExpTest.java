package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jensen.statcheck.SplitMix;
import org.junit.jupiter.api.Test;

class LogMeanExpTest {
    @Test
    void weightsBeyondTheRangeOfDoublesAreAveraged() {
        LogMeanExp m = LogMeanExp.of(new double[] {-2000 + Math.log(1), -2000 + Math.log(3)});
        assertThat(m.value()).isCloseTo(-2000 + Math.log(2), within(1e-12));
        assertThat(m.effectiveSamples()).isCloseTo(16.0 / 10, within(1e-12));
        // weights 1 and 3: mean 2, sample variance 2, relative error √(2/2)/2
        assertThat(m.standardError()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void oneInfiniteWeightIsSaidAndNotHidden() {
        LogMeanExp m = LogMeanExp.of(new double[] {0, Double.POSITIVE_INFINITY});
        assertThat(m.value()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(m.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
        LogMeanExp none = LogMeanExp.of(new double[] {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY});
        assertThat(none.value()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(none.effectiveSamples()).isZero();
    }

    /** Log-normal weights of mean 1: the stated error is the spread that is seen, to 10 % over 2,000 repetitions. */
    @Test
    void theErrorIsTheSpreadOfRepetitions() {
        SplitMix stream = new SplitMix(3);
        int repetitions = 2_000;
        double sigma = 0.7;
        double squares = 0;
        double stated = 0;
        for (int r = 0; r < repetitions; r++) {
            double[] w = new double[200];
            for (int k = 0; k < w.length; k++) {
                w[k] = sigma * stream.normal() - sigma * sigma / 2;
            }
            LogMeanExp m = LogMeanExp.of(w);
            squares += m.value() * m.value() / repetitions;
            stated += m.standardError() / repetitions;
        }
        assertThat(stated).isCloseTo(Math.sqrt(squares), within(0.1 * stated));
    }
}
