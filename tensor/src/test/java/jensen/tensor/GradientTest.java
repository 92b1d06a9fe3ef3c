package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sums of gradients by several threads, and of the sizes of whole batches. */
class GradientTest {
    private static final int ROUNDS = 20_000;

    @Test
    void threadsMaySumPartsOfOneGradientAtTheSameTime() {
        try (Scope scope = new Scope()) {
            Gradient gradient = new Gradient(Tensor.of(new double[4], 2, 2));
            gradient.add(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
            gradient.retain();

            CompletableFuture<double[]> first = CompletableFuture.supplyAsync(() -> often(gradient, 0));
            double[] second = often(gradient, 2);

            assertThat(first.join()).containsExactly(1, 2);
            assertThat(second).containsExactly(3, 4);
            gradient.release();
        }
    }

    private static double[] often(Gradient gradient, long from) {
        try (Scope scope = new Scope()) {
            Tensor buffer = Tensor.of(new double[2], 2);
            for (int i = 0; i < ROUNDS; i++) {
                try (Scope inner = new Scope()) {
                    Gradient.sum(List.of(gradient), buffer, from, from + 2);
                }
            }
            return buffer.toDoubles();
        }
    }

    /** Large enough for columns to be done in blocks, the last of which overlaps the one before. */
    @Test
    void sumsOfManyRowsAreProducts() {
        try (Scope scope = new Scope()) {
            float[] values = new float[400 * 400];
            for (int i = 0; i < values.length; i += 7) {
                values[i] = i % 3 == 0 ? 1 : 0.5f;
            }
            Tensor x = Tensor.of(values, Device.CPU, 400, 400);
            Tensor b = Generator.of(1).normal(DType.FLOAT32, Device.CPU, 400, 600);
            SparseRows sparse = Objects.requireNonNull(SparseRows.of(x));

            assertNear(sparse.times(b), x.matmul(b));
            Tensor c = Generator.of(4).normal(DType.FLOAT32, Device.CPU, 400, 600);
            Tensor all = x.transpose(0, 1).matmul(b.add(c));
            assertNear(transposedTimes(List.of(sparse, sparse), List.of(b, c), 0, 400), all);
            assertNear(transposedTimes(List.of(sparse, sparse), List.of(b, c), 100, 300), all.narrow(0, 100, 300));
        }
    }

    private static Tensor transposedTimes(List<SparseRows> xs, List<Tensor> bs, int from, int count) {
        Tensor sum = Tensor.zeros(DType.FLOAT32, Device.CPU, count, bs.get(0).size(1));
        SparseRows.sumOfTransposedTimes(
                xs,
                bs,
                from,
                count,
                (block, at) -> sum.narrow(1, at, block.size(1)).addInPlace(block, 1));
        return sum;
    }

    /** Of one matrix all elements but the zeros are one, of the other they are not; they differ in rows. */
    @Test
    void productsWithTransposedSparseMatricesAreSummed() {
        try (Scope scope = new Scope()) {
            float[] ones = new float[30];
            float[] halves = new float[20];
            ones[3] = ones[14] = ones[22] = 1;
            halves[4] = halves[13] = 0.5f;
            Tensor x = Tensor.of(ones, Device.CPU, 3, 10);
            Tensor y = Tensor.of(halves, Device.CPU, 2, 10);
            List<SparseRows> both =
                    List.of(Objects.requireNonNull(SparseRows.of(x)), Objects.requireNonNull(SparseRows.of(y)));
            Tensor b = Generator.of(2).normal(DType.FLOAT32, Device.CPU, 3, 4);
            Tensor c = Generator.of(3).normal(DType.FLOAT32, Device.CPU, 2, 4);
            Tensor all = x.transpose(0, 1).matmul(b).add(y.transpose(0, 1).matmul(c));

            assertNear(transposedTimes(both, List.of(b, c), 0, 10), all);
            assertNear(transposedTimes(both, List.of(b, c), 3, 4), all.narrow(0, 3, 4));
            assertNear(
                    transposedTimes(both.subList(0, 1), List.of(b), 0, 10),
                    x.transpose(0, 1).matmul(b));
        }
    }

    /** Two of six rows count, whether a layer's result is looked at row by row or as a cube; or as three rows of twice the length. */
    @Test
    void rowsAreLeftOutThroughAnotherShape() {
        try (Scope scope = new Scope()) {
            Tensor x = Generator.of(2).normal(DType.FLOAT64, Device.CPU, 6, 4).requiresGradient();
            for (long[] shape : new long[][] {{6, 5}, {2, 3, 5}, {3, 10}}) {
                Tensor y = x.linear(
                                Generator.of(3).normal(DType.FLOAT64, Device.CPU, 5, 4),
                                Tensor.zeros(DType.FLOAT64, Device.CPU, 5))
                        .reshape(shape);
                Tensor squares = Autograd.rowwise(
                        y,
                        () -> y.square().sum(-1),
                        (c, rows) -> rows.apply(y).mul(2).mul(c.unsqueeze(-1)));
                double[] counts = new double[Math.toIntExact(squares.count())];
                counts[1] = 3;
                counts[counts.length - 1] = -1;
                Tensor counted = Tensor.of(counts, squares.shape());

                Gradient found = Autograd.gradients(squares.mul(counted).sum(), 1, List.of(x), true)
                        .get(0);

                boolean some = shape[shape.length - 1] == 5;
                assertThat(found.onlySome() != null).as(Arrays.toString(shape)).isEqualTo(some);
                Tensor whole = y.square().sum(-1).mul(counted).sum();
                assertNear(
                        found.toTensor(), Autograd.gradient(whole, List.of(x)).get(0));
            }
        }
    }

    @Test
    void squaredLengthsAreSumsOfSquaresInEveryTypeAndWithGaps() {
        float[] values = new float[1001];
        double expected = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
            expected += (double) values[i] * values[i];
        }
        Tensor x = Tensor.of(values, Device.CPU, 1001);

        assertThat(Gradient.squaredLength(x)).isCloseTo(expected, within(1e-6 * expected));
        assertThat(Gradient.squaredLength(x.to(DType.FLOAT64))).isCloseTo(expected, within(1e-13 * expected));
        Tensor gaps = Tensor.stack(List.of(x, x.zerosLike()), 1).select(1, 0);
        assertThat(Gradient.squaredLength(gaps)).isCloseTo(expected, within(1e-6 * expected));
        assertThat(Gradient.squaredLength(Tensor.of(new float[0], Device.CPU, 0)))
                .isZero();
        values[1000] = Float.NaN;
        assertThat(Gradient.squaredLength(Tensor.of(values, Device.CPU, 1001))).isNaN();
    }

    private static void assertNear(Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(Arrays.stream(found.sub(expected).toDoubles())
                        .map(Math::abs)
                        .max()
                        .orElseThrow())
                .isLessThan(2e-5);
    }
}
