package jensen.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Renyi;
import jensen.bound.Tvo;
import jensen.model.Family;
import jensen.statcheck.Moments;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pair of a bound and an estimator: that which is declared unbiased agrees with central differences of the bound under
 * common random numbers, the noise of the two being independent; that which is refused cannot be made into an objective.
 *
 * <p>z is the difference of the means of n gradients and n differences, in standard errors. |z| > 4 is a false alarm with
 * probability 6e-5 for each parameter, and the seeds are fixed.
 */
class PairsTest {
    private static final int N = 20_000;
    private static final int K = 4;
    private static final long SEED = 31;

    private record Pair(Bound bound, GradientEstimator gradient) {
        Verdict verdict() {
            return gradient.serves(bound, K);
        }

        @Override
        public String toString() {
            return bound.name() + " × " + gradient.name();
        }
    }

    static Stream<Pair> pairs() {
        return Stream.concat(Bound.all().stream(), Stream.of(new Renyi(2), new Tvo(2, 0.4)))
                .flatMap(bound -> GradientEstimator.all().stream().map(gradient -> new Pair(bound, gradient)));
    }

    /** Those for a real z; for a discrete one {@link DiscretePairsTest} has them. */
    private static Stream<Pair> served() {
        return pairs().filter(pair -> !(pair.verdict() instanceof Verdict.Refused))
                .filter(pair -> pair.gradient().refuses(new Family.Normal(), 1).isEmpty());
    }

    private static Stream<Pair> refused() {
        return pairs().filter(pair -> pair.verdict() instanceof Verdict.Refused);
    }

    @Test
    void everyTypeHasARow() {
        assertThat(types(Bound.all())).isEqualTo(Set.of(Bound.class.getPermittedSubclasses()));
        assertThat(types(GradientEstimator.all())).isEqualTo(Set.of(GradientEstimator.class.getPermittedSubclasses()));
        assertThat(GradientEstimator.all())
                .filteredOn(ScoreFunction.class::isInstance)
                .hasSameSizeAs(ScoreFunction.Baseline.values());
    }

    private static Set<Class<?>> types(Collection<?> values) {
        return values.stream().map(Object::getClass).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("served")
    void whatIsDeclaredUnbiasedIs(Pair pair) {
        for (double klWeight : new double[] {1, 0.3}) {
            agrees(pair, klWeight, N);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("served")
    void whatIsDeclaredUnbiasedIsSoOfTenTimesAsMany(Pair pair) {
        agrees(pair, 1, 10 * N);
    }

    private static void agrees(Pair pair, double klWeight, int n) {
        List<String> names = pair.verdict() instanceof Verdict.Unbiased ? Copies.NAMES : Copies.NAMES.subList(0, 2);
        double[] z = z(pair, klWeight, names, n);
        for (int i = 0; i < z.length; i++) {
            assertThat(z[i])
                    .as("%s at KL weight %s, seed %d", names.get(i), klWeight, SEED)
                    .isBetween(-4.0, 4.0);
        }
    }

    /** What the constructor refuses as biased: the test above would see it. */
    @Test
    void aBiasedPairIsCaught() {
        Pair biased = new Pair(new ImportanceWeighted(), new StickTheLanding());
        assertThat(biased.verdict()).isInstanceOf(Verdict.Refused.class);
        assertThat(Math.abs(z(biased, 1, List.of("m"), N)[0])).isGreaterThan(20);
    }

    private static double[] z(Pair pair, double klWeight, List<String> names, int n) {
        Copies copies = Copies.offThePosterior(n);
        Copies.Found found = copies.estimate(pair.gradient(), pair.bound(), K, klWeight, SEED + 1);
        return names.stream()
                .mapToDouble(name -> {
                    Bound climbed =
                            List.of("m", "l").contains(name) ? pair.bound().forPhi() : pair.bound();
                    Moments expected = Moments.of(copies.difference(climbed, K, klWeight, name, SEED));
                    Moments gradient = Moments.of(found.of(name));
                    return (gradient.mean() - expected.mean())
                            / Math.hypot(gradient.standardError(), expected.standardError());
                })
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsRefusedCannotBeMadeAndWhatServesIsNamed(Pair pair) {
        List<GradientEstimator> serving = Objective.serving(pair.bound(), K);
        assertThatThrownBy(() -> new Objective(pair.bound(), pair.gradient(), K))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(pair.bound().name(), pair.gradient().name(), "4 samples")
                .hasMessageEndingWith(
                        "use " + serving.stream().map(GradientEstimator::name).collect(Collectors.joining(", ")))
                .hasMessageNotContaining("\n");
        assertThat(serving).isNotEmpty().doesNotContain(pair.gradient());
        for (GradientEstimator gradient : serving) {
            assertThat(new Objective(pair.bound(), gradient, K).gradient()).isEqualTo(gradient);
        }
    }

    @Test
    void theTableIsNeitherAllServedNorAllRefused() {
        String table = Bound.all().stream()
                .map(bound -> bound.name() + ": "
                        + Objective.serving(bound, K).stream()
                                .map(GradientEstimator::name)
                                .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
        String expected = """
                elbo: pathwise score score-plain wake-sleep enumerate gumbel:0.5
                elbo-sampled: pathwise stl dreg score score-plain wake-sleep enumerate gumbel:0.5
                iw: pathwise dreg score score-plain vimco wake-sleep rws gumbel:0.5
                renyi:0.5: pathwise dreg score score-plain vimco wake-sleep gumbel:0.5
                miwae:2: pathwise dreg score-plain vimco wake-sleep gumbel:0.5
                piwae:2: pathwise dreg score-plain vimco gumbel:0.5
                ciwae:0.5: pathwise dreg score score-plain vimco wake-sleep gumbel:0.5
                tvo:5: pathwise dreg score score-plain vimco wake-sleep gumbel:0.5""";
        assertThat(table).isEqualTo(expected);
    }

    /** With one draw every bound is the ELBO, so what needs no second draw serves it. */
    @Test
    void withOneDrawEveryBoundIsTheElbo() {
        for (Bound bound : List.of(new ImportanceWeighted(), new Renyi(0.5), Tvo.of(5))) {
            assertThat(Objective.serving(bound, 1).stream().map(GradientEstimator::name))
                    .as(bound.name())
                    .containsExactly("pathwise", "stl", "dreg", "score-plain", "wake-sleep", "enumerate", "gumbel:0.5");
        }
        double[] one = Copies.offThePosterior(5)
                .estimate(new StickTheLanding(), new ImportanceWeighted(), 1, 1, SEED)
                .of("m");
        double[] other = Copies.offThePosterior(5)
                .estimate(new DoublyReparameterised(), new ImportanceWeighted(), 1, 1, SEED)
                .of("m");
        assertThat(Arrays.equals(one, other)).isTrue();
    }
}
