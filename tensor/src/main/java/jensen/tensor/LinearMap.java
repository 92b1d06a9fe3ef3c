package jensen.tensor;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NumberType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * x Wᵀ + b, perhaps through a function of each element, with its derivative.
 *
 * <p>With AVX-512 large layers go to oneDNN with bias and function in one, which libtorch's Java interface reaches only through
 * the dispatcher, and which has no derivative there: 120 to 160 GFLOP/s on a core where OpenBLAS does 90 to 130 (50 rows, 784 to
 * 500). Without it {@link OneDnn} multiplies, and bias and function follow.
 */
final class LinearMap {
    /**
     * What is applied to each element of the result.
     *
     * @param name to oneDNN
     * @param pullback from the cotangent and the result to the cotangent before
     */
    record Then(
            IValue name,
            UnaryOperator<org.bytedeco.pytorch.Tensor> apply,
            BinaryOperator<org.bytedeco.pytorch.Tensor> pullback) {
        static final Then NOTHING = new Then(Operators.kept(new IValue("none")), y -> y, (c, y) -> c);
        static final Then TANH = new Then(Operators.kept(new IValue("tanh")), Tanh::inPlace, torch::tanh_backward);
        static final Then SIGMOID =
                new Then(Operators.kept(new IValue("sigmoid")), y -> y.sigmoid_(), torch::sigmoid_backward);
        static final Then RELU = new Then(
                Operators.kept(new IValue("relu")),
                y -> y.relu_(),
                (c, y) -> torch.threshold_backward(c, y, new Scalar(0)));

        boolean isNothing() {
            return equals(NOTHING);
        }
    }

    /** Below this many weights OpenBLAS is as fast. */
    private static final long WEIGHTS = 30_000;

    /** From this many weights on it pays to look for zeros in what they are multiplied by. */
    private static final long SPARSE_WEIGHTS = 50_000;

    /** From this many weights on oneDNN is faster where it applies a function as well. */
    private static final long APPLIED_WEIGHTS = 10_000;

    private static final @Nullable OperatorHandle ONEDNN = find();

    // arguments that are always the same
    private static final IValue NOTHING = Operators.kept(new IValue());
    private static final IValue NO_NUMBERS = Operators.kept(new IValue(new GenericList(OptionalType.get(
            new Type.TypePtr((Type) NumberType.getNumberIntTypePtr().get())))));

    private LinearMap() {}

    private static @Nullable OperatorHandle find() {
        Native.load();
        try {
            return Operators.find("mkldnn::_linear_pointwise");
        } catch (RuntimeException absent) {
            return null; // libtorch was built without oneDNN
        }
    }

    static Tensor apply(Tensor x, Tensor weight, Tensor bias, Then then) {
        if (x.rank() < 2 || x.size(-1) != weight.size(1)) {
            // one row, or an error that libtorch says best
            return Tensor.op(
                    () -> then.apply.apply(torch.linear(x.pointer, weight.pointer, new TensorOptional(bias.pointer))));
        }
        List<Tensor> inputs = List.of(x, weight, bias);
        Tensor in = rows(x);
        SparseRows sparse = sparse(in, weight);
        if (!Tape.records(inputs)) {
            return shaped(product(in, sparse, weight, bias, then), x);
        }
        Tensor output = Native.withoutGradient(() -> shaped(product(in, sparse, weight, bias, then), x));
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
                to.add(0, toInput(flat).reshape(x.shape()));
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
            return product(flat, null, weight.transpose(0, 1), null, Then.NOTHING);
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

    private static Tensor product(
            Tensor x, @Nullable SparseRows sparse, Tensor weight, @Nullable Tensor bias, Then then) {
        boolean constant = !Tape.differentiable(List.of(x, weight));
        boolean plain = bias == null && then.isNothing();
        boolean sgemm = OneDnn.suits(x, weight) && (plain || OneDnn.withoutAvx512());
        if (constant && (sparse != null || sgemm)) {
            Tensor y = sparse != null ? sparse.times(weight.transpose(0, 1)) : OneDnn.timesTransposed(x, weight);
            return plain
                    ? y
                    : Tensor.op(() -> then.apply.apply(bias == null ? y.pointer : y.pointer.add_(bias.pointer)));
        }
        OperatorHandle oneDnn = ONEDNN;
        if (oneDnn != null && constant && suits(x, weight, then)) {
            return Tensor.guarded(() -> {
                IValueVector stack = new IValueVector();
                stack.push_back(new IValue(x.pointer));
                stack.push_back(new IValue(weight.pointer));
                stack.push_back(bias == null ? NOTHING : new IValue(bias.pointer));
                stack.push_back(then.name);
                stack.push_back(NO_NUMBERS);
                stack.push_back(NOTHING);
                oneDnn.callBoxed(stack);
                return Tensor.owned(stack.get(0).toTensor());
            });
        }
        return Tensor.op(() -> {
            org.bytedeco.pytorch.Tensor y = bias == null
                    ? x.pointer.matmul(weight.pointer.t())
                    : torch.linear(x.pointer, weight.pointer, new TensorOptional(bias.pointer));
            return then.apply.apply(y);
        });
    }

    private static boolean suits(Tensor x, Tensor weight, Then then) {
        long weights = weight.count();
        boolean faster = weights >= (then.isNothing() ? WEIGHTS : APPLIED_WEIGHTS);
        return faster && x.size(0) > 1 && x.dtype() == DType.FLOAT32 && !x.pointer.is_cuda();
    }
}
