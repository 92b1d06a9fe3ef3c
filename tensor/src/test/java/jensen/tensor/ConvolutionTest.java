package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions in float32, which lie in memory pixel by pixel, beside the same in float64, which do not. */
class ConvolutionTest {
    private static List<Tensor> inputs(DType dtype, long[]... shapes) {
        return IntStream.range(0, shapes.length)
                .mapToObj(i -> Generator.of(i)
                        .normal(DType.FLOAT64, Device.CPU, shapes[i])
                        .to(dtype)
                        .requiresGradient())
                .toList();
    }

    /** A convolution, the other way or not, with a rectifier and without, and one more use of each. */
    private static Tensor value(List<Tensor> in, boolean transposed) {
        Tensor x = in.get(0).mul(in.get(0));
        Tensor y = transposed
                ? x.convolveTransposed(in.get(1), in.get(2), 2, 1, 1, 0)
                : x.convolve(in.get(1), in.get(2), 2, 1);
        Tensor above = transposed
                ? x.convolveTransposedRelu(in.get(1), in.get(2), 2, 1, 1, 0)
                : x.convolveRelu(in.get(1), in.get(2), 2, 1);
        return above.square()
                .mean()
                .add(y.relu().exp().mean())
                .add(y.reshape(y.size(0), -1).square().mean())
                .add(x.mean());
    }

    @ParameterizedTest
    @CsvSource({"1, 8, false", "3, 8, false", "8, 1, false", "8, 1, true", "8, 4, true", "8, 5, true", "1, 6, true"})
    void valuesAndDerivativesAreThoseOfFloat64(long from, long to, boolean transposed) {
        long[] x = {3, from, 9, 12};
        long[] kernels = transposed ? new long[] {from, to, 4, 3} : new long[] {to, from, 4, 3};
        try (Scope scope = new Scope()) {
            List<Tensor> narrow = inputs(DType.FLOAT32, x, kernels, new long[] {to});
            List<Tensor> wide = inputs(DType.FLOAT64, x, kernels, new long[] {to});
            Tensor found = value(narrow, transposed);
            Tensor expected = value(wide, transposed);
            assertThat(found.item() / expected.item() - 1).isBetween(-1e-5, 1e-5);
            List<Tensor> all = Autograd.gradient(found, narrow);
            List<Tensor> of = Autograd.gradient(expected, wide);
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).shape()).isEqualTo(of.get(i).shape());
                double error =
                        all.get(i).to(DType.FLOAT64).sub(of.get(i)).abs().sum().item();
                assertThat(error / of.get(i).abs().sum().item()).as("%d", i).isLessThan(1e-5);
            }
        }
    }
}
