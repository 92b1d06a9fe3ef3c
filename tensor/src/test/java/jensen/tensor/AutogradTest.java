package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutogradTest {
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
    void givesZerosWhereTheOutputDoesNotDepend() {
        Tensor x = Tensor.of(new double[] {3, 4}, 2).requiresGradient();
        Tensor unused = Tensor.of(new float[6], 2, 3).requiresGradient();

        List<Tensor> gradients = Autograd.gradient(x.square().sum(), List.of(unused, x));

        assertThat(gradients.get(0).shape()).containsExactly(2, 3);
        assertThat(gradients.get(0).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(gradients.get(0).toDoubles()).containsOnly(0);
        assertThat(gradients.get(1).toDoubles()).containsExactly(6, 8);
    }

    @Test
    void differentiatesByIntermediateResults() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();
        Tensor y = x.mul(2);

        List<Tensor> gradients = Autograd.gradient(y.square().sum(), List.of(y, x));

        assertThat(gradients.get(0).item()).isEqualTo(12);
        assertThat(gradients.get(1).item()).isEqualTo(24);
    }

    @Test
    void keepsTheGraphOnlyWhenAsked() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();
        Tensor y = x.exp().sum();

        assertThat(Autograd.gradient(y, List.of(x), true).get(0).item()).isEqualTo(Math.exp(3));
        assertThat(Autograd.gradient(y, List.of(x)).get(0).item()).isEqualTo(Math.exp(3));
        assertThatThrownBy(() -> Autograd.gradient(y, List.of(x)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void detachedTensorsAreConstants() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();

        Tensor y = x.mul(x.detach()).sum();

        assertThat(Autograd.gradient(y, List.of(x)).get(0).item()).isEqualTo(3);
    }

    @Test
    void nothingIsRecordedWithoutGradient() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();

        Tensor y = Native.withoutGradient(() -> x.square().sum());

        assertThatThrownBy(() -> Autograd.gradient(y, List.of(x))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void gradientsOutliveTheScopeTheyAreKeptFrom() {
        Tensor x = Tensor.of(new double[] {3, 4}, 2).requiresGradient();
        Tensor kept;
        try (Scope inner = new Scope()) {
            kept = inner.keep(Autograd.gradient(x.square().sum(), List.of(x)).get(0));
        }
        for (int i = 0; i < 100; i++) { // reuse whatever memory was freed
            Tensor.of(new double[] {i, i}, 2).mul(2);
        }

        assertThat(kept.toDoubles()).containsExactly(6, 8);
    }

    /** Two affine layers of a size that goes to oneDNN, with operations of libtorch before, between and after. */
    private static Tensor layers(Tensor x, List<Tensor> w, boolean byHand) {
        Tensor z = x.mul(x.sigmoid()).unsqueeze(0).expand(3, -1, -1);
        Tensor h = byHand
                ? z.linearTanh(w.get(0), w.get(1))
                : z.matmul(w.get(0).transpose(0, 1)).add(w.get(1)).tanh();
        Tensor y = byHand
                ? h.linear(w.get(2), w.get(3))
                : h.matmul(w.get(2).transpose(0, 1)).add(w.get(3));
        // the first weight is used once more, and so are the input and what lies between
        return y.square()
                .mean()
                .add(w.get(0).square().mean())
                .add(z.exp().mean())
                .add(h.mean());
    }

    private static List<Tensor> inputs(DType dtype) {
        Generator rng = Generator.of(5);
        return List.of(
                        new long[] {40, 150},
                        new long[] {220, 150},
                        new long[] {220},
                        new long[] {160, 220},
                        new long[] {160})
                .stream()
                .map(shape -> rng.split(shape[0] * 1000 + shape.length).normal(dtype, Device.CPU, shape))
                .map(t -> t.mul(0.2).requiresGradient())
                .toList();
    }

    @Test
    void derivativesByHandAreThoseOfLibtorch() {
        for (DType dtype : DType.values()) {
            if (dtype == DType.INT64) {
                continue;
            }
            List<Tensor> in = inputs(dtype);
            List<Tensor> w = in.subList(1, 5);
            List<Tensor> expected = Autograd.gradient(layers(in.get(0), w, false), in);
            Tensor byHand = layers(in.get(0), w, true);
            List<Tensor> found = Autograd.gradient(byHand, in, true);
            Tensor weight = Autograd.gradient(byHand, List.of(in.get(3))).get(0);
            double tolerance = dtype == DType.FLOAT64 ? 1e-14 : 2e-6;
            for (int i = 0; i < in.size(); i++) {
                assertThat(found.get(i).shape()).isEqualTo(in.get(i).shape());
                assertThat(expected.get(i).abs().max(0).sum().item()).isGreaterThan(1e-3);
                assertThat(found.get(i).sub(expected.get(i)).abs().sum().item())
                        .as("input %d in %s", i, dtype)
                        .isLessThan(tolerance * expected.get(i).abs().sum().item());
            }
            assertThat(weight.toDoubles()).isEqualTo(found.get(3).toDoubles());
        }
    }

    @Test
    void gradientsAreAddedInPiecesOfRows() {
        List<Tensor> in = inputs(DType.FLOAT64);
        Tensor total = layers(in.get(0), in.subList(1, 5), true);
        Gradient g = Autograd.gradients(total, List.of(in.get(1)), true).get(0);
        long width = Gradient.grain(in.get(1));
        double[] whole = g.toTensor().toDoubles();
        Tensor buffer = Tensor.of(new double[whole.length], whole.length);

        g.copyTo(buffer.narrow(0, 0, 7 * width), 0, 7 * width);
        g.copyTo(buffer.narrow(0, 7 * width, 213 * width), 7 * width, 220 * width);
        g.addTo(buffer.narrow(0, 7 * width, 213 * width), 7 * width, 220 * width);

        double[] found = buffer.toDoubles();
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(i < 7 * width ? whole[i] : 2 * whole[i], within(1e-15));
        }
        assertThatThrownBy(() -> g.addTo(buffer.narrow(0, 0, 10), 0, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows of 150");
    }

    @Test
    void whatAScopeForgetsCannotBeKeptToBeDifferentiated() {
        List<Tensor> in = inputs(DType.FLOAT64);
        try (Scope inner = new Scope()) {
            Tensor y = in.get(0).linear(in.get(1), in.get(2));
            assertThatThrownBy(() -> inner.keep(y)).isInstanceOf(IllegalStateException.class);
            inner.keep(y.detach());
        }
    }
}
