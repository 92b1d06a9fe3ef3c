package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
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

    /** Two groups of weights 1, 3 and 2, 6, of means 2 and 4; one group of four, of mean 3. */
    @Test
    void theBoundOfSomeDrawsIsTheMeanOverGroups() {
        double[] w = {Math.log(1), Math.log(3), Math.log(2), Math.log(6)};
        assertThat(LogMeanExp.bound(w, 1).value()).isCloseTo(Math.log(36) / 4, within(1e-12));
        assertThat(LogMeanExp.bound(w, 2).value()).isCloseTo((Math.log(2) + Math.log(4)) / 2, within(1e-12));
        // two values log 2 apart: their mean's error is half of that
        assertThat(LogMeanExp.bound(w, 2).standardError()).isCloseTo(Math.log(2) / 2, within(1e-12));
        assertThat(LogMeanExp.bound(w, 3).value()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(LogMeanExp.bound(w, 4))
                .isEqualTo(
                        new Estimate(LogMeanExp.of(w).value(), LogMeanExp.of(w).standardError()));
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

    /**
     * 100 log-normal weights of mean 1 and 100 of mean 5, of relative spreads 0.3: the stated error is the spread that is seen over
     * 2,000 repetitions, to 10 %; an error that counts the difference of the means, √(4 + 0.3²·13)/√200/3, is not.
     */
    @Test
    void theErrorOfAStratifiedMeanIsTheSpreadWithinThem() {
        SplitMix stream = new SplitMix(4);
        int repetitions = 2_000;
        double sigma = 0.3;
        double squares = 0;
        double stated = 0;
        double pooled = 0;
        for (int r = 0; r < repetitions; r++) {
            double[][] w = new double[2][100];
            for (int k = 0; k < 100; k++) {
                w[0][k] = sigma * stream.normal() - sigma * sigma / 2;
                w[1][k] = sigma * stream.normal() - sigma * sigma / 2 + Math.log(5);
            }
            LogMeanExp m = LogMeanExp.ofStrata(w);
            squares += Math.pow(m.value() - Math.log(3), 2) / repetitions;
            stated += m.standardError() / repetitions;
            double[] all = Arrays.stream(w).flatMapToDouble(Arrays::stream).toArray();
            pooled += LogMeanExp.of(all).standardError() / repetitions;
            assertThat(LogMeanExp.ofStrata(new double[][] {all})).isEqualTo(LogMeanExp.of(all));
        }
        assertThat(stated).isCloseTo(Math.sqrt(squares), within(0.1 * stated));
        assertThat(pooled).isGreaterThan(2 * stated);
    }

    /** Of weights that are 1 or 3 with equal chance, the expectations over all draws of K are sums over the binomial. */
    @Test
    void theJackknifeLeavesABiasOfOrderOneOverKSquared() {
        double plain = bias(40, LogMeanExp::value);
        double corrected = bias(40, LogMeanExp::jackknife);
        // relative variance ¼: the plain bias is −¼/(2K) to first order
        assertThat(plain).isCloseTo(-0.25 / 80, within(0.05 * 0.25 / 80));
        assertThat(plain / bias(80, LogMeanExp::value)).isCloseTo(2, within(0.05));
        assertThat(Math.abs(corrected)).isLessThan(Math.abs(plain) / 20);
        assertThat(corrected / bias(80, LogMeanExp::jackknife)).isCloseTo(4, within(0.3));
    }

    private static double bias(int k, ToDoubleFunction<LogMeanExp> of) {
        double expected = 0;
        double probability = Math.pow(0.5, k);
        for (int threes = 0; threes <= k; threes++) {
            double[] logWeights = new double[k];
            Arrays.fill(logWeights, 0, threes, Math.log(3));
            expected += probability * of.applyAsDouble(LogMeanExp.of(logWeights));
            probability *= (double) (k - threes) / (threes + 1);
        }
        return expected - Math.log(2);
    }

    @Test
    void aWeightThatIsNoNumberIsSaidAndNotPassedOn() {
        double[] weights = new double[100];
        weights[7] = Double.NaN;
        LogMeanExp m = LogMeanExp.of(weights);
        assertThat(m.value()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(m.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(m.paretoShape()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(m.trusted()).isFalse();
    }
}
