package jensen.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Renyi;
import jensen.statcheck.Moments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pair of a bound and an estimator that is declared unbiased, against central differences of the bound with common
 * random numbers: n = 20,000 of each, z is the difference of the means in standard errors, and |z| > 4 raises a false alarm
 * with probability 6e-5 for each of the four parameters.
 */
class UnbiasedTest {
    private static final int N = 20_000;
    private static final int K = 4;
    private static final long SEED = 31;

    record Pair(Bound bound, GradientEstimator gradient, double klWeight) {}

    static List<Bound> bounds() {
        return List.of(Elbo.analytic(), Elbo.sampled(), new ImportanceWeighted(), new Renyi(0.5), new Renyi(2));
    }

    static List<GradientEstimator> estimators() {
        return List.of(new Pathwise(), new StickTheLanding(), new DoublyReparameterised());
    }

    static Stream<Pair> unbiased() {
        List<Pair> pairs = new ArrayList<>();
        for (Bound bound : bounds()) {
            for (GradientEstimator gradient : estimators()) {
                if (gradient.serves(bound, K) instanceof Verdict.Unbiased) {
                    pairs.add(new Pair(bound, gradient, 1));
                    pairs.add(new Pair(bound, gradient, 0.3));
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("unbiased")
    void declaredUnbiasedIsUnbiased(Pair pair) {
        for (String name : Copies.NAMES) {
            assertThat(z(pair, name)).as("%s, seed %d", name, SEED).isBetween(-4.0, 4.0);
        }
    }

    /** What the constructor of an objective refuses: the check above would see it. */
    @Test
    void aBiasedPairIsCaught() {
        assertThat(Math.abs(z(new Pair(new ImportanceWeighted(), new StickTheLanding(), 1), "m")))
                .isGreaterThan(20);
    }

    private static double z(Pair pair, String name) {
        Copies copies = Copies.offThePosterior(N);
        Moments expected = Moments.of(copies.difference(pair.bound(), K, pair.klWeight(), name, SEED));
        Moments found = Moments.of(copies.estimate(pair.gradient(), pair.bound(), K, pair.klWeight(), SEED + 1)
                .of(name));
        return (found.mean() - expected.mean()) / Math.hypot(found.standardError(), expected.standardError());
    }
}
