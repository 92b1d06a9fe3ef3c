package jensen.data;

/** What the values of a data set can be. */
public enum Values {
    /** 0 or 1. */
    BINARY,
    /** Whole numbers from 0 to 255: 8-bit pixels. */
    GREY,
    /** Numbers from 0 to 1. */
    UNIT,
    /** Whole numbers from 0 on, as classes are numbered; no file is taken to hold them unless that is asked for. */
    WHOLE,
    /** Any finite number. */
    REAL;

    /** The largest whole number of which 32-bit floats have all below it. */
    private static final float MOST = 1 << 24;

    /** Whether there is a scale from black to white that all of these values are on. */
    public boolean bounded() {
        return this == BINARY || this == GREY || this == UNIT;
    }

    /** Whether {@code value} is one of these. */
    public boolean contain(float value) {
        return switch (this) {
            case BINARY -> value == 0 || value == 1;
            case GREY -> value >= 0 && value <= 255 && value == (int) value;
            case UNIT -> value >= 0 && value <= 1;
            case WHOLE -> value >= 0 && value <= MOST && value == (int) value;
            case REAL -> Float.isFinite(value);
        };
    }

    /** These values in words, as in an error message. */
    public String inWords() {
        return switch (this) {
            case BINARY -> "0 or 1";
            case GREY -> "a whole number from 0 to 255";
            case UNIT -> "a number from 0 to 1";
            case WHOLE -> "a whole number from 0 on";
            case REAL -> "a finite number";
        };
    }
}
