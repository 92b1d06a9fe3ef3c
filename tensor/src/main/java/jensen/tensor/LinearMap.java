package jensen.tensor;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * x Wᵀ + b, perhaps through a function of each element, with its derivative.
 *
 * <p>{@link FusedLinear} does all of it where it can. Else {@link OneDnn} multiplies, or {@link SparseRows} where most of x is zero;
 * bias and function follow.
 */
final class LinearMap {
    /**
     * What is applied to each element of the result.
     *
     * @param apply in place
     * @param applyToSum to a matrix plus a vector that is added to each of its rows, in the matrix' place
     * @param fused what does both within the product, if anything does
     * @param pullback from the cotangent and the result to the cotangent before
     */
    record Then(
            UnaryOperator<org.bytedeco.pytorch.Tensor> apply,
            BinaryOperator<org.bytedeco.pytorch.Tensor> applyToSum,
            FusedLinear.@Nullable Function fused,
            BinaryOperator<org.bytedeco.pytorch.Tensor> pullback) {
        static final Then NOTHING = new Then(y -> y, FusedLinear.Function.IDENTITY, (c, y) -> c);
        static final Then TANH = new Then(Tanh::inPlace, Tanh::ofSum, FusedLinear.Function.TANH, torch::tanh_backward);
        static final Then SIGMOID = new Then(y -> y.sigmoid_(), FusedLinear.Function.SIGMOID, torch::sigmoid_backward);
        static final Then RELU =
                new Then(y -> y.relu_(), null, (c, y) -> torch.threshold_backward(c, y, new Scalar(0)));

        private Then(
                UnaryOperator<org.bytedeco.pytorch.Tensor> apply,
                FusedLinear.@Nullable Function fused,
                BinaryOperator<org.bytedeco.pytorch.Tensor> pullback) {
            this(apply, (y, bias) -> apply.apply(y.add_(bias)), fused, pullback);
        }

        boolean isNothing() {
            return equals(NOTHING);
        }
    }

    /** From this many weights on it pays to look for zeros in what they are multiplied by. */
    private static final long SPARSE_WEIGHTS = 50_000;

    private LinearMap() {}

    static Tensor apply(Tensor x, Tensor weight, Tensor bias, Then then) {
        if (x.rank() < 2 || x.size(-1) != weight.size(1)) {
            // one row, or an error that libtorch says best
            return byLibtorch(x, weight, bias, then);
        }
        List<Tensor> inputs = List.of(x, weight, bias);
        Tensor in = rows(x);
        SparseRows sparse = sparse(in, weight);
        if (!Tape.records(inputs)) {
            return shaped(affine(in, sparse, weight, bias, then), x);
        }
        Tensor output = Native.withoutGradient(() -> shaped(affine(in, sparse, weight, bias, then), x));
        return Tape.record(inputs, () -> output, new Back(x, in, sparse, weight, output, then));
    }

    /** The derivative, by all rows or by some. */
    private record Back(Tensor x, Tensor in, @Nullable SparseRows sparse, Tensor weight, Tensor output, Then then)
            implements Tape.PullbackByRows {
        @Override
        public void pull(Tensor c, Tape.Sink to) {
            Tensor flat = rows(before(c, output));
            toParameters(flat, in, sparse, to);
            if (to.wants(0)) {
                Tensor toInput = toInput(flat);
                to.add(0, x.rank() == 2 ? toInput : toInput.reshape(x.shape()));
            }
        }

        @Override
        public void pull(Gradient.Some c, Tape.Sink to) {
            Tensor flat =
                    before(c.value(), then.isNothing() ? c.value() : c.rows().pick(output));
            toParameters(flat, c.rows().pick(in), null, to);
            if (to.wants(0)) {
                to.add(0, new Gradient.Some(toInput(flat), c.rows()));
            }
        }

        private Tensor before(Tensor c, Tensor result) {
            return then.isNothing() ? c : Tensor.op(() -> then.pullback.apply(c.pointer, result.pointer));
        }

        private void toParameters(Tensor flat, Tensor x, @Nullable SparseRows sparse, Tape.Sink to) {
            to.add(1, new Gradient.Product(flat, x, sparse));
            if (to.wants(2)) {
                to.add(2, Gradient.Product.sumOf(flat));
            }
        }

        private Tensor toInput(Tensor flat) {
            return OneDnn.suits(flat, weight) ? OneDnn.times(flat, weight) : flat.matmul(weight);
        }
    }

    /** Rows as the result of a map of x {@code […, n]}. */
    private static Tensor shaped(Tensor rows, Tensor x) {
        return x.rank() == 2 ? rows : rows.reshape(Shapes.append(Shapes.batch(x.shape()), rows.size(1)));
    }

    /** The input where it is a constant most of which is zero, and the weights of each of its elements lie together. */
    private static @Nullable SparseRows sparse(Tensor x, Tensor weight) {
        return weight.count() >= SPARSE_WEIGHTS
                        && !x.pointer.requires_grad()
                        && x.dtype() == DType.FLOAT32
                        && !x.pointer.is_cuda()
                        && Gradient.byColumns(weight)
                ? SparseRows.of(x)
                : null;
    }

    /** {@code […, n]} as {@code [rows, n]}. */
    private static Tensor rows(Tensor x) {
        return x.rank() == 2 ? x : x.reshape(-1, x.size(-1));
    }

    private static Tensor affine(Tensor x, @Nullable SparseRows sparse, Tensor weight, Tensor bias, Then then) {
        FusedLinear.Function function = then.fused;
        Tensor fused = function == null || sparse != null || Tape.differentiable(List.of(x, weight, bias))
                ? null
                : FusedLinear.apply(x, weight, bias, function);
        if (fused != null) {
            return fused;
        }
        Tensor product = product(x, sparse, weight);
        return product == null
                ? byLibtorch(x, weight, bias, then)
                : Tensor.op(() -> then.applyToSum.apply(product.pointer, bias.pointer));
    }

    private static Tensor byLibtorch(Tensor x, Tensor weight, Tensor bias, Then then) {
        return Tensor.op(
                () -> then.apply.apply(torch.linear(x.pointer, weight.pointer, new TensorOptional(bias.pointer))));
    }

    /** x Wᵀ, or null where it is libtorch that has to multiply. */
    private static @Nullable Tensor product(Tensor x, @Nullable SparseRows sparse, Tensor weight) {
        if (Tape.differentiable(List.of(x, weight))) {
            return null;
        }
        if (sparse != null) {
            return sparse.times(weight.transpose(0, 1));
        }
        return OneDnn.suits(x, weight) ? OneDnn.timesTransposed(x, weight) : null;
    }
}
