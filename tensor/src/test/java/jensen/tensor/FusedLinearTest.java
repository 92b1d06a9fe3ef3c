package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FusedLinearTest {
    @BeforeEach
    void isForProcessorsWithAvx512() {
        Native.load();
        assumeTrue(Native.hasAvx512());
    }

    private static Tensor random(int seed, long... shape) {
        return Generator.of(seed).normal(DType.FLOAT32, Device.CPU, shape);
    }

    private static Tensor fused(Tensor x, Tensor weight, Tensor bias, FusedLinear.Function function) {
        return Objects.requireNonNull(FusedLinear.apply(x, weight, bias, function));
    }

    private static double difference(long rows, boolean byColumns, FusedLinear.Function function) {
        try (Scope scope = new Scope()) {
            Tensor x = random(1, rows, 50).mul(0.3);
            Tensor weight = byColumns ? random(2, 50, 70).transpose(0, 1) : random(2, 70, 50);
            Tensor bias = random(3, 70);
            Tensor fused = fused(x, weight, bias, function);
            Tensor sum = x.to(DType.FLOAT64)
                    .matmul(weight.to(DType.FLOAT64).transpose(0, 1))
                    .add(bias.to(DType.FLOAT64));
            Tensor exact = switch (function) {
                case IDENTITY -> sum;
                case TANH -> sum.tanh();
                case SIGMOID -> sum.sigmoid();
            };
            return -fused.to(DType.FLOAT64).sub(exact).abs().neg().min().item();
        }
    }

    @Test
    void isWhatFloat64Finds() {
        for (FusedLinear.Function function : FusedLinear.Function.values()) {
            for (long rows : new long[] {1, 3, 64, 131}) {
                for (boolean byColumns : new boolean[] {false, true}) {
                    assertThat(difference(rows, byColumns, function))
                            .as("%s of %d rows", function, rows)
                            .isBetween(1e-9, 5e-6);
                }
            }
        }
    }

    @Test
    void keepsWhatIsNotANumber() {
        try (Scope scope = new Scope()) {
            Tensor x = Tensor.of(new float[] {Float.NaN, 1}, Device.CPU, 2, 1);
            Tensor weight = Tensor.of(new float[] {1, 1, 1}, Device.CPU, 3, 1);
            Tensor bias = Tensor.zeros(DType.FLOAT32, Device.CPU, 3);
            for (FusedLinear.Function function : FusedLinear.Function.values()) {
                Tensor y = fused(x, weight, bias, function);
                float[] values = y.toFloats();
                assertThat(List.of(values[0], values[1], values[2])).allMatch(v -> v.isNaN());
                assertThat(List.of(values[3], values[4], values[5])).noneMatch(v -> v.isNaN());
            }
        }
    }

    /** Each thread is lent a primitive of its own. */
    @Test
    void isTheSameOnManyThreadsAtOnce() {
        try (Scope scope = new Scope()) {
            Tensor x = random(1, 90, 40);
            Tensor weight = random(2, 60, 40);
            Tensor bias = random(3, 60);
            Tensor one = fused(x, weight, bias, FusedLinear.Function.TANH);
            float[] expected = one.toFloats();
            List<float[]> found = IntStream.range(0, 400)
                    .parallel()
                    .mapToObj(i -> {
                        try (Scope inner = new Scope()) {
                            return fused(x, weight, bias, FusedLinear.Function.TANH)
                                    .toFloats();
                        }
                    })
                    .toList();
            assertThat(found).allSatisfy(y -> assertThat(y).containsExactly(expected, within(0f)));
        }
    }

    /** A primitive outlives the scope in which it was made, and its memory is not allocated again. */
    @Test
    void keepsItsPrimitive() {
        long before = 0;
        for (int i = 0; i < 50; i++) {
            difference(77, false, FusedLinear.Function.TANH);
            if (i == 2) {
                before = Scope.live();
            }
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
