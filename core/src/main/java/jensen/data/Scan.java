package jensen.data;

/** What the values of a data set are, found out while reading them. */
final class Scan {
    private final Object file;
    private float least = Float.POSITIVE_INFINITY;
    private float most = Float.NEGATIVE_INFINITY;
    private boolean whole = true;

    Scan(Object file) {
        this.file = file;
    }

    /** Takes a row into account; {@code number} is counted from 1. */
    void row(long number, float[] row) {
        for (int i = 0; i < row.length; i++) {
            float value = row[i];
            if (!Float.isFinite(value)) {
                throw DataException.inCell(
                        file, number, i + 1L, "a finite number (in 32-bit precision)", Float.toString(value));
            }
            least = Math.min(least, value);
            most = Math.max(most, value);
            whole &= value == (float) Math.rint(value);
        }
    }

    boolean isBinary() {
        return whole && least >= 0 && most <= 1;
    }

    /** The narrowest kind; whole numbers count as 8-bit pixels if they start no lower than 0 and end at 255. */
    Values values() {
        if (isBinary()) {
            return Values.BINARY;
        }
        if (least >= 0 && most <= 1) {
            return Values.UNIT;
        }
        return whole && least >= 0 && most == 255 ? Values.GREY : Values.REAL;
    }
}
