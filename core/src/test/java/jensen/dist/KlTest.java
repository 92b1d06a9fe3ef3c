package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.statcheck.FiniteDifference;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Divergences against quadrature (or sums) of q (log q − log p), for pairs that have a closed form and others. */
class KlTest {
    private static final int SAMPLES = 20_000;
    private static final long SEED = 4;

    /** Five standard errors: a false alarm has probability 6e-7 for each pair. */
    private static final double Z = 5;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private record Pair(Law q, Law p) {
        boolean closed() {
            List<Class<?>> normals = List.of(DiagonalNormal.class, MultivariateNormal.class, LowRankNormal.class);
            return (normals.contains(q.type()) && normals.contains(p.type()))
                    || (q.type() == p.type()
                            && List.of(Bernoulli.class, Categorical.class).contains(q.type()));
        }

        /** ∫ q f(log q − log p). */
        double expectation(DoubleUnaryOperator f) {
            Distribution a = q.single();
            Distribution b = p.single();
            return q.support().total(x -> {
                double logQ = Law.logProb(a, x);
                return Math.exp(logQ) * f.applyAsDouble(logQ - Law.logProb(b, x));
            });
        }

        double kl() {
            return expectation(d -> d);
        }

        /** The standard error of a mean over {@code SAMPLES} draws; quadrature sees numbers of the size of one. */
        double standardError(double kl) {
            double size = 1 + kl;
            return size * Math.sqrt(expectation(d -> (d - kl) / size * (d - kl) / size) / SAMPLES);
        }
    }

