package jensen.report;

import java.util.stream.DoubleStream;

/** The range of an axis, low below high. */
record Span(double low, double high) {

    /** Returns the range of the finite values, or 0 to 1 where there is none; a constant gets room on both sides. */
    static Span of(DoubleStream values) {
        double[] finite = values.filter(Double::isFinite).toArray();
        double low = DoubleStream.of(finite).min().orElse(0);
        double high = DoubleStream.of(finite).max().orElse(1);
        double size = Math.max(Math.abs(low), Math.abs(high));
        // Differences in the last digits of a double are rounding, not a shape worth a whole axis.
        if (high - low <= 1e-9 * size || high == low) {
            double room = size == 0 ? 1 : 0.05 * size;
            return new Span(low - room, high + room);
        }
        return new Span(low, high);
    }

    /** Returns the range with this fraction of it added at both ends. */
    Span padded(double fraction) {
        double room = fraction * (high - low);
        return new Span(low - room, high + room);
    }

    /** Returns the range of this size around the same middle. */
    Span resized(double size) {
        double middle = low + (high - low) / 2;
        return new Span(middle - size / 2, middle + size / 2);
    }

    double size() {
        return high - low;
    }
}
