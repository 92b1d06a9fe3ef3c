package jensen.tensor;

import static jensen.tensor.Plain.along;
import static jensen.tensor.Plain.dot;
import static jensen.tensor.Plain.fill;
import static jensen.tensor.Plain.logSumExp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation's values against arithmetic on plain arrays, and its gradients against central differences. */
class OperationsTest {

    /** An operation on float64 inputs, and the same on plain arrays. */
    private record Operation(
            String name,
            Function<List<Tensor>, Tensor> apply,
            Function<List<double[]>, double[]> plain,
            List<Long> shape,
            List<Input> inputs) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Values uniform on [low, high). */
    private record Input(double low, double high, List<Long> shape) {
        Input(double low, double high, long... shape) {
            this(low, high, Arrays.stream(shape).boxed().toList());
        }

        long[] lengths() {
            return shape.stream().mapToLong(n -> n).toArray();
        }
    }

    static Stream<Operation> operations() {
        return Stream.of(elementwise(), alongAxes(), linear(), shapes()).flatMap(List::stream);
    }

    private static List<Operation> elementwise() {
        return List.of(
                binary("add", Tensor::add, Double::sum),
                binary("sub", Tensor::sub, (x, y) -> x - y),
                binary("mul", Tensor::mul, (x, y) -> x * y),
                binary("addProduct", (x, y) -> x.addProduct(x, y, -2), (x, y) -> x - 2 * x * y),
                binary("sigmoidOfProduct", Tensor::sigmoidOfProduct, (x, y) -> 1 / (1 + Math.exp(-x * y))),
                binary("div", Tensor::div, (x, y) -> x / y),
                binary("lessThan", Tensor::lessThan, (x, y) -> x < y ? 1 : 0),
                unary("add number", x -> x.add(1.25), x -> x + 1.25, -2, 2),
                unary("mul number", x -> x.mul(-3), x -> -3 * x, -2, 2),
                unary("neg", Tensor::neg, x -> -x, -2, 2),
                unary("exp", Tensor::exp, Math::exp, -3, 3),
                unary("log", Tensor::log, Math::log, 0.1, 5),
                unary("log1p", Tensor::log1p, Math::log1p, -0.5, 5),
                unary("expm1", Tensor::expm1, Math::expm1, -2, 2),
                unary("square", Tensor::square, x -> x * x, -2, 2),
                unary("sqrt", Tensor::sqrt, Math::sqrt, 0.1, 5),
                unary("abs", Tensor::abs, Math::abs, -2, -0.1),
                unary("round", Tensor::round, Math::rint, 1.6, 2.4),
                unary("tanh", Tensor::tanh, Math::tanh, -3, 3),
                unary("sigmoid", Tensor::sigmoid, x -> 1 / (1 + Math.exp(-x)), -5, 5),
                unary("relu above", Tensor::relu, x -> x, 0.1, 2),
                unary("relu below", Tensor::relu, x -> 0, -2, -0.1),
                unary("elu", Tensor::elu, x -> x > 0 ? x : Math.expm1(x), -3, 3),
                unary("gelu", Tensor::gelu, x -> x * 0.5 * Erf.erfc(-x / Math.sqrt(2)), -4, 4),
                unary("normalCdf", Tensor::normalCdf, x -> 0.5 * Erf.erfc(-x / Math.sqrt(2)), -4, 4),
                unary("softplus", Tensor::softplus, x -> Math.log1p(Math.exp(x)), -30, 30),
                unary("clamp inside", x -> x.clamp(-1, 1), x -> x, -0.9, 0.9),
                unary("clamp above", x -> x.clamp(-1, 1), x -> 1, 1.1, 2),
                unary("clamp below", x -> x.clamp(-1, 1), x -> -1, -2, -1.1),
                unary("hardShrink", x -> x.hardShrink(0.5), x -> Math.abs(x) > 0.5 ? x : 0, -2, -1),
                unary("lessThan number", x -> x.lessThan(1.5), x -> x < 1.5 ? 1 : 0, 1, 2),
                new Operation(
                        "where",
                        x -> x.get(0).where(Tensor.of(new double[] {1, 0, 2, 0}, 4), x.get(1)),
                        x -> fill(12, i -> i % 2 == 0 ? x.get(0)[i] : x.get(1)[i % 4]),
                        List.of(3L, 4L),
                        List.of(new Input(-2, 2, 3, 4), new Input(-2, 2, 4))));
    }