    static Stream<Pair> pairs() {
        List<Law> all = Law.all();
        Stream<Pair> same = IntStream.range(0, all.size())
                .boxed()
                .flatMap(i -> all.subList(i + 1, all.size()).stream()
                        .filter(p -> p.type() == all.get(i).type())
                        .filter(p -> p.support() instanceof Law.Interval
                                || p.support().equals(all.get(i).support()))
                        .map(p -> new Pair(all.get(i), p)));
        Stream<Pair> mixed = Stream.of(
                new Pair(Law.normal(1, 1), Law.normal(0, 0)),
                new Pair(Law.bernoulli(-2), Law.bernoulli(1)),
                new Pair(Law.multivariateNormal(0.5, -1), Law.multivariateNormal(-0.3, 0.4)),
                new Pair(Law.multivariateNormal(0.5, -1), Law.normal(0.2, 0.3)),
                new Pair(Law.lowRankNormal(0.5, -1, 0.4), Law.normal(0.2, 0.3)),
                new Pair(Law.lowRankNormal(0.5, -1, 0.4), Law.multivariateNormal(0, 0)),
                new Pair(Law.continuousBernoulli(3), Law.normal(0.2, -1)),
                new Pair(Law.bernoulli(0.4), Law.categorical(0.5, -0.25)),
                new Pair(Law.categorical(0.5, -0.25, 1), Law.discretizedLogistic(1, 0.5)),
                new Pair(Law.categorical(0.5, -0.25, 1), Law.categorical(0.1, 2, 1)));
        return Stream.concat(same, mixed);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void isTheIntegralAndSaysHowItWasFound(Pair pair) {
        Kl kl = Kl.of(pair.q().single(), pair.p().single(), SAMPLES, Generator.of(SEED));
        double expected = pair.kl();
        assertThat(expected).isPositive();
        if (pair.closed()) {
            assertThat(kl.method()).isEqualTo(Kl.Method.CLOSED_FORM);
            assertThat(kl.standardError().item()).isZero();
            assertClose("KL", kl.value().item(), expected, 1e-9);
        } else {
            assertThat(kl.method()).isEqualTo(Kl.Method.MONTE_CARLO);
            double error = pair.standardError(expected);
            assertThat(kl.value().item()).as("seed %d", SEED).isCloseTo(expected, within(Z * error));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void monteCarloIsWithinItsStatedError(Pair pair) {
        Kl kl = Kl.monteCarlo(pair.q().single(), pair.p().single(), SAMPLES, Generator.of(SEED));
        double expected = pair.kl();
        double error = kl.standardError().item();
        assertThat(kl.value().item()).as("seed %d", SEED).isCloseTo(expected, within(Z * error));
        // the standard error of a standard error is within a tenth of it unless the tails of log q − log p are heavy
        double exact = pair.standardError(expected);
        assertThat(error).isCloseTo(exact, within(0.2 * exact));
    }

    @Test
    void isZeroForEqualsAndNeverNegative() {
        for (Law law : Law.all()) {
            Kl.closedForm(law.single(), law.single())
                    .ifPresent(kl -> assertThat(kl.item()).as(law.toString()).isCloseTo(0, within(1e-15)));
            assertThat(Kl.monteCarlo(law.single(), law.single(), 100, Generator.of(SEED))
                            .value()
                            .item())
                    .as(law.toString())
                    .isZero();
            List<List<double[]>> near = law.varied(200, 5);
            List<List<double[]>> other = law.varied(200, 6);
            Distribution q = law.make().apply(law.of(near, 200, 1));
            Distribution p = law.make().apply(law.of(other, 200, 1));
            Kl.closedForm(q, p)
                    .ifPresent(kl -> assertThat(Arrays.stream(kl.toDoubles()))
                            .as(law.toString())
                            .allMatch(v -> v > -1e-15));
        }
    }

    @Test
    void closedFormsHaveOneTermForEachElementOfTheEvent() {
        for (Law law : List.of(Law.normal(0.5, -1), Law.bernoulli(0.3), Law.categorical(1, 0, -1))) {
            Distribution q = law.make().apply(law.of(law.varied(24, 1), 2, 3, 4));
            Distribution p = law.make().apply(law.of(law.varied(4, 2), 4));
            Tensor each = Kl.closedFormPerDimension(q, p).orElseThrow();
            assertThat(each.shape()).containsExactly(2, 3, 4);
            double[] terms = each.toDoubles();
            double[] found = Kl.closedForm(q, p).orElseThrow().toDoubles();
            assertThat(found).hasSize(6);
            for (int b = 0; b < 6; b++) {
                double sum = 0;
                for (int i = 0; i < 4; i++) {
                    Distribution a = law.make().apply(law.of(law.varied(24, 1).subList(4 * b + i, 4 * b + i + 1), 1));
                    Distribution c = law.make().apply(law.of(law.varied(4, 2).subList(i, i + 1), 1));
                    double term = law.support().total(x -> {
                        double logQ = Law.logProb(a, x);
                        return Math.exp(logQ) * (logQ - Law.logProb(c, x));
                    });
                    assertClose(law + " term", terms[4 * b + i], term, 1e-8);
                    sum += term;
                }
                assertClose(law + " sum", found[b], sum, 1e-8);
            }
        }
    }

    @Test
    void closedFormsHaveTheirDerivatives() {
        for (Law law : List.of(Law.normal(0.5, -1), Law.bernoulli(0.3), Law.categorical(1, 0, -1))) {
            Distribution p = law.make().apply(law.of(law.varied(1, 2), 1));
            double[] at = law.flat();
            Tensor leaf = Tensor.of(at, at.length).requiresGradient();
            Tensor kl = Kl.closedForm(law.from(leaf), p).orElseThrow();
            double[] expected = FiniteDifference.gradient(
                    v -> Kl.closedForm(law.from(Tensor.of(v, v.length)), p)
                            .orElseThrow()
                            .item(),
                    at);
            assertClose(
                    law.toString(),
                    Autograd.gradient(kl.sum(), List.of(leaf)).get(0).toDoubles(),
                    expected,
                    1e-8);
        }
    }

    @Test
    void aStandardErrorNeedsTwoSamples() {
        Distribution d = Law.bernoulli(0).single();
        assertThatThrownBy(() -> Kl.monteCarlo(d, d, 1, Generator.of(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("samples")
                .hasMessageContaining("1");
    }
}
