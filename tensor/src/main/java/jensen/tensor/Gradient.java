package jensen.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;

/**
 * A derivative as a sum of terms: tensors, and products of matrices that are multiplied out only where they are added to a
 * buffer. A weight's gradient over a batch is such a product, as large as the weight, so that adding it in place saves
 * writing and reading it once more.
 */
public final class Gradient {
    private final Tensor like;
    private final List<Tensor> whole = new ArrayList<>();
    private final List<Product> products = new ArrayList<>();

    /** leftᵀ right, {@code [n, a]} and {@code [n, b]}. */
    private record Product(Tensor left, Tensor right) {}

    Gradient(Tensor like) {
        this.like = like;
    }

    void add(Tensor term) {
        whole.add(term);
    }

    void addProduct(Tensor left, Tensor right) {
        products.add(new Product(left, right));
    }

    /** Adds the terms of another. */
    public void add(Gradient other) {
        whole.addAll(other.whole);
        products.addAll(other.products);
    }

    /** All terms, summed. */
    public Tensor toTensor() {
        if (products.isEmpty() && whole.size() == 1) {
            return whole.get(0);
        }
        Tensor sum = Native.withoutGradient(
                () -> Tensor.empty(like.dtype(), like.shape()).to(like.device()));
        copyTo(sum.reshape(-1), 0, like.count());
        return sum;
    }

    /**
     * The number of consecutive elements of a parameter's gradient that {@link #copyTo} and {@link #addTo} cannot cut: a row
     * of a matrix.
     */
    public static long grain(Tensor parameter) {
        return parameter.rank() == 2 ? parameter.size(1) : 1;
    }

    /**
     * Overwrites a buffer with the elements {@code from} … {@code to} − 1, in row-major order.
     *
     * @throws IllegalArgumentException if that would cut a row of a matrix
     */
    public void copyTo(Tensor buffer, long from, long to) {
        Native.withoutGradient(() -> into(buffer, from, to, false));
    }

    /**
     * Adds the elements {@code from} … {@code to} − 1, in row-major order, to a buffer of as many.
     *
     * @throws IllegalArgumentException if that would cut a row of a matrix
     */
    public void addTo(Tensor buffer, long from, long to) {
        Native.withoutGradient(() -> into(buffer, from, to, true));
    }

    private Tensor into(Tensor buffer, long from, long to, boolean onto) {
        boolean add = onto;
        for (Product p : products) {
            multiply(p, buffer, from, to, add ? 1 : 0);
            add = true;
        }
        for (Tensor term : whole) {
            Tensor part = term.reshape(-1).narrow(0, from, to - from);
            if (add) {
                buffer.addInPlace(part, 1);
            } else {
                buffer.copyInPlace(part);
            }
            add = true;
        }
        if (!add) {
            buffer.copyInPlace(buffer.zerosLike());
        }
        return buffer;
    }

    private static void multiply(Product p, Tensor buffer, long from, long to, double before) {
        long width = p.right.size(1);
        if (from % width != 0 || to % width != 0) {
            throw new IllegalArgumentException(
                    "expected whole rows of " + width + ", found elements " + from + " to " + to);
        }
        long rows = (to - from) / width;
        Tensor.guarded(() -> buffer.pointer
                .view(rows, width)
                .addmm_(
                        p.left.pointer.narrow(1, from / width, rows).t(),
                        p.right.pointer,
                        new Scalar(before),
                        new Scalar(1.0)));
    }

    /** Keeps the memory of all terms beyond all scopes, until {@link #release}. */
    public void retain() {
        whole.forEach(Tensor::retain);
        products.forEach(p -> {
            p.left.retain();
            p.right.retain();
        });
    }

    /** Gives up what {@link #retain} kept. */
    public void release() {
        whole.forEach(Tensor::release);
        products.forEach(p -> {
            p.left.release();
            p.right.release();
        });
    }
}
