package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void knowsItsShapeTypeAndDevice() {
        Tensor t = Tensor.of(new float[6], 2, 3);

        assertThat(t.shape()).containsExactly(2, 3);
        assertThat(t.rank()).isEqualTo(2);
        assertThat(t.count()).isEqualTo(6);
        assertThat(t.size(0)).isEqualTo(2);
        assertThat(t.size(-1)).isEqualTo(3);
        assertThat(t.device()).isEqualTo(Device.CPU);
        for (DType dtype : DType.values()) {
            Tensor converted = t.to(dtype);
            assertThat(converted.dtype()).isEqualTo(dtype);
            assertThat(converted.to(dtype)).isSameAs(converted);
            assertThat(Tensor.zeros(dtype, Device.CPU, 0, 2).dtype()).isEqualTo(dtype);
        }
    }

    @Test
    void holdsTheValuesItWasMadeFrom() {
        assertThat(Tensor.of(new float[] {1.5f, -2}, 2).toFloats()).containsExactly(1.5f, -2);
        assertThat(Tensor.of(new double[] {0.1, -2}, 2, 1).toDoubles()).containsExactly(0.1, -2);
        assertThat(Tensor.of(new long[] {1L << 53, -2}, Device.CPU, 2).toDoubles())
                .containsExactly(0x1p53, -2);
        assertThat(Tensor.scalar(0.1, DType.FLOAT64, Device.CPU).item()).isEqualTo(0.1);
        assertThat(Tensor.scalar(0.1, DType.FLOAT32, Device.CPU).item()).isEqualTo(0.1f);
        assertThat(Tensor.zeros(DType.FLOAT64, Device.CPU, 2).toDoubles()).containsExactly(0, 0);
        assertThat(Tensor.of(new float[0], 0, 3).toDoubles()).isEmpty();
        assertThat(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2).transpose(0, 1).toDoubles())
                .containsExactly(1, 3, 2, 4);
        Tensor rows = Tensor.ofRows(3, 2, (row, i) -> row[i % 2] = i + 1, Device.CPU);
        assertThat(rows.shape()).containsExactly(3, 2);
        assertThat(rows.toFloats()).as("an array that holds the row before").containsExactly(1, 0, 1, 2, 3, 2);
        assertThat(Tensor.ofRows(0, 2, (row, i) -> row[0] = 1, Device.CPU).shape())
                .containsExactly(0, 2);
        assertThat(Tensor.of(new double[] {1, 2}, 2)).hasToString("FLOAT64[2] [1.0, 2.0]");
    }

    @Test
    void isBinaryIsZerosAndOnesAlone() {
        assertThat(Tensor.of(new float[] {0, 1, 1}, 3).isBinary()).isTrue();
        for (double other : new double[] {1e-300, 1 - 1e-16, -1, 2, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThat(Tensor.of(new double[] {0, 1, other}, 3).isBinary())
                    .as("%s", other)
                    .isFalse();
        }
    }

    @Test
    void isFiniteSeesEveryKindOfNonFiniteElementAndNoOther() {
        assertThat(Tensor.of(new float[] {1, -2}, 2).isFinite()).isTrue();
        assertThat(Tensor.of(new float[0], 0).isFinite()).isTrue();
        assertThat(Tensor.of(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}, 2).isFinite())
                .as("finite elements whose sum overflows")
                .isTrue();
        assertThat(Tensor.of(new float[] {1, Float.NaN}, 2).isFinite()).isFalse();
        assertThat(Tensor.of(new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}, 2)
                        .isFinite())
                .isFalse();
        assertThat(Tensor.of(new double[] {Double.NEGATIVE_INFINITY}, 1).isFinite())
                .isFalse();
        assertThat(Tensor.of(new long[] {Long.MAX_VALUE, 1}, Device.CPU, 2).isFinite())
                .isTrue();
    }

    @Test
    void isExactInTheTails() {
        Tensor x = Tensor.of(new double[] {-800, -40, 1e-18, 39.5, 41, 800}, 6);

        assertThat(x.softplus().toDoubles())
                .containsExactly(
                        new double[] {0, Math.exp(-40), Math.log(2), 39.5 + Math.exp(-39.5), 41, 800}, within(1e-14));
        assertThat(x.logSumExp(0).item()).isEqualTo(800);
        assertThat(x.log1p().toDoubles()[2]).isEqualTo(1e-18);
        assertThat(x.expm1().toDoubles()[2]).isEqualTo(1e-18);
        assertThat(Tensor.of(new double[] {0.5, 1.5, -2.5}, 3).round().toDoubles())
                .containsExactly(0, 2, -2);
    }

    @Test
    void whereKeepsTheSideNotTakenOutOfTheGradient() {
        Tensor x = Tensor.of(new double[] {0, 4}, 2).requiresGradient();

        Tensor y = x.log().where(Tensor.of(new double[] {0, 1}, 2), x.mul(3)).sum();

        assertThat(y.item()).isEqualTo(Math.log(4));
        assertThat(Autograd.gradient(y, List.of(x)).get(0).toDoubles()[1]).isEqualTo(0.25);
    }

    @Test
    void decomposesSymmetricMatrices() {
        Tensor a = Tensor.of(new double[] {2, 1, 1, 2}, 2, 2);

        List<Tensor> pair = a.symmetricEigen();

        assertThat(pair.get(0).toDoubles()).containsExactly(new double[] {1, 3}, within(1e-14));
        double[] v = pair.get(1).toDoubles();
        assertThat(new double[] {v[0] * v[2], v[1] * v[3]}).containsExactly(new double[] {-0.5, 0.5}, within(1e-14));
    }

    @Test
    void changesInPlaceOnlyWhatIsNamedSo() {
        Tensor x = Tensor.of(new double[] {1, 2}, 2);
        Tensor a = Tensor.of(new double[] {3, 5}, 2);
        Tensor b = Tensor.of(new double[] {2, 4}, 2);
        Tensor view = x.narrow(0, 1, 1);

        assertThat(x.addInPlace(a, 2)).isSameAs(x);
        assertThat(x.toDoubles()).containsExactly(7, 12);
        assertThat(x.mulInPlace(0.25).toDoubles()).containsExactly(1.75, 3);
        assertThat(x.mulInPlace(Tensor.of(new double[] {2}, 1)).toDoubles()).containsExactly(3.5, 6);
        assertThat(x.addProductInPlace(a, b, -1).toDoubles()).containsExactly(-2.5, -14);
        assertThat(x.addQuotientInPlace(a, b, 2).toDoubles()).containsExactly(0.5, -11.5);
        assertThat(view.toDoubles()).as("a narrowed tensor shares memory").containsExactly(-11.5);
        Tensor copy = x.copy();
        x.copyInPlace(a);
        assertThat(x.toDoubles()).containsExactly(3, 5);
        assertThat(copy.toDoubles()).containsExactly(0.5, -11.5);
        assertThat(a.toDoubles()).containsExactly(3, 5);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("adding shapes that do not fit", () -> a().add(Tensor.of(new float[4], 4)), "size"),
                mistake("multiplying matrices that do not fit", () -> a().matmul(a()), "2x3"),
                mistake("a missing axis", () -> a().sum(5), "Dimension out of range"),
                mistake("a missing axis's length", () -> a().size(7), "Dimension out of range"),
                mistake("a reshape", () -> a().reshape(4, 4), "shape '[4, 4]' is invalid for input of size 6"),
                mistake("a narrowing", () -> a().narrow(0, 1, 5), "exceeds dimension size"),
                mistake("an item of many", () -> a().item(), "6 elements"),
                mistake("an index of floats", () -> a().gather(a()), "int64"),
                mistake("mixed types", () -> a().matmul(Tensor.of(new double[3], 3, 1)), "same dtype"),
                mistake(
                        "not positive definite",
                        () -> Tensor.of(new double[] {-1}, 1, 1).cholesky(),
                        "positive"),
                mistake("a value short", () -> Tensor.of(new float[5], 2, 3), "shape [2, 3] holds 6 values, found 5"),
                mistake("a wrong copy", () -> a().copyInPlace(Tensor.of(new float[4], 4)), "size"));
    }

    private static Tensor a() {
        return Tensor.of(new float[6], 2, 3);
    }

    private static Arguments mistake(String name, ThrowingCallable call, String expected) {
        return Arguments.of(name, call, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void saysACallersMistakeInOneLine(String name, ThrowingCallable call, String expected) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected)
                .satisfies(e -> assertThat(e.getMessage())
                        .hasLineCount(1)
                        .doesNotContain("frame #")
                        .doesNotContain("Exception raised from"));
    }

    @Test
    void saysWhenMemoryDoesNotSuffice() {
        assertThatThrownBy(() -> Tensor.zeros(DType.FLOAT64, Device.CPU, 1L << 50))
                .isInstanceOf(NativeMemoryException.class)
                .hasMessage("native memory: expected " + (1L << 53) + " bytes more, found less");
    }

    @Test
    void everyOperationIsInATest() {
        Set<String> public_ = new TreeSet<>();
        for (var method : Tensor.class.getDeclaredMethods()) {
            if (java.lang.reflect.Modifier.isPublic(method.getModifiers()) && method.getReturnType() == Tensor.class) {
                public_.add(method.getName());
            }
        }
        Set<String> tested = new TreeSet<>(OperationsTest.names());
        tested.addAll(Set.of("of", "ofRows", "zeros", "scalar", "detach", "requiresGradient", "retain"));
        public_.removeIf(n -> n.endsWith("InPlace"));
        public_.removeAll(tested);

        assertThat(public_).isEmpty();
    }
}
