package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
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

    /** Two affine layers, which in float32 go to oneDNN, with operations of libtorch before, between and after. */
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

    /** The same numbers as another leaf, whose matrices lie in memory by columns. */
    private static Tensor byColumns(Tensor t) {
        Tensor values = t.detach();
        return (t.rank() == 2
                        ? values.transpose(0, 1)
                                .reshape(-1)
                                .reshape(t.size(1), t.size(0))
                                .transpose(0, 1)
                        : values)
                .requiresGradient();
    }

    private static void assertClose(List<Tensor> found, List<Tensor> expected, double tolerance, String of) {
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).shape()).isEqualTo(expected.get(i).shape());
            assertThat(expected.get(i).abs().sum().item()).isGreaterThan(1e-3);
            assertThat(found.get(i).sub(expected.get(i)).abs().sum().item())
                    .as("%s, %d", of, i)
                    .isLessThan(tolerance * expected.get(i).abs().sum().item());
        }
    }

    @Test
    void derivativesByHandAreThoseOfLibtorch() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            double tolerance = dtype == DType.FLOAT64 ? 1e-14 : 2e-6;
            List<Tensor> rows = inputs(dtype);
            List<Tensor> expected = Autograd.gradient(layers(rows.get(0), rows.subList(1, 5), false), rows);
            List<Tensor> columns = rows.stream().map(t -> byColumns(t)).toList();
            for (List<Tensor> in : List.of(rows, columns)) {
                Tensor byHand = layers(in.get(0), in.subList(1, 5), true);
                List<Tensor> found = Autograd.gradient(byHand, in, true);
                Tensor weight = Autograd.gradient(byHand, List.of(in.get(3))).get(0);
                assertClose(found, expected, tolerance, dtype.name());
                assertThat(weight.toDoubles()).isEqualTo(found.get(3).toDoubles());
            }
        }
    }

    /** Rows of which a tenth is other than zero; the first has nothing, nor has the first column. */
    private static Tensor mostlyZero(int n, int width, boolean ones) {
        float[] values = new float[n * width];
        for (int r = 1; r < n; r++) {
            for (int c = 1 + r % 10; c < width; c += 10) {
                values[r * width + c] = ones ? 1 : (float) Math.sin(r + c);
            }
        }
        return Tensor.of(values, n, width);
    }

    @Test
    void productsWithMostlyZerosAreThoseWithAll() {
        Tensor weight = Generator.of(6).normal(DType.FLOAT32, Device.CPU, 260, 200);
        List<Tensor> rows = List.of(
                weight.detach().requiresGradient(),
                Tensor.of(new float[260], 260).requiresGradient());
        List<Tensor> columns = rows.stream().map(t -> byColumns(t)).toList();
        for (boolean ones : new boolean[] {true, false}) {
            Tensor x = mostlyZero(30, 200, ones);
            assertThat(SparseRows.of(x)).isNotNull();

            Tensor expected =
                    x.matmul(rows.get(0).transpose(0, 1)).add(rows.get(1)).tanh();
            Tensor found = x.linearTanh(columns.get(0), columns.get(1));

            assertClose(List.of(found.detach()), List.of(expected.detach()), 1e-6, "value");
            assertClose(
                    Autograd.gradient(found.square().sum(), columns),
                    Autograd.gradient(expected.square().sum(), rows),
                    2e-6,
                    "gradient");
        }
    }

    @Test
    void whatIsNotMostlyZeroIsMultipliedAsItIs() {
        Tensor x = mostlyZero(30, 200, true);

        assertThat(SparseRows.of(x.add(1))).isNull();
        assertThat(SparseRows.of(Tensor.concat(List.of(x, x.add(1)), 0)))
                .as("dense from the middle on")
                .isNull();
        assertThat(SparseRows.of(mostlyZero(1, 4, true))).as("nothing to gain").isNull();
    }

    /** Σ of two gradients in two pieces, as two threads do it. */
    private static void assertInPieces(Tensor parameter, List<Gradient> terms) {
        long grain = Gradient.grain(parameter);
        long count = parameter.count();
        Tensor whole = Gradient.flat(terms.get(0).toTensor().add(terms.get(1).toTensor()), parameter);
        Tensor buffer = whole.zerosLike();

        Gradient.sum(terms, buffer.narrow(0, 0, 7 * grain), 0, 7 * grain);
        Gradient.sum(terms, buffer.narrow(0, 7 * grain, count - 7 * grain), 7 * grain, count);

        double tolerance = parameter.dtype() == DType.FLOAT64 ? 1e-15 : 1e-5;
        assertThat(buffer.sub(whole).abs().max(0).item()).isLessThan(tolerance);
        assertThatThrownBy(() -> Gradient.sum(terms, buffer.narrow(0, 0, 10), 0, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows of " + grain);
    }

    @Test
    void gradientsAreAddedInPiecesOfRowsOrColumns() {
        List<Tensor> rows = inputs(DType.FLOAT64);
        List<Tensor> columns = rows.stream().map(t -> byColumns(t)).toList();
        for (List<Tensor> in : List.of(rows, columns)) {
            Tensor total = layers(in.get(0), in.subList(1, 5), true);
            List<Gradient> first = Autograd.gradients(total, 1, in.subList(1, 5), true);
            List<Gradient> second = Autograd.gradients(total.square(), 1, in.subList(1, 5), true);
            assertInPieces(in.get(1), List.of(first.get(0), second.get(0)));
            assertInPieces(in.get(3), List.of(first.get(2), second.get(2)));
        }
        assertThat(Gradient.grain(rows.get(1))).isEqualTo(150);
        assertThat(Gradient.grain(columns.get(1))).isEqualTo(220);
        assertThat(Gradient.grain(columns.get(2))).isEqualTo(1);
    }

    @Test
    void gradientsWithMostlyZerosAreAddedInPiecesOfColumns() {
        Tensor weight = byColumns(Generator.of(6).normal(DType.FLOAT32, Device.CPU, 260, 200));
        Tensor bias = Tensor.of(new float[260], 260);
        List<Gradient> terms = List.of(true, false).stream()
                .map(ones ->
                        mostlyZero(30, 200, ones).linear(weight, bias).square().mean())
                .map(value ->
                        Autograd.gradients(value, 1, List.of(weight), true).get(0))
                .toList();

        assertInPieces(weight, terms);
    }

    @Test
    void aSumOfNoTermsIsZero() {
        Tensor x = Tensor.of(new double[] {3, 4}, 2).requiresGradient();
        Tensor unused = Tensor.of(new double[] {3, 4}, 2).requiresGradient();
        Tensor buffer = Tensor.of(new double[] {5, 6}, 2);

        Gradient.sum(Autograd.gradients(x.square(), 1, List.of(unused), false), buffer, 0, 2);

        assertThat(buffer.toDoubles()).containsOnly(0);
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

    /** As an importance-weighted bound leaves most of its draws without weight. */
    @Test
    void rowsWhoseCotangentIsZeroAreLeftOutBackThroughAffineMaps() {
        List<Tensor> in = inputs(DType.FLOAT64);
        Tensor x = in.get(0);
        int rows = Math.toIntExact(3 * x.size(0));
        double[] weights = new double[rows];
        for (int i = 0; i < rows; i += 4) {
            weights[i] = 1 + i;
        }
        Tensor weight = Tensor.of(weights, 3, x.size(0));
        List<Long> picked = new ArrayList<>();
        List<double[]> some = rowwise(in, weight, picked, false);
        List<double[]> all = rowwise(in, weight, picked, true);

        assertThat(picked).containsExactly((rows + 3L) / 4);
        for (int i = 0; i < all.size(); i++) {
            assertThat(some.get(i)).as("input %d", i).containsExactly(all.get(i), within(1e-10));
        }
    }

    /** The gradient of Σ weight · |y|² for two affine maps of x + x², of which three copies are made. */
    private static List<double[]> rowwise(List<Tensor> in, Tensor weight, List<Long> picked, boolean byLibtorch) {
        Tensor z = in.get(0).add(in.get(0).square()).unsqueeze(0).expand(3, -1, -1);
        Tensor y = z.linearTanh(in.get(1), in.get(2)).linear(in.get(3), in.get(4));
        Tensor squares = byLibtorch
                ? y.square().sum(-1)
                : Autograd.rowwise(y, () -> y.square().sum(-1), (c, rows) -> {
                    Tensor of = rows.apply(y);
                    picked.add(of.size(0));
                    return of.mul(2).mul(c.unsqueeze(-1));
                });
        return Autograd.gradient(squares.mul(weight).sum(), in).stream()
                .map(Tensor::toDoubles)
                .toList();
    }

    /** A part of a layer's result, and one in another shape, do not end what is given by hand. */
    @Test
    void partsAndShapesOfAResultHaveTheirDerivatives() {
        List<Tensor> in = inputs(DType.FLOAT64);
        Tensor y = in.get(0).linear(in.get(1), in.get(2));
        long half = y.size(1) / 2;
        Tensor left = y.narrow(-1, 0, half);
        Tensor right = y.narrow(-1, half, y.size(1) - half).reshape(-1);
        Tensor again = y.narrow(-1, 1, 2);
        Tensor value =
                left.exp().sum().add(right.square().sum()).add(again.tanh().sum());
        Tensor libtorch = in.get(0).matmul(in.get(1).transpose(0, 1)).add(in.get(2));
        Tensor expected = libtorch.narrow(1, 0, half)
                .exp()
                .sum()
                .add(libtorch.narrow(1, half, y.size(1) - half).square().sum())
                .add(libtorch.narrow(1, 1, 2).tanh().sum());

        List<Tensor> own = Autograd.gradient(value, in.subList(0, 3));
        List<Tensor> theirs = Autograd.gradient(expected, in.subList(0, 3));

        for (int i = 0; i < own.size(); i++) {
            assertThat(own.get(i).toDoubles())
                    .as("input %d", i)
                    .containsExactly(theirs.get(i).toDoubles(), within(1e-9));
        }
    }
}
