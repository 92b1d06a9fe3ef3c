package jensen.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A derivative as a sum of terms: tensors, and products of matrices that are multiplied out only where they are added to a
 * buffer. A weight's gradient over a batch is such a product, as large as the weight, so that adding it in place saves
 * writing and reading it once more.
 */
public final class Gradient {
    /** A column, made once, as every sum of rows needs some. */
    private static final Tensor ONES =
            Tensor.zeros(DType.FLOAT32, Device.CPU, 4096, 1).add(1).retain();

    /** The first so many of them. */
    private static final Map<Long, Tensor> FIRST_ONES = new ConcurrentHashMap<>();

    private final Tensor like;
    private final List<Tensor> whole = new ArrayList<>();
    private final List<Product> products = new ArrayList<>();
    private final List<Slice> slices = new ArrayList<>();
    private final List<Some> some = new ArrayList<>();

    /**
     * leftᵀ right, {@code [n, a]} and {@code [n, b]}.
     *
     * @param sparse right once more where most of it is zero
     */
    record Product(Tensor left, Tensor right, @Nullable SparseRows sparse) {
        /** The sum of rows {@code [n, a]}, which is the derivative by a vector {@code [a]} that was added to each. */
        static Product sumOf(Tensor rows) {
            return new Product(rows, ones(rows), null);
        }

        Tensor multiplied(Tensor like) {
            return left.transpose(0, 1).matmul(right).reshape(like.shape());
        }
    }

    /** The derivative by the elements from {@code from} on of the innermost axis; by all others it is zero. */
    record Slice(Tensor value, long from) {
        Tensor padded(Tensor like) {
            Tensor all = like.zerosLike();
            all.narrow(-1, from, value.size(-1)).copyInPlace(value);
            return all;
        }
    }

    /** The derivative by some rows; by all others it is zero. */
    record Some(Tensor value, Rows rows) {}

    Gradient(Tensor like) {
        this.like = like;
    }

    void add(Tensor term) {
        whole.add(term);
    }

    void add(Product product) {
        products.add(product);
    }

    void add(Slice slice) {
        slices.add(slice);
    }

    void add(Some rows) {
        some.add(rows);
    }

    /** This where it is zero but for some rows. */
    @Nullable
    Some onlySome() {
        boolean only = some.size() == 1 && whole.isEmpty() && products.isEmpty() && slices.isEmpty();
        return only ? some.get(0) : null;
    }

    /** The terms that are no products. */
    private List<Tensor> whole() {
        // changes nothing where there are only such, so that threads may sum parts of a gradient at the same time
        if (!some.isEmpty()) {
            some.forEach(s -> whole.add(s.rows.spread(s.value, like)));
            some.clear();
        }
        if (!slices.isEmpty()) {
            whole.add(joined());
            slices.clear();
        }
        return whole;
    }

    /** The slices in one: side by side where each element is in one of them. */
    private Tensor joined() {
        List<Slice> sorted =
                slices.stream().sorted(Comparator.comparingLong(Slice::from)).toList();
        long end = 0;
        for (Slice s : sorted) {
            end = s.from == end ? end + s.value.size(-1) : -1;
        }
        return end == like.size(-1)
                ? Tensor.concat(sorted.stream().map(Slice::value).toList(), -1)
                : sorted.stream().map(s -> s.padded(like)).reduce(Tensor::add).orElseThrow();
    }

    /** Adds the terms of another. */
    public void add(Gradient other) {
        whole.addAll(other.whole());
        products.addAll(other.products);
    }

    /** All terms, summed. */
    public Tensor toTensor() {
        if (products.isEmpty() && !whole().isEmpty()) {
            return whole.stream().reduce(Tensor::add).orElseThrow();
        }
        Tensor sum = Native.withoutGradient(
                () -> Tensor.empty(like.dtype(), like.count()).to(like.device()));
        sum(List.of(this), sum, 0, like.count());
        return byColumns(like) ? sum.reshape(like.size(1), like.size(0)).transpose(0, 1) : sum.reshape(like.shape());
    }

    /** Whether a matrix lies in memory column by column. */
    static boolean byColumns(Tensor t) {
        return t.rank() == 2 && t.pointer.stride(0) == 1 && t.pointer.stride(1) == t.size(0);
    }

    /** The elements of a tensor one after the other, in the order in which those of a parameter of its shape lie in memory. */
    public static Tensor flat(Tensor value, Tensor parameter) {
        if (value.rank() == 1) {
            return value;
        }
        return (byColumns(parameter) ? value.transpose(0, 1) : value).reshape(-1);
    }

    /**
     * The number of consecutive elements of a parameter's gradient that {@link #sum} cannot cut: a row of a matrix, or a
     * column of one that lies in memory by columns.
     */
    public static long grain(Tensor parameter) {
        return parameter.rank() != 2 ? 1 : parameter.size(byColumns(parameter) ? 0 : 1);
    }

