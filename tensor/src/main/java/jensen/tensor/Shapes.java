package jensen.tensor;

import java.util.Arrays;

/** Arithmetic on shapes: the lengths of a tensor's axes, outermost first. */
public final class Shapes {
    private Shapes() {}

    /** The number of elements of a tensor of the shape. */
    public static long count(long... shape) {
        long count = 1;
        for (long n : shape) {
            count = Math.multiplyExact(count, n);
        }
        return count;
    }

    /** The shape with further axes inside. */
    public static long[] append(long[] shape, long... inner) {
        long[] all = Arrays.copyOf(shape, shape.length + inner.length);
        System.arraycopy(inner, 0, all, shape.length, inner.length);
        return all;
    }

    /** The shape with one further axis outside. */
    public static long[] prepend(long outer, long... shape) {
        long[] all = new long[shape.length + 1];
        all[0] = outer;
        System.arraycopy(shape, 0, all, 1, shape.length);
        return all;
    }

    /** The shape without its innermost axis. */
    public static long[] batch(long... shape) {
        return Arrays.copyOf(shape, shape.length - 1);
    }

    /** The largest divisor of a length that is at most {@code limit}. */
    static long divisor(long length, long limit) {
        long divisor = Math.max(1, Math.min(length, limit));
        while (length % divisor != 0) {
            divisor--;
        }
        return divisor;
    }
}
