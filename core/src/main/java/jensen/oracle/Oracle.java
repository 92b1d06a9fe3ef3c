package jensen.oracle;

import java.util.Locale;

/**
 * A fact that is known from elsewhere, and what the library makes of it.
 *
 * @param name of what is compared
 * @param expected the fact
 * @param found what the library finds
 * @param holds whether they agree as closely as they should
 */
public record Oracle(String name, String expected, String found, boolean holds) {
    /** Two numbers that must agree to a tolerance. */
    static Oracle close(String name, double expected, double found, double tolerance) {
        return new Oracle(name, number(expected), number(found), Math.abs(found - expected) <= tolerance);
    }

    /** Two values that must be the same. */
    static Oracle same(String name, String expected, String found) {
        return new Oracle(name, expected, found, found.equals(expected));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 1e4 ? "%.10f" : "%.6e", value);
    }
}
