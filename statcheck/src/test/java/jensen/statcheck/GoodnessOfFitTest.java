package jensen.statcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class GoodnessOfFitTest {
    private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

    @Test
    void acceptsTheRightLaw() {
        double[] sample = new SplitMix(11).normals(20_000);
        GoodnessOfFit fit = GoodnessOfFit.kolmogorovSmirnov(sample, NORMAL::cumulativeProbability);
        assertThat(fit.pValue()).as(fit.toString()).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }

    @Test
    void rejectsALawThatIsSlightlyWrong() {
        double[] sample = new SplitMix(11).normals(20_000);
        GoodnessOfFit shifted = GoodnessOfFit.kolmogorovSmirnov(sample, x -> NORMAL.cumulativeProbability(x - 0.08));
        GoodnessOfFit wider = GoodnessOfFit.kolmogorovSmirnov(sample, x -> NORMAL.cumulativeProbability(x / 1.12));
        assertThat(shifted.pValue()).isLessThan(GoodnessOfFit.FALSE_ALARM);
        assertThat(wider.pValue()).isLessThan(GoodnessOfFit.FALSE_ALARM);
    }

    /** D and p of scipy.stats.kstest(x, "uniform", method="exact") in SciPy 1.17.1, for x = ((i + 1/2) / 50)^1.3. */
    @Test
    void givesKolmogorovsPValueAsScipyDoes() {
        double[] sample = IntStream.range(0, 50)
                .mapToDouble(i -> Math.pow((i + 0.5) / 50, 1.3))
                .toArray();
        GoodnessOfFit fit = GoodnessOfFit.kolmogorovSmirnov(sample, x -> x);
        assertThat(fit.statistic()).isCloseTo(0.1062245119644315, within(1e-14));
        assertThat(fit.pValue()).isCloseTo(0.5880530026242132, within(1e-10));
    }

    /** Statistic and p of scipy.stats.chisquare([18, 25, 16, 41], [20, 30, 20, 30]) in SciPy 1.17.1. */
    @Test
    void givesPearsonsPValueAsScipyDoes() {
        GoodnessOfFit fit = GoodnessOfFit.chiSquared(new long[] {18, 25, 16, 41}, new double[] {.2, .3, .2, .3});
        assertThat(fit.statistic()).isCloseTo(5.866666666666667, within(1e-12));
        assertThat(fit.pValue()).isCloseTo(0.11828047709120557, within(1e-12));
    }

    @Test
    void poolsOutcomesThatAreExpectedTooSeldom() {
        long[] counts = {500, 480, 3, 0, 9, 8};
        double[] law = {0.5, 0.48, 0.004, 0.004, 0.006, 0.006};
        GoodnessOfFit fit = GoodnessOfFit.chiSquared(counts, law);
        // Pools: 500 | 480 | 3 + 0 + 9 + 8 = 20 of 20 expected.
        assertThat(fit.statistic()).isCloseTo(0, within(1e-12));
        assertThat(fit.pValue()).isCloseTo(1, within(1e-12));
    }

    @Test
    void rejectsAnImpossibleOutcome() {
        assertThat(GoodnessOfFit.chiSquared(new long[] {50, 50, 1}, new double[] {0.5, 0.5, 0})
                        .pValue())
                .isZero();
    }

    @Test
    void refusesWhatCannotBeTested() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoodnessOfFit.chiSquared(new long[] {5, 5}, new double[] {0.5, 0.4}))
                .withMessage("probabilities: expected a sum of 1, found 0.9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoodnessOfFit.chiSquared(new long[] {5, 5}, new double[] {0.5, 0.5}))
                .withMessage("counts: expected enough for two pools of 10, found 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoodnessOfFit.chiSquared(new long[] {5}, new double[] {0.5, 0.5}));
        double[] withNan = new SplitMix(1).normals(20);
        withNan[7] = Double.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoodnessOfFit.kolmogorovSmirnov(withNan, NORMAL::cumulativeProbability))
                .withMessageContaining("cdf(NaN): expected in [0, 1]");
        assertThatIllegalArgumentException().isThrownBy(() -> GoodnessOfFit.kolmogorovSmirnov(new double[3], x -> x));
    }
}
