package jensen.data;

import java.util.OptionalInt;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/**
 * A fixed number of data of one shape, readable in any order and from any number of threads; its content never changes.
 *
 * <p>The values of a datum are in the order of its {@link Shape}: channel by channel, each row of pixels after the
 * other.
 */
public interface Dataset {
    /** What the data set is called in messages and reports. */
    String name();

    /** The number of data, at least 1. */
    int size();

    /** The shape of a datum. */
    Shape shape();

    /** What the stored values can be. */
    Values values();

    /**
     * Writes the {@code shape().size()} values of a datum, as stored (8-bit pixels: 0 … 255), from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if there is no such row, or {@code to} is too short
     */
    void copyRow(int row, float[] to, int offset);

    /**
     * The class of a datum, where the data set knows it.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    OptionalInt label(int row);

    /**
     * The number that a row of this view has in the data set that was opened, from 0 on: what a user can look it up by.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    default int origin(int row) {
        return java.util.Objects.checkIndex(row, size());
    }

    /**
     * The SHA-256 of the content, in hexadecimal: shape, kind of values, the values themselves and the labels, so that
     * the same data have the same hash in whichever file format they are kept; worked out when first asked for.
     */
    String sha256();

    /**
     * Rows {@code from} to {@code to}, exclusive, as a data set that reads from this one.
     *
     * @throws IllegalArgumentException if the range is empty or not within this data set
     */
    default Dataset rows(int from, int to) {
        if (from < 0 || to > size() || from >= to) {
            throw new IllegalArgumentException(
                    "rows: expected 0 ≤ from < to ≤ %d, found %d and %d".formatted(size(), from, to));
        }
        if (from == 0 && to == size()) {
            return this;
        }
        return new Rows(
                name(),
                to - from,
                shape(),
                values(),
                (row, out, at) -> copyRow(from + row, out, at),
                Rows.labels(this, to - from, row -> from + row),
                row -> origin(from + row));
    }

    /**
     * The rows that {@code rows} numbers, in its order, as a data set that reads from this one.
     *
     * @throws IllegalArgumentException if there are none, or one is not within this data set
     */
    default Dataset select(int[] rows) {
        int[] chosen = rows.clone();
        if (chosen.length == 0) {
            throw new IllegalArgumentException("rows: expected at least one row number, found none");
        }
        for (int row : chosen) {
            if (row < 0 || row >= size()) {
                throw new IllegalArgumentException(
                        "rows: expected row numbers from 0 to %d, found %d".formatted(size() - 1, row));
            }
        }
        return new Rows(
                name(),
                chosen.length,
                shape(),
                values(),
                (row, out, at) -> copyRow(chosen[row], out, at),
                Rows.labels(this, chosen.length, row -> chosen[row]),
                row -> origin(chosen[row]));
    }

    /**
     * This data set with the given class for each datum.
     *
     * @throws IllegalArgumentException if there are not as many labels as data
     */
    default Dataset labelled(int[] labels) {
        if (labels.length != size()) {
            throw new IllegalArgumentException(
                    "labels: expected one for each of the %d data, found %d".formatted(size(), labels.length));
        }
        return new Rows(name(), size(), shape(), values(), this::copyRow, labels.clone(), this::origin);
    }

    /**
     * The numbers of {@code n} rows spread evenly over the data set, or of all where there are no more: the order of a data
     * set may mean something (the first half of MNIST's test set is easier).
     */
    default int[] spread(int n) {
        int some = Math.min(n, size());
        return IntStream.range(0, some)
                .map(i -> (int) ((long) i * size() / some))
                .toArray();
    }

    /**
     * This data set with its values taken as those of another kind, which they have to be: the kind that a file's own values
     * suggest may be narrower than what it stands for, as in pixels that are all black.
     *
     * @throws DataException if a value is not, naming the first
     */
    default Dataset as(Values kind) {
        if (kind == values()) {
            return this;
        }
        check(value -> kind.contain((float) value), kind.inWords());
        return new Rows(name(), size(), shape(), kind, this::copyRow, Rows.labels(this, size(), r -> r), this::origin);
    }

    /**
     * Looks at all values.
     *
     * @param allowed whether a value, which is one of 32 bits, may be there
     * @param expected what such values are, in words
     * @throws DataException if one may not, naming the first
     */
    default void check(DoublePredicate allowed, String expected) {
        float[] row = new float[shape().size()];
        for (int r = 0; r < size(); r++) {
            copyRow(r, row, 0);
            for (int i = 0; i < row.length; i++) {
                if (!allowed.test(row[i])) {
                    throw DataException.inCell(name(), r + 1L, i + 1L, expected, Float.toString(row[i]));
                }
            }
        }
    }

    /** This data set under another name. */
    default Dataset named(String name) {
        return new Rows(
                name, size(), shape(), values(), this::copyRow, Rows.labels(this, size(), row -> row), this::origin);
    }

    /**
     * Data of 8-bit pixels kept in memory, row after row, each byte read as 0 … 255; the array is not copied and must not
     * change afterwards.
     *
     * @throws IllegalArgumentException if the array does not hold one or more whole rows
     */
    static Dataset grey(String name, Shape shape, byte[] pixels) {
        int n = shape.size();
        return new Rows(
                name,
                Rows.count(pixels.length, shape),
                shape,
                Values.GREY,
                (row, to, offset) -> {
                    for (int i = 0, at = row * n; i < n; i++) {
                        to[offset + i] = pixels[at + i] & 0xFF;
                    }
                },
                null);
    }

    /**
     * Data kept in memory, row after row; the array is not copied and must not change afterwards.
     *
     * @throws IllegalArgumentException if the array does not hold one or more whole rows, or holds something other than
     *     {@code values}
     */
    static Dataset of(String name, Shape shape, Values values, float[] data) {
        int n = shape.size();
        int size = Rows.count(data.length, shape);
        for (int i = 0; i < data.length; i++) {
            if (!values.contain(data[i])) {
                throw new IllegalArgumentException("data: expected %s in row %d, column %d, found %s"
                        .formatted(values.inWords(), i / n + 1, i % n + 1, data[i]));
            }
        }
        return new Rows(
                name, size, shape, values, (row, to, offset) -> System.arraycopy(data, row * n, to, offset, n), null);
    }
}
