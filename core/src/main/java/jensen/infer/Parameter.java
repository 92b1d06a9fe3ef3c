package jensen.infer;

import java.util.Arrays;
import java.util.List;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * An unknown of a model.
 *
 * @param name by which the model finds it
 * @param support where its values lie
 * @param shape of one value; {@code [1]} for a number, so that it broadcasts against vectors
 */
public record Parameter(String name, Support support, List<Long> shape) {
    /** @throws IllegalArgumentException if values of this shape cannot have this support */
    public Parameter {
        if (shape.isEmpty() || shape.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("shape of parameter " + name + " must be of lengths ≥ 1, was " + shape);
        }
        shape = List.copyOf(shape);
        support.free(width(support, shape));
    }

    /** Any real number, or an array of them. */
    public static Parameter real(String name, long... shape) {
        return of(name, new Support.Real(), shape);
    }

    /** A positive number, or an array of them. */
    public static Parameter positive(String name, long... shape) {
        return of(name, new Support.Positive(), shape);
    }

    /** A number between two bounds, or an array of them. */
    public static Parameter interval(String name, double low, double high, long... shape) {
        return of(name, new Support.Interval(low, high), shape);
    }

    /** Positive numbers that sum to one, along the last axis of the shape. */
    public static Parameter simplex(String name, long... shape) {
        return of(name, new Support.Simplex(), shape);
    }

    /** Numbers in ascending order, along the last axis of the shape. */
    public static Parameter ordered(String name, long... shape) {
        return of(name, new Support.Ordered(), shape);
    }

    /** The Cholesky factor of a covariance matrix, {@code [n, n]}. */
    public static Parameter choleskyCovariance(String name, long n) {
        return of(name, new Support.CholeskyCovariance(), n, n);
    }

    /** The Cholesky factor of a correlation matrix, {@code [n, n]}. */
    public static Parameter choleskyCorrelation(String name, long n) {
        return of(name, new Support.CholeskyCorrelation(), n, n);
    }

    private static Parameter of(String name, Support support, long... shape) {
        return new Parameter(
                name,
                support,
                shape.length == 0 ? List.of(1L) : Arrays.stream(shape).boxed().toList());
    }

    /** The number of coordinates without bounds that determine a value. */
    public int free() {
        int width = width(support, shape);
        return size() / width * support.free(width);
    }

    /** The number of elements of a value. */
    int size() {
        return Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
    }

    /** How many elements of a value the support binds together: a matrix, or the last axis. */
    private static int width(Support support, List<Long> shape) {
        boolean matrix =
                support instanceof Support.CholeskyCovariance || support instanceof Support.CholeskyCorrelation;
        int axes = Math.min(shape.size(), matrix ? 2 : 1);
        return Math.toIntExact(
                shape.subList(shape.size() - axes, shape.size()).stream().reduce(1L, (a, b) -> a * b));
    }

    /** Values {@code [K, …shape]} from coordinates {@code [K, free]}. */
    Tensor constrain(Tensor u) {
        return support.constrain(rows(u))
                .reshape(Shapes.prepend(
                        u.size(0), shape.stream().mapToLong(Long::longValue).toArray()));
    }

    /** log |det ∂x/∂u|, {@code [K]}, from coordinates {@code [K, free]}. */
    Tensor logDeterminant(Tensor u) {
        return support.logDeterminant(rows(u)).sum(-1);
    }

    /**
     * The coordinates {@code [free]} of a value.
     *
     * @throws IllegalArgumentException if it has another size or is not in the support
     */
    double[] unconstrain(double[] value) {
        if (value.length != size()) {
            throw new IllegalArgumentException(
                    "start of " + name + " must have " + size() + " values, has " + value.length);
        }
        int width = width(support, shape);
        Tensor x = Tensor.of(value, value.length / width, width);
        Tensor u = support.unconstrain(x);
        Tensor again = support.constrain(u).sub(x).abs();
        double allowed = 1e-9 * Arrays.stream(value).map(Math::abs).max().orElse(0) + 1e-12;
        if (!u.isFinite()
                || !again.isFinite()
                || Arrays.stream(again.toDoubles()).anyMatch(d -> d > allowed)) {
            throw new IllegalArgumentException(
                    "start of " + name + " must be in its support, " + support + "; was " + Arrays.toString(value));
        }
        return u.toDoubles();
    }

    /** {@code [K, free]} as {@code [K, rows, coordinates of a row]}. */
    private Tensor rows(Tensor u) {
        int rows = size() / width(support, shape);
        return u.reshape(u.size(0), rows, u.size(-1) / rows);
    }
}
