package jensen.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes NumPy's .npy files (NEP 1): truth values, integers and floats of either byte order, in C or Fortran
 * order; a file is read in place.
 *
 * <p>The first axis numbers the data. With four axes, the one of channels is the second or, if only that is 1 or 3 long,
 * the last.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([a-zA-Z])(\\d{1,3})'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");
    private static final Pattern SIZES = Pattern.compile("(?:\\s*\\d{1,18}\\s*,)*+(\\s*\\d{1,18}\\s*)?");

    private Npy() {}

    /**
     * The data of a file.
     *
     * @throws DataException if the file cannot be read as an array of finite numbers
     */
    public static Dataset open(Path file) {
        try (Input in = Input.open(file)) {
            return data(in, String.valueOf(file.getFileName()));
        }
    }

    /**
     * Writes an array of 32-bit floats in C order.
     *
     * @throws IllegalArgumentException if {@code shape} is not that of {@code values}
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, float[] values, long... shape) {
        write(file, "<f4", Float.BYTES, values.length, shape, (buffer, i) -> buffer.putFloat(values[i]));
    }

    /**
     * Writes an array of 64-bit floats in C order.
     *
     * @throws IllegalArgumentException if {@code shape} is not that of {@code values}
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, double[] values, long... shape) {
        write(file, "<f8", Double.BYTES, values.length, shape, (buffer, i) -> buffer.putDouble(values[i]));
    }

    private static void write(
            Path file, String descr, int size, int count, long[] shape, ObjIntConsumer<ByteBuffer> put) {
        check(count, shape);
        AtomicFile.write(file, out -> {
            out.write(header(descr, shape));
            byte[] bytes = new byte[size];
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                put.accept(buffer.clear(), i);
                out.write(bytes);
            }
        });
    }

    /** The data of an array that begins here. */
    static Dataset data(Input in, String name) {
        StoredArray array = header(in);
        return array.data(name, array.values(in));
    }

    /** Reads an array's header. */
    static StoredArray header(Input in) {
        byte[] start = in.take(8, "a .npy header");
        int version = start[6];
        if (!Arrays.equals(start, 0, 6, MAGIC, 0, 6) || version < 1 || version > 3) {
            throw DataException.in(
                    in.file(),
                    "a .npy file, version 1 to 3",
                    "one that begins " + DataException.quoted(new String(start, StandardCharsets.ISO_8859_1)));
        }
        ByteBuffer size =
                ByteBuffer.wrap(in.take(version == 1 ? 2 : 4, "a .npy header")).order(ByteOrder.LITTLE_ENDIAN);
        int length = version == 1 ? size.getShort() & 0xFFFF : size.getInt();
        if (length < 0 || length > LONGEST_HEADER) {
            throw DataException.in(in.file(), "a .npy header of at most 65536 bytes", Integer.toUnsignedString(length));
        }
        return array(in, new String(in.take(length, "a .npy header"), StandardCharsets.UTF_8));
    }

    private static StoredArray array(Input in, String header) {
        Matcher descr = find(in, DESCR, header, "the type of plain numbers");
        Element element = element(descr.group(2) + descr.group(3));
        if (element == null) {
            throw DataException.in(
                    in.file(), "numbers of type b1, i1 … i8, u1 … u8, f4 or f8", DataException.quoted(descr.group()));
        }
        ByteOrder order = switch (descr.group(1)) {
            case ">" -> ByteOrder.BIG_ENDIAN;
            case "=" -> ByteOrder.nativeOrder();
            default -> ByteOrder.LITTLE_ENDIAN;
        };
        boolean fortran =
                find(in, FORTRAN, header, "the order of axes").group(1).equals("True");
        String sizes = find(in, SHAPE, header, "the sizes of axes").group(1);
        if (!SIZES.matcher(sizes).matches()) {
            throw DataException.in(in.file(), "sizes of axes", DataException.quoted(sizes));
        }
        long[] dims = Arrays.stream(sizes.split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        return new StoredArray(in.file(), element, order, dims, fortran);
    }

    private static Matcher find(Input in, Pattern part, String header, String what) {
        Matcher matcher = part.matcher(header);
        if (!matcher.find()) {
            throw DataException.in(in.file(), "a .npy header with " + what, DataException.quoted(header));
        }
        return matcher;
    }

    private static @Nullable Element element(String type) {
        return switch (type) {
            case "b1" -> Element.BOOL;
            case "u1" -> Element.UINT8;
            case "i1" -> Element.INT8;
            case "u2" -> Element.UINT16;
            case "i2" -> Element.INT16;
            case "u4" -> Element.UINT32;
            case "i4" -> Element.INT32;
            case "u8" -> Element.UINT64;
            case "i8" -> Element.INT64;
            case "f4" -> Element.FLOAT32;
            case "f8" -> Element.FLOAT64;
            default -> null;
        };
    }

    private static void check(int length, long[] shape) {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        if (count != length) {
            throw new IllegalArgumentException("shape: expected the sizes of an array of %d values, found %s"
                    .formatted(length, Arrays.toString(shape)));
        }
    }

    private static byte[] header(String descr, long[] shape) {
        String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        sizes += shape.length == 1 ? "," : "";
        String text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(descr, sizes);
        int before = MAGIC.length + 2 + Short.BYTES;
        int length = (before + text.length() + 64) / 64 * 64 - before; // values start at a multiple of 64
        byte[] header = new byte[before + length];
        Arrays.fill(header, (byte) ' ');
        header[header.length - 1] = '\n';
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) length)
                .put(text.getBytes(StandardCharsets.US_ASCII));
        return header;
    }
}
