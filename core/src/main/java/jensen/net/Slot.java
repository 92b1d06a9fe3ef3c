package jensen.net;

import java.util.List;

/**
 * A place for one parameter of an architecture.
 *
 * @param name path of the parameter, unique in its architecture, such as {@code net.0.weight}
 * @param shape its axes
 * @param fanIn the number of inputs that each unit sums over; 0 for what is not a weight (a bias)
 * @param fanOut the number of units that each input feeds; 0 for what is not a weight
 * @param start the value to start from where {@code fanIn} is 0
 * @param byColumns whether a matrix lies in memory column by column
 */
public record Slot(String name, List<Long> shape, long fanIn, long fanOut, double start, boolean byColumns) {
    /** A weight, which an {@link Initialiser} fills. */
    public static Slot weight(String name, List<Long> shape, long fanIn, long fanOut) {
        return new Slot(name, shape, fanIn, fanOut, 0, false);
    }

    /**
     * The weight {@code [out, in]} of an affine layer. One of more inputs than units lies in memory by columns, so that the
     * weights of an input are together: a layer that sees data with many zeros skips those of the zeros.
     */
    public static Slot affine(String name, long in, long out) {
        return new Slot(name, List.of(out, in), in, out, 0, in > out);
    }

    /** A parameter that starts at a constant. */
    public static Slot constant(String name, double start, long... shape) {
        return new Slot(name, java.util.Arrays.stream(shape).boxed().toList(), 0, 0, start, false);
    }

    /** The same slot with its name under a path. */
    public Slot under(String path) {
        return new Slot(path + "." + name, shape, fanIn, fanOut, start, byColumns);
    }

    /** All of them under a path. */
    public static List<Slot> under(String path, List<Slot> slots) {
        return slots.stream().map(s -> s.under(path)).toList();
    }

    long[] axes() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}
