package jensen.report;

import java.util.Locale;

/** Numbers as people read them: a true minus sign, no more digits than mean something. */
final class Numbers {
    private Numbers() {}

    /** Returns a value with this many decimals. */
    static String fixed(double value, int decimals) {
        return sign(String.format(Locale.ROOT, "%." + decimals + "f", value));
    }

    /** Returns a value as a mantissa and a power of ten, for what would be long otherwise. */
    static String scientific(double value) {
        return sign(String.format(Locale.ROOT, "%.2e", value));
    }

    /** Returns a value without a stated error: whole numbers as they are, others to about four digits. */
    static String plain(double value) {
        if (!Double.isFinite(value)) {
            return special(value);
        }
        double size = Math.abs(value);
        if (size >= 1e9 || (size > 0 && size < 1e-4)) {
            return scientific(value);
        }
        return fixed(value, value == Math.rint(value) ? 0 : Math.max(2, 3 - exponent(size)));
    }

    /** Returns a value and its standard error, both to the error's second significant digit, as in −98.43 ± 0.12. */
    static String withError(double value, double standardError) {
        if (!Double.isFinite(value) || !Double.isFinite(standardError) || standardError <= 0) {
            return plain(value) + " ± " + plain(standardError);
        }
        int decimals = Math.min(9, Math.max(0, 1 - exponent(standardError)));
        return fixed(value, decimals) + " ± " + fixed(standardError, decimals);
    }

    private static int exponent(double size) {
        return (int) Math.floor(Math.log10(size));
    }

    private static String special(double value) {
        if (Double.isNaN(value)) {
            return "not a number";
        }
        return value > 0 ? "∞" : "−∞";
    }

    private static String sign(String number) {
        // "-0.00" is zero to every digit shown.
        boolean zero = number.chars().noneMatch(c -> c >= '1' && c <= '9');
        return zero ? number.replace("-", "") : number.replace('-', '−');
    }
}
