package jensen.evaluate;

import static jensen.statcheck.GoodnessOfFit.FALSE_ALARM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.AnnealedImportance.Spacing;
import jensen.evaluate.AnnealedImportance.Start;
import jensen.model.Family;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.statcheck.Moments;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import jensen.train.Run;
import jensen.train.Training;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnnealedImportanceTest {
    private static final LinearExample LINEAR = LinearExample.of(5, 2, 17);

    private static Evaluator linear(double factor) {
        return LINEAR.evaluator(factor, 5, 1);
    }

    private static int[] first(int n) {
        return IntStream.range(0, n).toArray();
    }

    /** The error of each row's log p(x). */
    private static double[] errors(AnnealedImportance annealed, int rows) {
        float[][] x = LINEAR.simulate(rows, 23);
        List<Annealed> found = annealed.rows(linear(3), LINEAR.data(x), first(rows), n -> {});
        return found.stream()
                .mapToDouble(a -> a.evidence().value() - LINEAR.logEvidence(x[a.index()]))
                .toArray();
    }

    /** Few temperatures leave the weights spread, and their mean right: 160 data, 8 chains each. */
    @ParameterizedTest
    @EnumSource(Start.class)
    void theEvidenceItselfIsUnbiased(Start start) {
        for (Spacing spacing : Spacing.values()) {
            AnnealedImportance annealed = new AnnealedImportance(start, spacing, 12, 8, 3);
            double[] ratios = java.util.Arrays.stream(errors(annealed, 160))
                    .map(Math::exp)
                    .toArray();
            Moments moments = Moments.of(ratios);
            assertThat(moments.pValue(1)).as("%s %s", spacing, moments).isGreaterThan(FALSE_ALARM);
            assertThat(Math.sqrt(moments.variance())).isBetween(0.02, 1.0);
        }
    }

    /** The interval covers log p(x) in 95 % ± 3 % of 1,000 data. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(Start.class)
    void theIntervalCoversTheExactValue(Start start) {
        assertThat(covered(start, 1_000)).isBetween(920, 980);
    }

    /** As above on 100 data, where a coverage of 94 to 95 % leaves the range with a probability below 1 in 100. */
    @Test
    void theIntervalCoversTheExactValueOfFewerData() {
        assertThat(covered(Start.PRIOR, 100)).isBetween(86, 99);
    }

    private static int covered(Start start, int rows) {
        float[][] x = LINEAR.simulate(rows, 29);
        AnnealedImportance annealed = new AnnealedImportance(start, Spacing.SIGMOIDAL, 60, 32, 3);
        int covered = 0;
        for (Annealed a : annealed.rows(linear(3), LINEAR.data(x), first(rows), n -> {})) {
            double error = a.evidence().value() - LINEAR.logEvidence(x[a.index()]);
            covered += Math.abs(error) <= 1.96 * a.evidence().standardError() ? 1 : 0;
        }
        return covered;
    }

    /** From a q that is the posterior, log p(x, z)/q(z|x) is log p(x) wherever the chains go. */
    @Test
    void fromTheExactPosteriorThereIsNoError() {
        LinearExample one = LinearExample.of(4, 1, 3);
        float[][] x = one.simulate(6, 31);
        AnnealedImportance annealed = new AnnealedImportance(Start.POSTERIOR, Spacing.LINEAR, 20, 4, 3);
        for (Annealed a : annealed.rows(one.evaluator(1, 5, 1), one.data(x), first(6), n -> {})) {
            assertThat(a.evidence().value()).isCloseTo(one.logEvidence(x[a.index()]), within(1e-10));
            assertThat(a.evidence().standardError()).isLessThan(1e-7);
            assertThat(a.acceptance()).isBetween(0.4, 0.95);
        }
    }

    /** More temperatures, smaller errors: the root mean square falls by about √10 with ten times as many, here by over 2. */
    @Test
    void moreTemperaturesMakeItMoreExact() {
        double few = rootMeanSquare(errors(new AnnealedImportance(Start.PRIOR, Spacing.SIGMOIDAL, 20, 8, 3), 60));
        double many = rootMeanSquare(errors(new AnnealedImportance(Start.PRIOR, Spacing.SIGMOIDAL, 200, 8, 3), 60));
        assertThat(many).isLessThan(few / 2);
    }

    private static double rootMeanSquare(double[] errors) {
        return Math.sqrt(
                java.util.Arrays.stream(errors).map(e -> e * e).average().orElseThrow());
    }

    /** E[p̂] = p from below and E[1/p̂] = 1/p from above, and the exact value lies between within the stated errors. */
    @ParameterizedTest
    @EnumSource(Start.class)
    void simulatedDataAreBracketed(Start start) {
        int n = 48;
        AnnealedImportance annealed = new AnnealedImportance(start, Spacing.SIGMOIDAL, 60, 16, 3);
        List<Bracket> brackets = annealed.simulated(linear(3), n, done -> {});
        float[][] x = simulated(linear(3), n);
        double[] lower = new double[n];
        double[] upper = new double[n];
        double[] z = new double[n];
        for (Bracket b : brackets) {
            double exact = LINEAR.logEvidence(x[b.index()]);
            lower[b.index()] = Math.exp(b.lower().value() - exact);
            upper[b.index()] = Math.exp(exact - b.upper().value());
            z[b.index()] = b.gap().value() / b.gap().standardError();
            assertThat(b.lower().value()).isLessThan(exact + 5 * b.lower().standardError());
            assertThat(b.upper().value()).isGreaterThan(exact - 5 * b.upper().standardError());
        }
        assertThat(Moments.of(lower).pValue(1)).as("%s", Moments.of(lower)).isGreaterThan(FALSE_ALARM);
        assertThat(Moments.of(upper).pValue(1)).as("%s", Moments.of(upper)).isGreaterThan(FALSE_ALARM);
        // the stated errors are those that are seen
        assertThat(Math.sqrt(Moments.of(z).variance())).isBetween(0.6, 1.5);
    }

    @Test
    void aBracketHoldsWhatIsBetweenItsEndsOrNearThem() {
        Bracket bracket = new Bracket(0, new Estimate(-3, 0.3), new Estimate(-2, 0.4));
        assertThat(bracket.holds(new Estimate(-2.5, 0))).isTrue();
        assertThat(bracket.holds(new Estimate(-3.9, 0.4))).isTrue();
        assertThat(bracket.holds(new Estimate(-4.1, 0.4))).isFalse();
        assertThat(bracket.holds(new Estimate(-1.1, 0.3))).isTrue();
        assertThat(bracket.holds(new Estimate(-0.9, 0.3))).isFalse();
        assertThat(bracket.holds(new Estimate(Double.NaN, 0.3))).isFalse();
    }

    /** The data that {@link AnnealedImportance#simulated} makes. */
    private static float[][] simulated(Evaluator evaluator, int n) {
        Generator noise = evaluator.rng().split("simulated");
        try (Scope scope = new Scope()) {
            Tensor z = evaluator.model().prior(evaluator.theta()).sample(n, noise.split("z"));
            Tensor x = Chains.simulated(evaluator, z, first(n), 1, noise.split("x"))
                    .flat()
                    .x();
            return IntStream.range(0, n)
                    .mapToObj(i -> x.select(0, i).toFloats())
                    .toArray(float[][]::new);
        }
    }

    private static Evaluator trained(int epochs, int threads) {
        Dataset data = Examples.digits();
        Training training = Examples.training();
        try (Run run = Examples.run(training, data, 1)) {
            for (int i = 0; i < epochs * 7; i++) {
                run.next();
            }
            return new Evaluator(
                    training.model(),
                    run.theta().copy(),
                    training.guide(),
                    run.phi().copy(),
                    new Encoding.AsStored(),
                    Generator.of(3),
                    threads);
        }
    }

    /** A trained decoder of 5 latent dimensions and 32 hidden units: the two sides meet, and neither start matters. */
    @Test
    void theBracketOfATrainedModelIsNarrow() {
        Evaluator evaluator = trained(150, 1);
        assertThat(middle(evaluator, Start.PRIOR)).isCloseTo(middle(evaluator, Start.POSTERIOR), within(0.2));
    }

    private static double middle(Evaluator evaluator, Start start) {
        AnnealedImportance annealed = new AnnealedImportance(start, Spacing.SIGMOIDAL, 200, 16, 5);
        List<Bracket> brackets = annealed.simulated(evaluator, 8, n -> {});
        for (Bracket b : brackets) {
            assertThat(b.gap().value()).isGreaterThan(-5 * b.gap().standardError());
        }
        // in the mean over the data, as a single gap of 16 chains is now and then above 1, whatever the model
        assertThat(mean(brackets, b -> b.gap().value())).isLessThan(0.6);
        assertThat(mean(brackets, b -> b.gap().standardError())).isLessThan(0.5);
        return mean(brackets, b -> (b.lower().value() + b.upper().value()) / 2);
    }

    private static double mean(List<Bracket> brackets, ToDoubleFunction<Bracket> of) {
        return brackets.stream().mapToDouble(of).average().orElseThrow();
    }

    /** In float32, with widths that fill no vector: to the last bit. */
    @ParameterizedTest
    @EnumSource(Start.class)
    void aRowIsTheSameWhicheverRowsAndThreadsAreBesideIt(Start start) {
        Dataset data = Examples.digits();
        int[] rows = first(13);
        for (int chains : new int[] {12, 16, 65}) {
            AnnealedImportance plan = new AnnealedImportance(start, Spacing.LINEAR, 10, chains, 3);
            List<Annealed> together = plan.rows(untrained(2), data, rows, n -> {});
            List<Annealed> alone = plan.rows(untrained(1), data, new int[] {11, 2}, n -> {});
            assertThat(alone).containsExactly(together.get(11), together.get(2));
        }
    }

    private static Evaluator untrained(int threads) {
        var model = Examples.model(3, List.of(37), new Family.Bernoulli());
        var guide = Examples.guide(3, List.of(29));
        Generator rng = Generator.of(8);
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, rng, DType.FLOAT32, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, rng, DType.FLOAT32, Device.CPU);
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), rng, threads);
    }

    @Test
    void progressCountsEachRowOnceAndMemoryIsGivenBack() {
        AnnealedImportance plan = new AnnealedImportance(Start.PRIOR, Spacing.LINEAR, 10, 16, 3);
        Evaluator evaluator = untrained(2);
        plan.rows(evaluator, Examples.digits(), first(2), n -> {});
        System.gc();
        long before = Scope.live();
        AtomicInteger done = new AtomicInteger();
        List<Evidence> found = plan.evidence(evaluator, Examples.digits(), first(9), done::addAndGet);
        // 30 + 50 moves to tune, 9 between 10 temperatures, each of 3 leapfrogs, and where 16 chains begin
        assertThat(found).hasSize(9).allMatch(e -> e.evaluations() == 16 * (1 + 3 * 89));
        assertThat(done).hasValue(9);
        assertThat(Scope.live()).isLessThanOrEqualTo(before + 100);
    }

    @Test
    void refusesNumbersThatAreNotPositive() {
        assertThatThrownBy(() -> new AnnealedImportance(Start.PRIOR, Spacing.LINEAR, 0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperatures must be ≥ 1, was 0");
        assertThatThrownBy(() -> new AnnealedImportance(Start.PRIOR, Spacing.LINEAR, 1, 0, 1))
                .hasMessage("chains must be ≥ 1, was 0");
    }
}