    private static List<Operation> alongAxes() {
        return List.of( // on x[2, 3, 2], whose element [a, b, c] is x[6a + 2b + c]
                cube("sum", Tensor::sum, x -> new double[] {Arrays.stream(x).sum()}),
                cube("sum of 1", x -> x.sum(1), x -> fill(4, i -> along(x, i).sum()), 2, 2),
                cube(
                        "sum of 0 and -1",
                        x -> x.sum(0, -1),
                        x -> fill(3, b -> x[2 * b] + x[2 * b + 1] + x[6 + 2 * b] + x[7 + 2 * b]),
                        3),
                cube("mean", Tensor::mean, x -> new double[] {Arrays.stream(x).sum() / 12}),
                cube("mean of 1", x -> x.mean(1), x -> fill(4, i -> along(x, i).sum() / 3), 2, 2),
                cube("max", x -> x.max(1), x -> fill(4, i -> along(x, i).max().orElseThrow()), 2, 2),
                cube("min", Tensor::min, x ->
                        new double[] {Arrays.stream(x).min().orElseThrow()}),
                one(
                        "sumSoftplus of a hundred",
                        Tensor::sumSoftplus,
                        List.of(2L, 100L),
                        x -> fill(2, i -> dot(100, k -> Math.log1p(Math.exp(x[i * 100 + k])))),
                        2),
                one("sumSoftplus of a prime", Tensor::sumSoftplus, List.of(127L), x ->
                        new double[] {dot(127, k -> Math.log1p(Math.exp(x[k])))}),
                one(
                        "products of fifties of a hundred",
                        x -> x.abs().products(60),
                        List.of(100L),
                        x -> fill(2, i -> Math.exp(dot(50, k -> Math.log(Math.abs(x[2 * k + i]))))),
                        2),
                cube("logSumExp", x -> x.logSumExp(1), x -> fill(4, i -> logSumExp(x, i)), 2, 2),
                cube(
                        "logSoftmax",
                        x -> x.logSoftmax(1),
                        x -> fill(12, i -> x[i] - logSumExp(x, i / 6 * 2 + i % 2)),
                        2,
                        3,
                        2),
                cube(
                        "softmax",
                        x -> x.softmax(1),
                        x -> fill(12, i -> Math.exp(x[i] - logSumExp(x, i / 6 * 2 + i % 2))),
                        2,
                        3,
                        2),
                one(
                        "gather",
                        x -> x.gather(Tensor.of(new long[] {2, 0, 1, 1}, Device.CPU, 2, 2)),
                        List.of(2L, 3L),
                        x -> new double[] {x[2], x[0], x[4], x[4]},
                        2,
                        2),
                one(
                        "rows",
                        x -> x.rows(Tensor.of(new long[] {1, 1, 0}, Device.CPU, 3)),
                        List.of(2L, 2L),
                        x -> new double[] {x[2], x[3], x[2], x[3], x[0], x[1]},
                        3,
                        2));
    }

