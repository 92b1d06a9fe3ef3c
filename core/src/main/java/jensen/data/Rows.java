package jensen.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A data set over anything that can copy a row: arrays, mapped files, chosen rows of another data set. */
final class Rows implements Dataset {
    /** Where the values come from. */
    @FunctionalInterface
    interface Source {
        /** Writes the values of a row from {@code offset} on; the row is known to exist. */
        void copy(int row, float[] to, int offset);
    }

    private final String name;
    private final int size;
    private final Shape shape;
    private final Values values;
    private final Source source;
    private final int @Nullable [] labels;
    private final IntUnaryOperator origin;
    private volatile @Nullable String sha256;

    Rows(String name, int size, Shape shape, Values values, Source source, int @Nullable [] labels) {
        this(name, size, shape, values, source, labels, IntUnaryOperator.identity());
    }

    Rows(
            String name,
            int size,
            Shape shape,
            Values values,
            Source source,
            int @Nullable [] labels,
            IntUnaryOperator origin) {
        this.name = name;
        this.size = size;
        this.shape = shape;
        this.values = values;
        this.source = source;
        this.labels = labels;
        this.origin = origin;
    }

    /** The number of rows of {@code shape} in an array of {@code length} values. */
    static int count(int length, Shape shape) {
        if (length == 0 || length % shape.size() != 0) {
            throw new IllegalArgumentException("data: expected one or more rows of %d values, found %d values in all"
                    .formatted(shape.size(), length));
        }
        return length / shape.size();
    }

    /** The labels of chosen rows of {@code data}, or null where it has none. */
    static int @Nullable [] labels(Dataset data, int size, IntUnaryOperator chosen) {
        if (data.label(0).isEmpty()) {
            return null;
        }
        int[] labels = new int[size];
        for (int row = 0; row < size; row++) {
            labels[row] = data.label(chosen.applyAsInt(row)).orElseThrow();
        }
        return labels;
    }

    @Override
    public int origin(int row) {
        return origin.applyAsInt(Objects.checkIndex(row, size));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public Values values() {
        return values;
    }

    @Override
    public void copyRow(int row, float[] to, int offset) {
        Objects.checkIndex(row, size);
        Objects.checkFromIndexSize(offset, shape.size(), to.length);
        source.copy(row, to, offset);
    }

    @Override
    public OptionalInt label(int row) {
        Objects.checkIndex(row, size);
        return labels == null ? OptionalInt.empty() : OptionalInt.of(labels[row]);
    }

    @Override
    public String sha256() {
        String known = sha256;
        if (known == null) {
            known = hash();
            sha256 = known;
        }
        return known;
    }

    private String hash() {
        MessageDigest digest = digest();
        String head = size + " " + shape + " " + values + (labels == null ? " unlabelled\n" : " labelled\n");
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        boolean bytes = values == Values.BINARY || values == Values.GREY;
        int n = shape.size();
        float[] row = new float[n];
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(n, bytes ? 1 : Float.BYTES) + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int r = 0; r < size; r++) {
            source.copy(r, row, 0);
            buffer.clear();
            for (float value : row) {
                if (bytes) {
                    buffer.put((byte) (int) value);
                } else {
                    buffer.putFloat(value + 0f); // −0 + 0 = 0: equal numbers, equal hashes
                }
            }
            if (labels != null) {
                buffer.putInt(labels[r]);
            }
            digest.update(buffer.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "%s (%d × %s, %s)".formatted(name, size, shape, values);
    }
}