    /**
     * Overwrites a buffer with the elements {@code from} … {@code to} − 1, in the order of the parameter's memory, of the sum
     * of some gradients by one parameter.
     *
     * @throws IllegalArgumentException if that would cut a row of a matrix
     */
    public static void sum(List<Gradient> gradients, Tensor buffer, long from, long to) {
        Native.withoutGradient(() -> {
            List<Product> sparse = new ArrayList<>();
            boolean begun = false;
            for (Gradient g : gradients) {
                begun |= g.into(buffer, from, to, begun, sparse);
            }
            if (!sparse.isEmpty()) {
                transposedTimes(sparse, buffer, from, to, begun);
            }
            return begun || !sparse.isEmpty() ? buffer : buffer.copyInPlace(buffer.zerosLike());
        });
    }

    /** Writes the terms into a buffer, or adds them to it, but for what is sparse; says whether there are any. */
    private boolean into(Tensor buffer, long from, long to, boolean onto, List<Product> sparse) {
        boolean add = onto;
        for (Product p : products) {
            if (p.sparse != null && byColumns(like)) {
                sparse.add(p);
            } else {
                multiply(p, buffer, from, to, add);
                add = true;
            }
        }
        for (Tensor term : whole()) {
            Tensor all = flat(term, like);
            put(from == 0 && to == all.count() ? all : all.narrow(0, from, to - from), buffer, add);
            add = true;
        }
        return add;
    }

    /** Σ x² of a buffer: as libtorch finds it, but for the tensors that it makes of the number on the way. */
    public static double squaredLength(Tensor buffer) {
        org.bytedeco.pytorch.Tensor x = buffer.pointer;
        boolean plain = buffer.dtype() == DType.FLOAT32 && !x.is_cuda() && x.is_contiguous();
        if (!plain || x.numel() > Integer.MAX_VALUE) {
            return Tensor.guarded(() -> x.dot(x).item_double());
        }
        FloatPointer values = x.data_ptr_float();
        return openblas.cblas_sdot((int) x.numel(), values, 1, values, 1);
    }

    /** As many ones as there are rows, {@code [n, 1]}. */
    private static Tensor ones(Tensor rows) {
        long n = rows.size(0);
        return rows.dtype() == ONES.dtype() && !rows.pointer.is_cuda() && n <= ONES.count()
                ? FIRST_ONES.computeIfAbsent(
                        n, first -> ONES.narrow(0, 0, first).retain())
                : Tensor.op(() -> torch.ones(new long[] {n, 1}, rows.pointer.options()));
    }

    private static void put(Tensor part, Tensor buffer, boolean add) {
        if (add) {
            buffer.addInPlace(part, 1);
        } else {
            buffer.copyInPlace(part);
        }
    }

    /** Writes into a buffer, or adds to it, the sum of products whose right factor is mostly zero. */
    private static void transposedTimes(List<Product> sparse, Tensor buffer, long from, long to, boolean add) {
        long width = sparse.get(0).left.size(1);
        requireRows(width, from, to);
        Tensor rows = buffer.reshape(-1, width);
        SparseRows.sumOfTransposedTimes(
                sparse.stream().map(p -> Objects.requireNonNull(p.sparse)).toList(),
                sparse.stream().map(Product::left).toList(),
                (int) (from / width),
                (int) ((to - from) / width),
                (sums, column) -> put(sums, rows.narrow(1, column, sums.size(1)), add));
    }

    private static void requireRows(long width, long from, long to) {
        if (from % width != 0 || to % width != 0) {
            throw new IllegalArgumentException(
                    "expected whole rows of " + width + ", found elements " + from + " to " + to);
        }
    }

    private void multiply(Product p, Tensor buffer, long from, long to, boolean add) {
        boolean byColumns = byColumns(like);
        Tensor rows = byColumns ? p.right : p.left; // those of the buffer, as columns
        Tensor other = byColumns ? p.left : p.right;
        long width = other.size(1);
        requireRows(width, from, to);
        long first = from / width;
        long count = (to - from) / width;
        if (OneDnn.suits(rows, other)) {
            OneDnn.addTransposed(rows, first, count, other, add ? 1 : 0, buffer);
            return;
        }
        Tensor.guarded(() -> buffer.pointer
                .view(count, width)
                .addmm_(
                        rows.pointer.narrow(1, first, count).t(),
                        other.pointer,
                        new Scalar(add ? 1.0 : 0.0),
                        new Scalar(1.0)));
    }

    /** Keeps the memory of all terms beyond all scopes, until {@link #release}. */
    public void retain() {
        terms().forEach(Tensor::retain);
    }

    /** Gives up what {@link #retain} kept. */
    public void release() {
        terms().forEach(Tensor::release);
    }

    private Stream<Tensor> terms() {
        Stream<Tensor> factors = products.stream().flatMap(p -> Stream.of(p.left, p.right));
        return Stream.concat(whole().stream(), factors);
    }
}