    private static List<Operation> linear() {
        return List.of(
                new Operation(
                        "matmul",
                        x -> x.get(0).matmul(x.get(1)),
                        x -> fill(8, i -> dot(3, k -> x.get(0)[i / 4 * 3 + k] * x.get(1)[k * 4 + i % 4])),
                        List.of(2L, 4L),
                        List.of(new Input(-2, 2, 2, 3), new Input(-2, 2, 3, 4))),
                new Operation(
                        "matmul batched",
                        x -> x.get(0).matmul(x.get(1)),
                        x -> fill(8, i -> dot(3, k -> x.get(0)[i / 2 * 3 + k] * x.get(1)[k * 2 + i % 2])),
                        List.of(2L, 2L, 2L),
                        List.of(new Input(-2, 2, 2, 2, 3), new Input(-2, 2, 3, 2))),
                new Operation(
                        "linear",
                        x -> x.get(0).linear(x.get(1), x.get(2)),
                        x -> fill(
                                8,
                                i -> x.get(2)[i % 4] + dot(3, k -> x.get(0)[i / 4 * 3 + k] * x.get(1)[i % 4 * 3 + k])),
                        List.of(2L, 4L),
                        List.of(new Input(-2, 2, 2, 3), new Input(-2, 2, 4, 3), new Input(-2, 2, 4))),
                applied("linearTanh", Tensor::linearTanh, Math::tanh),
                applied("linearRelu", Tensor::linearRelu, x -> Math.max(x, 0)),
                applied("linearSigmoid", Tensor::linearSigmoid, x -> 1 / (1 + Math.exp(-x))),
                new Operation(
                        "innerProduct",
                        x -> x.get(0).innerProduct(x.get(1)),
                        x -> fill(2, i -> dot(3, k -> x.get(0)[i * 3 + k] * x.get(1)[i * 3 + k])),
                        List.of(2L),
                        List.of(new Input(-2, 2, 2, 3), new Input(-2, 2, 2, 3))),
                new Operation(
                        "innerProduct with one row",
                        x -> x.get(0).innerProduct(x.get(1)),
                        x -> fill(4, i -> dot(3, k -> x.get(0)[i * 3 + k] * x.get(1)[k])),
                        List.of(2L, 2L),
                        List.of(new Input(-2, 2, 2, 2, 3), new Input(-2, 2, 1, 3))),
                convolution("convolve", (x, k, b) -> x.convolve(k, b, 2, 1), v -> v),
                convolution("convolveRelu", (x, k, b) -> x.convolveRelu(k, b, 2, 1), v -> Math.max(v, 0)),
                transposed("convolveTransposed", 3, (x, k, b) -> x.convolveTransposed(k, b, 2, 1, 1, 0), v -> v),
                transposed("convolveTransposed", 5, (x, k, b) -> x.convolveTransposed(k, b, 2, 1, 1, 0), v -> v),
                transposed(
                        "convolveTransposedRelu",
                        3,
                        (x, k, b) -> x.convolveTransposedRelu(k, b, 2, 1, 1, 0),
                        v -> Math.max(v, 0)),
                one( // of x xᵀ + I, so that differences keep it symmetric
                        "cholesky",
                        x -> x.matmul(x.transpose(0, 1))
                                .add(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2))
                                .cholesky(),
                        List.of(2L, 2L),
                        Plain::cholesky,
                        2,
                        2),
                new Operation(
                        "solveLower",
                        x -> x.get(0).solveLower(x.get(1)),
                        x -> {
                            double[] l = x.get(0);
                            double[] b = x.get(1);
                            double y0 = b[0] / l[0];
                            return new double[] {y0, (b[1] - l[2] * y0) / l[3]};
                        },
                        List.of(2L, 1L),
                        List.of(new Input(0.5, 2, 2, 2), new Input(-2, 2, 2, 1))));
    }

    private static List<Operation> shapes() {
        return List.of(
                cube("reshape", x -> x.reshape(4, -1), x -> x, 4, 3),
                cube("unsqueeze", x -> x.unsqueeze(1), x -> x, 2, 1, 3, 2),
                cube(
                        "transpose",
                        x -> x.transpose(1, 2),
                        x -> fill(12, i -> x[i / 6 * 6 + i % 3 * 2 + i % 6 / 3]),
                        2,
                        2,
                        3),
                cube("narrow", x -> x.narrow(1, 1, 2), x -> fill(8, i -> x[i / 4 * 6 + 2 + i % 4]), 2, 2, 2),
                cube("select", x -> x.select(1, 2), x -> fill(4, i -> x[i / 2 * 6 + 4 + i % 2]), 2, 2),
                one("expand", x -> x.expand(2, -1, 3), List.of(2L, 1L), x -> fill(12, i -> x[i / 3 % 2]), 2, 2, 3),
                cube("copy", Tensor::copy, x -> x, 2, 3, 2),
                cube("to a type", x -> x.to(DType.FLOAT64), x -> x, 2, 3, 2),
                cube("to the CPU", x -> x.to(Device.CPU), x -> x, 2, 3, 2),
                cube("zerosLike", Tensor::zerosLike, x -> new double[12], 2, 3, 2),
                new Operation(
                        "concat",
                        x -> Tensor.concat(x, 1),
                        x -> fill(10, i -> i % 5 < 2 ? x.get(0)[i / 5 * 2 + i % 5] : x.get(1)[i / 5 * 3 + i % 5 - 2]),
                        List.of(2L, 5L),
                        List.of(new Input(-2, 2, 2, 2), new Input(-2, 2, 2, 3))),
                new Operation(
                        "stack",
                        x -> Tensor.stack(x, 1),
                        x -> fill(8, i -> x.get(i / 2 % 2)[i / 4 * 2 + i % 2]),
                        List.of(2L, 2L, 2L),
                        List.of(new Input(-2, 2, 2, 2), new Input(-2, 2, 2, 2))));
    }

    /** The operations that the table holds. */
    static Set<String> names() {
        return operations().map(op -> op.name.split(" ")[0]).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void equalsArithmeticOnPlainArrays(Operation op) {
        try (Scope scope = new Scope()) {
            List<double[]> values = values(op);

            Tensor y = op.apply.apply(tensors(op, values));

            assertThat(y.shape()).isEqualTo(op.shape.stream().mapToLong(n -> n).toArray());
            assertThat(y.dtype()).isEqualTo(DType.FLOAT64);
            assertThat(y.toDoubles()).containsExactly(op.plain.apply(values), within(1e-12));
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void gradientsEqualCentralDifferences(Operation op) {
        try (Scope scope = new Scope()) {
            List<double[]> values = values(op);
            List<Tensor> leaves =
                    tensors(op, values).stream().map(Tensor::requiresGradient).toList();

            // zero times the inputs' sum lets operations without gradients take part, which must then be zero
            Tensor total = weighted(op.apply.apply(leaves));
            for (Tensor leaf : leaves) {
                total = total.add(leaf.sum().mul(0));
            }
            List<Tensor> gradients = Autograd.gradient(total, leaves);

            for (int i = 0; i < values.size(); i++) {
                assertThat(gradients.get(i).toDoubles())
                        .as("gradient of input %d", i)
                        .containsExactly(differences(op, values, i), within(2e-7));
            }
        }
    }

    private static double[] differences(Operation op, List<double[]> values, int input) {
        double h = 1e-5;
        double[] x = values.get(input);
        double[] found = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            double at = x[j];
            x[j] = at + h;
            double above = weighted(op.apply.apply(tensors(op, values))).item();
            x[j] = at - h;
            double below = weighted(op.apply.apply(tensors(op, values))).item();
            x[j] = at;
            found[j] = (above - below) / (2 * h);
        }
        return found;
    }

    /** A scalar in which every element has a weight of its own, so that no two gradients can be exchanged unseen. */
    private static Tensor weighted(Tensor y) {
        double[] weights = fill((int) y.count(), i -> Math.cos(i + 1));
        return y.mul(Tensor.of(weights, y.shape())).sum();
    }

    private static List<double[]> values(Operation op) {
        SplittableRandom random = new SplittableRandom(op.name.length());
        List<double[]> values = new ArrayList<>();
        for (Input in : op.inputs) {
            values.add(
                    random.doubles(Shapes.count(in.lengths()), in.low, in.high).toArray());
        }
        return values;
    }

    private static List<Tensor> tensors(Operation op, List<double[]> values) {
        return IntStream.range(0, values.size())
                .mapToObj(i -> Tensor.of(values.get(i), op.inputs.get(i).lengths()))
                .toList();
    }

    private interface Affine {
        Tensor apply(Tensor x, Tensor weight, Tensor bias);
    }

    private static Operation applied(String name, Affine f, DoubleUnaryOperator g) {
        return new Operation(
                name,
                x -> f.apply(x.get(0), x.get(1), x.get(2)),
                x -> fill(
                        8,
                        i -> g.applyAsDouble(x.get(2)[i % 4]
                                + dot(3, k -> x.get(0)[i / 4 * 3 + k] * x.get(1)[i % 4 * 3 + k]))),
                List.of(2L, 4L),
                List.of(new Input(-1, 1, 2, 3), new Input(-1, 1, 4, 3), new Input(-1, 1, 4)));
    }

    private static Operation convolution(String name, Affine f, DoubleUnaryOperator g) {
        return new Operation(
                name,
                x -> f.apply(x.get(0), x.get(1), x.get(2)),
                x -> Arrays.stream(Convolutions.forward(x.get(0), x.get(1), x.get(2)))
                        .map(g)
                        .toArray(),
                List.of(2L, 2L, 3L, 2L),
                List.of(new Input(-2, 2, 2, 3, 5, 4), new Input(-2, 2, 2, 3, 3, 3), new Input(-2, 2, 2)));
    }

    private static Operation transposed(String name, long out, Affine f, DoubleUnaryOperator g) {
        return new Operation(
                name,
                x -> f.apply(x.get(0), x.get(1), x.get(2)),
                x -> Arrays.stream(Convolutions.transposed(x.get(0), x.get(1), x.get(2)))
                        .map(g)
                        .toArray(),
                List.of(2L, out, 6L, 3L),
                List.of(new Input(-2, 2, 2, 2, 3, 2), new Input(-2, 2, 2, out, 3, 3), new Input(-2, 2, out)));
    }

    private static Operation unary(
            String name, UnaryOperator<Tensor> f, DoubleUnaryOperator g, double low, double high) {
        return new Operation(
                name,
                x -> f.apply(x.get(0)),
                x -> Arrays.stream(x.get(0)).map(g).toArray(),
                List.of(3L, 4L),
                List.of(new Input(low, high, 3, 4)));
    }

    private static Operation binary(String name, BinaryOperator<Tensor> f, DoubleBinaryOperator g) {
        return new Operation(
                name,
                x -> f.apply(x.get(0), x.get(1)),
                x -> fill(12, i -> g.applyAsDouble(x.get(0)[i], x.get(1)[i % 4])),
                List.of(3L, 4L),
                List.of(new Input(-2, 2, 3, 4), new Input(0.5, 2, 4)));
    }

    private static Operation cube(String name, UnaryOperator<Tensor> f, UnaryOperator<double[]> g, long... shape) {
        return one(name, f, List.of(2L, 3L, 2L), g, shape);
    }

    private static Operation one(
            String name, UnaryOperator<Tensor> f, List<Long> from, UnaryOperator<double[]> g, long... shape) {
        return new Operation(
                name,
                x -> f.apply(x.get(0)),
                x -> g.apply(x.get(0)),
                Arrays.stream(shape).boxed().toList(),
                List.of(new Input(-2, 2, from)));
    }
}
