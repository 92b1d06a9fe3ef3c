package jensen.data;

/**
 * The shape of one datum: channels × height × width, in that order in memory; a vector of n values is 1 × 1 × n.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 * @param height rows of pixels
 * @param width columns of pixels, or the number of values of a vector
 */
public record Shape(int channels, int height, int width) {
    private static final int SMALLEST_PICTURE = 8;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is below 1, or their product is too large for one array
     */
    public Shape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "shape: expected sizes of at least 1, found %d × %d × %d".formatted(channels, height, width));
        }
        if ((double) channels * height * width > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("shape: expected fewer than 2³¹ values in a datum, found %d × %d × %d"
                    .formatted(channels, height, width));
        }
    }

    /** The shape of a vector of {@code n} values. */
    public static Shape vector(int n) {
        return new Shape(1, 1, n);
    }

    /**
     * The shape of {@code n} values that come without one: pixels whose number is a square, of 8 × 8 or more, are a
     * square picture; anything else is a vector.
     */
    static Shape guess(int n, Values values) {
        int side = (int) Math.round(Math.sqrt(n));
        boolean square = side * side == n && side >= SMALLEST_PICTURE && values != Values.REAL;
        return square ? new Shape(1, side, side) : vector(n);
    }

    /** The number of values in a datum. */
    public int size() {
        return channels * height * width;
    }

    /** Whether a datum can be shown as a picture: more than one row of pixels, in grey or in colour. */
    public boolean isImage() {
        return height > 1 && width > 1 && (channels == 1 || channels == 3);
    }

    @Override
    public String toString() {
        return height == 1 && channels == 1 ? Integer.toString(width) : channels + "×" + height + "×" + width;
    }
}
