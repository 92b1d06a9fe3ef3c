package jensen.data;

/** What the values of a data set can be. */
public enum Values {
    /** 0 or 1. */
    BINARY,
    /** Whole numbers from 0 to 255: 8-bit pixels. */
    GREY,
    /** Numbers from 0 to 1. */
    UNIT,
    /** Any finite number. */
    REAL;

    /** Whether {@code value} is one of these. */
    public boolean contain(float value) {
        return switch (this) {
            case BINARY -> value == 0 || value == 1;
            case GREY -> value >= 0 && value <= 255 && value == (int) value;
            case UNIT -> value >= 0 && value <= 1;
            case REAL -> Float.isFinite(value);
        };
    }

    /** These values in words, as in an error message. */
    public String inWords() {
        return switch (this) {
            case BINARY -> "0 or 1";
            case GREY -> "a whole number from 0 to 255";
            case UNIT -> "a number from 0 to 1";
            case REAL -> "a finite number";
        };
    }
}
