package jensen.report;

import jensen.data.Encoding;
import jensen.data.Values;

/**
 * The values that are shown as black and as full brightness.
 *
 * @param black shown as 0
 * @param white shown as 1
 */
record Brightness(double black, double white) {
    /**
     * For what an encoder sees and a decoder gives, in the units of {@link jensen.evaluate.Evaluator#seen}: the range that
     * the values can have or, where that is without end, the range that they do have.
     *
     * @param stored what the stored values can be
     * @param shown the values, or those of them that are data
     */
    static Brightness of(Encoding encoding, Values stored, float[] shown) {
        Values units = encoding instanceof Encoding.Standardised ? stored : encoding.encoded(stored);
        return switch (units) {
            case BINARY, UNIT -> new Brightness(0, 1);
            case GREY -> new Brightness(0, 255);
            case WHOLE, REAL -> range(shown);
        };
    }

    private static Brightness range(float[] shown) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float value : shown) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new Brightness(low, high > low ? high : low + 1);
    }

    /** The brightness of values. */
    float[] of(float[] values) {
        float[] brightness = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            brightness[i] = (float) ((values[i] - black) / (white - black));
        }
        return brightness;
    }
}
