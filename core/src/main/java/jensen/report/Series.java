package jensen.report;

import java.util.List;

/**
 * A named curve.
 *
 * @param name what the legend calls it
 * @param x where each value stands, finite, rising
 * @param y the values; one that is not finite leaves a gap
 */
public record Series(String name, List<Double> x, List<Double> y) {

    /** Throws IllegalArgumentException when there is no value, the lists differ in length, or x is not finite and rising. */
    public Series {
        x = List.copyOf(x);
        y = List.copyOf(y);
        if (x.isEmpty() || x.size() != y.size()) {
            throw new IllegalArgumentException("series " + name
                    + ": expected one or more values, as many x as y, found " + x.size() + " x and " + y.size() + " y");
        }
        for (int i = 0; i < x.size(); i++) {
            if (!Double.isFinite(x.get(i)) || (i > 0 && x.get(i) <= x.get(i - 1))) {
                throw new IllegalArgumentException(
                        "series " + name + ": expected finite, rising x, found " + x.get(i) + " at index " + i);
            }
        }
    }

    long missing() {
        return y.stream().filter(value -> !Double.isFinite(value)).count();
    }
}
