package jensen.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A multi-dimensional array of numbers in native memory, with the operations that the maths of this library needs.
 *
 * <p>Values are never changed in place, except by the operations whose names end in {@code InPlace}, which exist for
 * optimisers. Binary operations broadcast. Memory belongs to the innermost open {@link Scope}.
 *
 * <p>All operations throw {@link IllegalArgumentException} where shapes or types do not fit.
 */
public final class Tensor {
    /** Factors of ½ or more whose product is a normal float32. */
    private static final int PRODUCT = 60;

    final org.bytedeco.pytorch.Tensor pointer;

    Tensor(org.bytedeco.pytorch.Tensor pointer) {
        this.pointer = pointer;
    }

    // ---- making -----------------------------------------------------------------------------------------------

    /** A float32 tensor on the CPU of the given shape, from values in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        return of(values, Device.CPU, shape);
    }

    /** A float64 tensor on the CPU of the given shape, from values in row-major order. */
    public static Tensor of(double[] values, long... shape) {
        return of(values, Device.CPU, shape);
    }

    /** A float32 tensor of the given shape, from values in row-major order. */
    public static Tensor of(float[] values, Device device, long... shape) {
        return filled(values.length, t -> t.data_ptr_float().put(values), DType.FLOAT32, device, shape);
    }

    /** A float32 matrix whose rows, numbered from 0 on, are written one by one into an array that stays in the cache. */
    public static Tensor ofRows(int rows, int width, ObjIntConsumer<float[]> row, Device device) {
        float[] one = new float[width];
        Consumer<org.bytedeco.pytorch.Tensor> each = t -> {
            var all = t.data_ptr_float().capacity(t.numel()).asBuffer();
            for (int r = 0; r < rows; r++) {
                row.accept(one, r);
                all.put(one);
            }
        };
        return filled(Math.multiplyExact(rows, width), each, DType.FLOAT32, device, rows, width);
    }

    /** A float64 tensor of the given shape, from values in row-major order. */
    public static Tensor of(double[] values, Device device, long... shape) {
        return filled(values.length, t -> t.data_ptr_double().put(values), DType.FLOAT64, device, shape);
    }

    /** An int64 tensor of the given shape, from values in row-major order. */
    public static Tensor of(long[] values, Device device, long... shape) {
        return filled(values.length, t -> t.data_ptr_long().put(values), DType.INT64, device, shape);
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return op(() -> torch.torch_zeros(shape, dtype.options(device)));
    }

    /** A scalar. */
    public static Tensor scalar(double value, DType dtype, Device device) {
        return of(new double[] {value}, device).to(dtype);
    }

    static Tensor empty(DType dtype, long... shape) {
        return op(() -> dtype.empty(shape));
    }

