package jensen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Comparison of numbers: relative where they are above one in size, absolute below. */
public final class Close {
    private Close() {}

    /** Whether |actual − expected| ≤ tolerance · max(1, |expected|). */
    public static void assertClose(String what, double actual, double expected, double tolerance) {
        if (actual != expected) {
            assertThat(actual).as(what).isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
        }
    }

    /** The same, element by element. */
    public static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertClose(what + " [" + i + "]", actual[i], expected[i], tolerance);
        }
    }
}
