package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.evaluate.ImportanceSampling.Proposal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mixtures that cover p(z|x), on linear-Gaussian models whose posterior has correlated components, with a q that has the
 * posterior's mean and variances far too small.
 */
class DefensiveImportanceTest {
    private static final int FEW = 250;
    private static final int MANY = 1000;

    private static final LinearExample TWO = LinearExample.of(4, 2, 3);
    private static final LinearExample FIVE = LinearExample.of(8, 5, 3);

    private static double coverage(LinearExample model, double factor, int n, ImportanceSampling method) {
        float[][] x = model.simulate(n, 8);
        List<Evidence> found = method.evidence(
                model.evaluator(factor, 5, 2),
                model.data(x),
                IntStream.range(0, n).toArray(),
                done -> {});
        assertThat(found).allSatisfy(e -> assertThat(e.evaluations()).isLessThanOrEqualTo(method.budget()));
        long covered = found.stream()
                .filter(e -> Math.abs(e.value() - model.logEvidence(x[e.index()])) <= 1.96 * e.standardError())
                .count();
        return covered / (double) n;
    }

    private static ImportanceSampling method(int samples, int budget) {
        return new ImportanceSampling(Proposal.DEFENSIVE, samples, 1e-9, budget);
    }

    /** Within 4.4 standard deviations of a binomial's share: a false alarm of 1e-5. */
    private static void assertNineteenOfTwenty(double coverage, int n) {
        assertThat(coverage).isCloseTo(0.95, within(4.4 * Math.sqrt(0.95 * 0.05 / n)));
    }

    @Test
    void aFitCoversWhereQIsTooNarrow() {
        assertNineteenOfTwenty(coverage(TWO, 0.05, FEW, method(200, 4000)), FEW);
        // which draws from q alone do not
        assertThat(coverage(TWO, 0.05, FEW, new ImportanceSampling(Proposal.POSTERIOR, 2400, 1e-9, 2400)))
                .isLessThan(0.8);
    }

    @Test
    void withoutTheBudgetForAFitTheMixtureAroundQCoversAQThatIsLittleTooNarrow() {
        assertNineteenOfTwenty(coverage(TWO, 0.4, FEW, method(800, 800)), FEW);
    }

    @Test
    @Tag("slow")
    void onManyDataTheCoverageIsThatOfTheIntervalWithinThreePercent() {
        assertNineteenOfTwenty(coverage(TWO, 0.05, MANY, method(200, 4000)), MANY);
        assertNineteenOfTwenty(coverage(FIVE, 0.1, MANY, method(400, 3000)), MANY);
        assertThat(coverage(FIVE, 0.1, MANY, new ImportanceSampling(Proposal.POSTERIOR, 2400, 1e-9, 2400)))
                .isLessThan(0.8);
    }

    /** The climb finds the posterior itself: half of the draws have weights 2 p(x), and none has more than 8 p(x). */
    @Test
    void theDrawsFromAFitAreWorthMostOfTheirNumber() {
        float[][] x = FIVE.simulate(4, 8);
        for (Evidence e : new ImportanceSampling(Proposal.DEFENSIVE, 400, 0.05, 3000)
                .evidence(FIVE.evaluator(0.1, 5, 1), FIVE.data(x), new int[] {0, 1, 2, 3}, n -> {})) {
            LogMeanExp weights = e.weights().orElseThrow();
            assertThat(e.reached()).isTrue();
            assertThat(e.evaluations()).isEqualTo(400 + 1600 + 400);
            assertThat(weights.effectiveSamples()).isBetween(150.0, 300.0);
            assertThat(weights.paretoShape()).isLessThan(0.5);
            assertThat(e.value()).isCloseTo(FIVE.logEvidence(x[e.index()]), within(5 * e.standardError()));
        }
    }

    @Test
    void aRowIsTheSameWhicheverRowsAreBesideIt() {
        int[] all = IntStream.range(0, 20).toArray();
        for (LinearExample model : List.of(TWO, FIVE)) {
            Evaluator evaluator = model.evaluator(0.1, 5, 2);
            Dataset data = model.data(model.simulate(20, 8));
            List<Evidence> together = method(160, 5000).evidence(evaluator, data, all, n -> {});
            for (Evidence alone : method(160, 5000).evidence(evaluator, data, new int[] {17, 3}, n -> {})) {
                Evidence same = together.get(alone.index());
                assertThat(alone.value()).isCloseTo(same.value(), within(1e-9));
                assertThat(alone.evaluations()).isEqualTo(same.evaluations());
            }
        }
    }

    @Test
    void theNameSaysWhatIsDrawnFrom() {
        assertThat(method(16, 16).name()).isEqualTo("is");
        assertThat(new ImportanceSampling(Proposal.POSTERIOR, 16, 1, 16).name()).isEqualTo("is-q");
        assertThatThrownBy(() -> method(15, 100)).hasMessage("samples must be from 16 to the budget of 100, was 15");
    }
}