    private static Tensor filled(
            int values, Consumer<org.bytedeco.pytorch.Tensor> put, DType dtype, Device device, long... shape) {
        if (Shapes.count(shape) != values) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " holds " + Shapes.count(shape) + " values, found " + values);
        }
        Tensor t = empty(dtype, shape);
        if (values > 0) {
            put.accept(t.pointer);
        }
        return t.to(device);
    }
    // ---- asking -----------------------------------------------------------------------------------------------

    /** The lengths of the axes, outermost first. */
    public long[] shape() {
        return pointer.shape();
    }

    /** The length of an axis; negative numbers count from the innermost, −1. */
    public long size(int axis) {
        return guarded(() -> pointer.size(axis));
    }

    /** The number of axes. */
    public int rank() {
        return (int) pointer.dim();
    }

    /** The number of elements. */
    public long count() {
        return pointer.numel();
    }

    /** The element type. */
    public DType dtype() {
        return DType.of(pointer.scalar_type());
    }

    /** Where the values are. */
    public Device device() {
        return pointer.is_cuda() ? new Device(pointer.device().index()) : Device.CPU;
    }

    /** The values in row-major order, as doubles. */
    public double[] toDoubles() {
        double[] values = new double[Math.toIntExact(count())];
        if (dtype() == DType.FLOAT32) {
            float[] floats = toFloats();
            Arrays.setAll(values, i -> floats[i]);
        } else if (values.length > 0) {
            try (Scope scope = new Scope()) {
                read(DType.FLOAT64).data_ptr_double().capacity(values.length).get(values);
            }
        }
        return values;
    }

    /** The values in row-major order, as floats. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(count())];
        if (values.length > 0) {
            try (Scope scope = new Scope()) {
                read(DType.FLOAT32).data_ptr_float().capacity(values.length).get(values);
            }
        }
        return values;
    }

    /** On the CPU, in a type, row-major. */
    private org.bytedeco.pytorch.Tensor read(DType dtype) {
        return dtype() == dtype && !pointer.is_cuda() && pointer.is_contiguous()
                ? pointer
                : detach().to(dtype).to(Device.CPU).pointer.contiguous();
    }

    /** The value of a tensor with one element. */
    public double item() {
        return guarded(pointer::item_double);
    }

    /** Whether every element is a finite number. */
    public boolean isFinite() {
        try (Scope scope = new Scope()) {
            // a sum is finite only if its terms are, and needs one pass; the exact test follows only where it is not
            return Double.isFinite(pointer.sum().item_double())
                    || pointer.isfinite().all().item_double() != 0;
        }
    }

    /** Whether every element is 0 or 1. */
    public boolean isBinary() {
        try (Scope scope = new Scope()) {
            return pointer.mul(pointer.sub(new Scalar(1.0))).count_nonzero().item_long() == 0;
        }
    }

    // ---- elementwise ------------------------------------------------------------------------------------------

    /** Sum. */
    public Tensor add(Tensor other) {
        return op(() -> pointer.add(other.pointer));
    }

    /** Sum with a number. */
    public Tensor add(double other) {
        return Numbers.add(this, other);
    }

    /** Difference. */
    public Tensor sub(Tensor other) {
        return op(() -> pointer.sub(other.pointer));
    }

    /** Product. */
    public Tensor mul(Tensor other) {
        return op(() -> pointer.mul(other.pointer));
    }

    /** Product with a number. */
    public Tensor mul(double other) {
        return Numbers.mul(this, other);
    }

    /** This plus {@code scale · a · b}. */
    public Tensor addProduct(Tensor a, Tensor b, double scale) {
        return op(() -> pointer.addcmul(a.pointer, b.pointer, new Scalar(scale)));
    }

    /** Quotient. */
    public Tensor div(Tensor other) {
        return op(() -> pointer.div(other.pointer));
    }

    /** −x. */
    public Tensor neg() {
        return op(pointer::neg);
    }

    /** eˣ. */
    public Tensor exp() {
        return op(pointer::exp);
    }

    /** The natural logarithm. */
    public Tensor log() {
        return op(pointer::log);
    }

    /** log(1 + x), exact for small x. */
    public Tensor log1p() {
        return op(pointer::log1p);
    }

    /** eˣ − 1, exact for small x. */
    public Tensor expm1() {
        return op(pointer::expm1);
    }

    /** x². */
    public Tensor square() {
        return mul(this); // libtorch's own takes the power of any exponent, and longer
    }

    /** √x. */
    public Tensor sqrt() {
        return op(pointer::sqrt);
    }

    /** |x|. */
    public Tensor abs() {
        return op(pointer::abs);
    }

    /** The nearest whole number, halves to even; its gradient is zero. */
    public Tensor round() {
        return op(() -> pointer.round());
    }

    /** The hyperbolic tangent. */
    public Tensor tanh() {
        return op(pointer::tanh);
    }

    /** 1 / (1 + e⁻ˣ). */
    public Tensor sigmoid() {
        return op(pointer::sigmoid);
    }

    /** σ(x·y), in one piece of memory: a second one would not fit the cache beside it. */
    public Tensor sigmoidOfProduct(Tensor y) {
        return op(() -> pointer.mul(y.pointer).sigmoid_());
    }

    /** max(x, 0). */
    public Tensor relu() {
        return op(pointer::relu);
    }

    /** x if x > 0, else eˣ − 1. */
    public Tensor elu() {
        return op(() -> torch.elu(pointer));
    }

    /** x Φ(x), with the normal distribution's Φ exactly rather than by its tanh approximation. */
    public Tensor gelu() {
        return op(() -> torch.gelu(pointer));
    }

    /** Φ(x), the probability of the standard normal up to x. */
    public Tensor normalCdf() {
        return op(() -> torch.special_ndtr(pointer));
    }

    /** log(1 + eˣ). */
    public Tensor softplus() {
        // libtorch's own switches to x above 20, an error of 2e-9 that float64 would see
        return op(() -> torch.softplus(pointer, new Scalar(1.0), new Scalar(40.0)));
    }

    /**
     * Σ log(1 + eˣ) along the innermost axis, which disappears; in float32 to within 1e-7 of Σ |x|.
     *
     * <p>It is ½ Σ (x + |x|) − log Π σ(|x|), a logarithm for each product of some sixty factors between ½ and 1: half the
     * time of a logarithm for each element.
     */
    public Tensor sumSoftplus() {
        if (Shapes.divisor(size(-1), PRODUCT) < PRODUCT / 8) {
            return softplus().sum(-1);
        }
        Tensor magnitude = abs();
        Tensor positive = sum(-1).add(magnitude.sum(-1)).mul(0.5);
        Tensor sigma = op(magnitude.pointer::sigmoid_); // in place: a further piece of memory would not be in the cache
        return positive.sub(sigma.products(PRODUCT).log().sum(-1));
    }

    /**
     * Products of elements of the innermost axis at even distances, of at most {@code most} each and as many as divide its
     * length: {@code […, n]} becomes {@code […, n / block]}, whose element i is the product of i, i + n / block,
     * i + 2 n / block, ….
     */
    public Tensor products(int most) {
        // in two stages, each over rows that lie one after the other: what is within a row is done with vectors
        long n = size(-1);
        long block = Shapes.divisor(n, most);
        long rows = Shapes.divisor(block, PRODUCT / 7);
        long[] first = Shapes.append(Shapes.batch(shape()), rows, n / rows);
        long[] second = Shapes.append(Shapes.batch(shape()), block / rows, n / block);
        Tensor some = op(() -> pointer.reshape(first).prod(-2));
        return rows == block ? some : op(() -> some.pointer.reshape(second).prod(-2));
    }

    /** x limited to [low, high]; the gradient is zero outside. */
    public Tensor clamp(double low, double high) {
        return op(
                () -> torch.clamp(pointer, new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high))));
    }

    /** x where |x| > limit, else 0. */
    public Tensor hardShrink(double limit) {
        return op(() -> torch.hardshrink(pointer, new Scalar(limit)));
    }

    /** 1 where x < bound, else 0, in this tensor's type. */
    public Tensor lessThan(double bound) {
        return op(() -> pointer.lt(new Scalar(bound)).to(pointer.scalar_type()));
    }

    /** 1 where x < bound, else 0, in this tensor's type. */
    public Tensor lessThan(Tensor bound) {
        return op(() -> pointer.lt(bound.pointer).to(pointer.scalar_type()));
    }

    /** This where {@code mask} is not 0, {@code other} elsewhere; no gradient crosses from the side not taken. */
    public Tensor where(Tensor mask, Tensor other) {
        return op(() -> torch.where(mask.pointer.ne(new Scalar(0.0)), pointer, other.pointer));
    }

    // ---- along axes -------------------------------------------------------------------------------------------

    /** The sum of all elements. */
    public Tensor sum() {
        return op(() -> pointer.sum());
    }

    /** The sum along axes, which disappear. */
    public Tensor sum(long... axes) {
        return op(() -> pointer.sum(axes));
    }

    /** The mean of all elements. */
    public Tensor mean() {
        return op(() -> pointer.mean());
    }

    /** The mean along axes, which disappear. */
    public Tensor mean(long... axes) {
        return op(() -> pointer.mean(axes));
    }

    /** The largest element along an axis, which disappears. */
    public Tensor max(long axis) {
        return op(() -> pointer.amax(new long[] {axis}, false));
    }

    /** The smallest of all elements. */
    public Tensor min() {
        return op(() -> pointer.min());
    }

    /** log Σ eˣ along an axis, which disappears. */
    public Tensor logSumExp(long axis) {
        return op(() -> pointer.logsumexp(axis));
    }

    /** x − log Σ eˣ along an axis. */
    public Tensor logSoftmax(long axis) {
        return op(() -> torch.log_softmax(pointer, axis));
    }

    /** eˣ / Σ eˣ along an axis. */
    public Tensor softmax(long axis) {
        return op(() -> torch.softmax(pointer, axis));
    }

    /** The elements along the innermost axis at the positions that {@code index} (int64) holds. */
    public Tensor gather(Tensor index) {
        return op(() -> pointer.gather(-1, index.pointer));
    }

    /** The slices of the outermost axis at the positions that {@code index} (int64) holds. */
    public Tensor rows(Tensor index) {
        return op(() -> pointer.index_select(0, index.pointer));
    }

    // ---- linear maps ------------------------------------------------------------------------------------------

    /** The matrix product, batched over leading axes. */
    public Tensor matmul(Tensor other) {
        return op(() -> pointer.matmul(other.pointer));
    }

    /** Σ x·y along the innermost axis, which disappears, for y that broadcasts against this x. */
    public Tensor innerProduct(Tensor y) {
        if (y.count() == y.size(-1) && rank() > 1 && rank() >= y.rank()) {
            return op(() -> pointer.matmul(y.pointer.reshape(-1)));
        }
        return mul(y).sum(-1);
    }

    /** x Wᵀ + b for this x [… , in], weight W [out, in] and bias b [out]. */
    public Tensor linear(Tensor weight, Tensor bias) {
        return LinearMap.apply(this, weight, bias, LinearMap.Then.NOTHING);
    }

    /** tanh(x Wᵀ + b), as {@link #linear} and {@link #tanh} in place. */
    public Tensor linearTanh(Tensor weight, Tensor bias) {
        return LinearMap.apply(this, weight, bias, LinearMap.Then.TANH);
    }

    /** σ(x Wᵀ + b), as {@link #linear} and {@link #sigmoid} in place. */
    public Tensor linearSigmoid(Tensor weight, Tensor bias) {
        return LinearMap.apply(this, weight, bias, LinearMap.Then.SIGMOID);
    }

    /** max(x Wᵀ + b, 0), as {@link #linear} and {@link #relu} in place. */
    public Tensor linearRelu(Tensor weight, Tensor bias) {
        return LinearMap.apply(this, weight, bias, LinearMap.Then.RELU);
    }

    /** Convolution of images [N, in, h, w] with kernels [out, in, kh, kw] and a bias [out]. */
    public Tensor convolve(Tensor kernels, Tensor bias, long stride, long padding) {
        return new Convolution(false, stride, padding).apply(this, kernels, bias, LinearMap.Then.NOTHING);
    }

    /** {@link #convolve} and {@link #relu} in one. */
    public Tensor convolveRelu(Tensor kernels, Tensor bias, long stride, long padding) {
        return new Convolution(false, stride, padding).apply(this, kernels, bias, LinearMap.Then.RELU);
    }

    /**
     * The adjoint of {@link #convolve}: images [N, in, h, w], kernels [in, out, kh, kw] and a bias [out]; the extra rows
     * and columns (0 or 1) say which of the sizes that the convolution maps to this one is meant.
     */
    public Tensor convolveTransposed(
            Tensor kernels, Tensor bias, long stride, long padding, long extraRows, long extraColumns) {
        return new Convolution(true, stride, padding, extraRows, extraColumns)
                .apply(this, kernels, bias, LinearMap.Then.NOTHING);
    }

    /** {@link #convolveTransposed} and {@link #relu} in one. */
    public Tensor convolveTransposedRelu(
            Tensor kernels, Tensor bias, long stride, long padding, long extraRows, long extraColumns) {
        return new Convolution(true, stride, padding, extraRows, extraColumns)
                .apply(this, kernels, bias, LinearMap.Then.RELU);
    }

    /** Eigenvalues (ascending) of a symmetric matrix [n, n], and its eigenvectors in columns. */
    public List<Tensor> symmetricEigen() {
        return guarded(() -> {
            var pair = torch.linalg_eigh(pointer);
            return List.of(owned(pair.get0()), owned(pair.get1()));
        });
    }

    /** The lower-triangular L with L Lᵀ = this, for positive definite [… , n, n]. */
    public Tensor cholesky() {
        return op(() -> torch.linalg_cholesky(pointer));
    }

    /** L⁻¹ B for this lower-triangular L [… , n, n] and B [… , n, m]. */
    public Tensor solveLower(Tensor b) {
        return op(() -> torch.linalg_solve_triangular(pointer, b.pointer, false));
    }

    // ---- shape ------------------------------------------------------------------------------------------------

    /** The same elements in another shape; one length may be −1. */
    public Tensor reshape(long... shape) {
        return Tape.through(this, t -> t.reshape(shape), new Tape.Reshaped(this));
    }

    /** The same tensor with a further axis of length 1. */
    public Tensor unsqueeze(long axis) {
        return op(() -> pointer.unsqueeze(axis));
    }

    /** Two axes exchanged. */
    public Tensor transpose(long a, long b) {
        return Tape.through(this, t -> t.transpose(a, b), (c, to) -> to.add(0, c.transpose(a, b)));
    }

    /** The part of an axis that starts at {@code from} and has {@code length} elements; shares memory. */
    public Tensor narrow(long axis, long from, long length) {
        return axis == -1
                ? Tape.through(this, t -> t.narrow(-1, from, length), (c, to) -> to.add(0, new Gradient.Slice(c, from)))
                : op(() -> pointer.narrow(axis, from, length));
    }

    /** The slice at one position of an axis, which disappears; shares memory. */
    public Tensor select(long axis, long index) {
        return op(() -> pointer.select(axis, index));
    }

    /** Axes of length 1 repeated to the shape; −1 keeps a length. */
    public Tensor expand(long... shape) {
        return op(() -> pointer.expand(shape));
    }

    /** The tensors one after the other along an existing axis. */
    public static Tensor concat(List<Tensor> parts, long axis) {
        return op(() -> torch.cat(vector(parts), axis));
    }

    /** The tensors side by side along a new axis. */
    public static Tensor stack(List<Tensor> parts, long axis) {
        return op(() -> torch.stack(vector(parts), axis));
    }

    static TensorVector vector(List<Tensor> parts) {
        return new TensorVector(parts.stream().map(t -> t.pointer).toArray(org.bytedeco.pytorch.Tensor[]::new));
    }

    /** Zeros of this shape, type and device. */
    public Tensor zerosLike() {
        return op(() -> torch.zeros_like(pointer));
    }

    /** A copy with memory of its own, row-major. */
    public Tensor copy() {
        return op(() -> pointer.contiguous().clone());
    }

    /** The same values in another type. */
    public Tensor to(DType dtype) {
        return pointer.scalar_type().value == dtype.scalarType.value ? this : op(() -> pointer.to(dtype.scalarType));
    }

    /** The same values on another device. */
    public Tensor to(Device device) {
        if (device.cuda() < 0 && !pointer.is_cuda()) {
            return this;
        }
        return op(() -> pointer.to(device.toNative(), pointer.scalar_type()));
    }

    // ---- differentiation and updates --------------------------------------------------------------------------

    /** The same values cut from the graph of operations: a constant. Shares memory. */
    public Tensor detach() {
        return op(pointer::detach);
    }

    /** A leaf with the same memory, with respect to which {@link Autograd} can differentiate. */
    public Tensor requiresGradient() {
        return op(() -> pointer.detach().requires_grad_(true));
    }

    /** Overwrites the values. */
    public Tensor copyInPlace(Tensor from) {
        return update(() -> pointer.copy_(from.pointer));
    }

    /** Adds {@code scale · other}. */
    public Tensor addInPlace(Tensor other, double scale) {
        return update(() -> pointer.add_(other.pointer, new Scalar(scale)));
    }

    /** Multiplies by a number. */
    public Tensor mulInPlace(double factor) {
        return update(() -> pointer.mul_(new Scalar(factor)));
    }

    /** Multiplies elementwise. */
    public Tensor mulInPlace(Tensor factor) {
        return update(() -> pointer.mul_(factor.pointer));
    }

    /** Adds {@code scale · a · b}. */
    public Tensor addProductInPlace(Tensor a, Tensor b, double scale) {
        return update(() -> pointer.addcmul_(a.pointer, b.pointer, new Scalar(scale)));
    }

    /** Adds {@code scale · a / b}. */
    public Tensor addQuotientInPlace(Tensor a, Tensor b, double scale) {
        return update(() -> pointer.addcdiv_(a.pointer, b.pointer, new Scalar(scale)));
    }

    /** Keeps the memory beyond all scopes, until {@link #release}. */
    public Tensor retain() {
        pointer.retainReference();
        return this;
    }

    /** Gives up what {@link #retain} kept. */
    public void release() {
        pointer.releaseReference();
    }

    @Override
    public String toString() {
        return dtype() + Arrays.toString(shape()) + (count() <= 16 ? " " + Arrays.toString(toDoubles()) : "");
    }

    // ---- the edge of the native layer -------------------------------------------------------------------------

    private Tensor update(Supplier<org.bytedeco.pytorch.Tensor> change) {
        guarded(change);
        return this;
    }

    static Tensor op(Supplier<org.bytedeco.pytorch.Tensor> operation) {
        return new Tensor(guarded(operation));
    }

    /** Elements of native vectors and tuples are views that die with their container; a tensor of its own outlives it. */
    static Tensor owned(org.bytedeco.pytorch.Tensor view) {
        return new Tensor(new org.bytedeco.pytorch.Tensor(view));
    }

    /** Native errors come with a C++ backtrace from the second line on; only the first is the message. */
    static <T> T guarded(Supplier<T> work) {
        Native.load(); // here rather than when the class loads, where a failure would arrive as a LinkageError
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            String text = String.valueOf(e.getMessage());
            String line = text.lines().findFirst().orElse(text).strip();
            if (line.contains("allocate memory") || line.contains("out of memory")) {
                throw new NativeMemoryException(line, e);
            }
            throw new IllegalArgumentException(line, e);
        }
    }
}
