package jensen.bound;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import org.junit.jupiter.params.provider.ValueSource;

/** Each bound's weights and slopes are its first and second derivatives by the log-weights. */
class DerivativeTest {
    private static final int K = 6;

    static Stream<Bound> bounds() {
        return Stream.concat(
                Bound.all().stream(),
                Stream.of(
                        new Renyi(0),
                        new Renyi(3),
                        new Renyi(0.99999),
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

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3})
    void renyiOfWeightsThatAreZeroIsMinusInfinity(double alpha) {
        double zero = Double.NEGATIVE_INFINITY;
        assertThat(numbers(new double[] {zero, zero}, new Renyi(alpha)::of)[0]).isEqualTo(zero);
        double ofOne = numbers(new double[] {zero, 0}, new Renyi(alpha)::of)[0];
        if (alpha < 1) {
            assertThat(ofOne).isCloseTo(-Math.log(2) / (1 - alpha), within(1e-12));
        } else {
            assertThat(ofOne).isEqualTo(zero);
        }
    }

    /** Float32 against float64 at the same weights, some close together and some far apart. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.999, 0.99999, 1.00001, 3})
    void renyiKeepsItsDigitsNextToTheElbo(double alpha) {
        for (double spread : new double[] {1, 100}) {
            double[] normals = new SplitMix(4).normals(5);
            float[] narrow = new float[5];
            double[] wide = new double[5];
            for (int k = 0; k < 5; k++) {
                narrow[k] = (float) (spread * normals[k] - 100);
                wide[k] = narrow[k];
            }
            double expected = numbers(wide, new Renyi(alpha)::of)[0];
            try (Scope scope = new Scope()) {
                double found = new Renyi(alpha).of(Tensor.of(narrow, 5)).item();
                assertThat(found).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
            }
            double mean = Arrays.stream(wide).average().orElseThrow();
            if (Math.abs(alpha - 1) < 1e-4 && spread == 1) {
                assertThat(expected).isCloseTo(mean, within(1e-4));
            }
        }
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
