package jensen.bound;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bound's weights and slopes are its first and second derivatives by the log-weights. */
class DerivativeTest {
    private static final int K = 6;

    static Stream<Bound> bounds() {
        return Stream.concat(
                Bound.all().stream(),
                Stream.of(
                        new Renyi(0),
                        new Renyi(3),
                        new Miwae(1),
                        new Miwae(3),
                        new Miwae(K),
                        new Ciwae(0),
                        new Ciwae(1),
                        new Tvo(1, 0.3),
                        new Tvo(2, 0.3),
                        new Tvo(40, 0.01)));
    }

    @Test
    void everyBoundIsTested() {
        assertThat(bounds().map(Bound::getClass).collect(Collectors.toSet()))
                .isEqualTo(Set.of(Bound.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void weightsAndSlopesAreDerivatives(Bound bound) {
        double[] logWeights = new SplitMix(3).normals(K);
        Arrays.setAll(logWeights, k -> 1.5 * logWeights[k] - 40);
        double[] omega = numbers(logWeights, bound::weight);
        assertClose("ω", omega, gradient(v -> numbers(v, bound::of)[0], logWeights), 1e-7);
        assertThat(Arrays.stream(omega).sum()).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-12));
        double[] slopes = numbers(logWeights, bound::slope);
        double[] expected = IntStream.range(0, K)
                .mapToDouble(k -> gradient(v -> numbers(v, bound::weight)[k], logWeights)[k])
                .toArray();
        assertClose("∂ω/∂log w", slopes, expected, 1e-7);
        assertThat(Arrays.stream(omega).distinct().count() == 1)
                .as("constant weight")
                .isEqualTo(bound.constantWeight(K));
    }

    private static double[] gradient(ToDoubleFunction<double[]> f, double... at) {
        return FiniteDifference.gradient(f, at);
    }

    private static double[] numbers(double[] logWeights, UnaryOperator<Tensor> f) {
        try (Scope scope = new Scope()) {
            return f.apply(Tensor.of(logWeights, logWeights.length)).toDoubles();
        }
    }
}
