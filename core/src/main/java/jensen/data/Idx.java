package jensen.data;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads IDX files, the format of MNIST (LeCun, Cortes and Burges), plain or gzipped; a plain file is read in place.
 *
 * <p>The first axis numbers the data. With four axes, the one of channels is the second or, if only that is 1 or 3 long,
 * the last.
 */
public final class Idx {
    private Idx() {}

    /**
     * The data of a file, with labels where the file {@code …images-idx3…} has a companion {@code …labels-idx1…}.
     *
     * @throws DataException if a file cannot be read as IDX
     */
    public static Dataset open(Path file) {
        String name = String.valueOf(file.getFileName());
        Path labels =
                file.resolveSibling(name.replace("images-idx3", "labels-idx1").replace("images.idx3", "labels.idx1"));
        return labels.equals(file) || !Files.exists(labels) ? data(Input.open(file), name) : open(file, labels);
    }

    /**
     * The data of one file with the labels of another.
     *
     * @throws DataException if a file cannot be read as IDX, or there are not as many labels as data
     */
    public static Dataset open(Path file, Path labels) {
        return labelled(data(Input.open(file), String.valueOf(file.getFileName())), Input.open(labels));
    }

    /**
     * The data of one stream with the labels of another; both are read to their end and closed.
     *
     * @throws DataException if a stream cannot be read as IDX, or there are not as many labels as data
     */
    public static Dataset read(String name, InputStream data, InputStream labels) {
        return labelled(data(Input.of(name, data), name), Input.of(name + " labels", labels));
    }

    private static Dataset data(Input file, String name) {
        try (file) {
            StoredArray array = header(file);
            return array.data(name, array.values(file));
        }
    }

    private static Dataset labelled(Dataset data, Input file) {
        try (file) {
            StoredArray array = header(file);
            if (array.size() != data.size()) {
                throw DataException.in(file.file(), data.size() + " labels", Integer.toString(array.size()));
            }
            return data.labelled(array.labels(array.values(file)));
        }
    }

    private static StoredArray header(Input file) {
        byte[] magic = file.take(4, "an IDX header");
        Element element = magic[0] == 0 && magic[1] == 0 ? element(magic[2]) : null;
        if (element == null || magic[3] < 1) {
            throw DataException.in(
                    file.file(),
                    "an IDX file: bytes 00 00, a type from 08 to 0e, a number of axes",
                    "%02x %02x %02x %02x".formatted(magic[0], magic[1], magic[2], magic[3]));
        }
        ByteBuffer sizes = ByteBuffer.wrap(file.take(4 * magic[3], "an IDX header"));
        long[] dims = new long[magic[3]];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = sizes.getInt() & 0xFFFFFFFFL;
        }
        return new StoredArray(file.file(), element, ByteOrder.BIG_ENDIAN, dims, false);
    }

    private static @Nullable Element element(byte type) {
        return switch (type) {
            case 0x08 -> Element.UINT8;
            case 0x09 -> Element.INT8;
            case 0x0B -> Element.INT16;
            case 0x0C -> Element.INT32;
            case 0x0D -> Element.FLOAT32;
            case 0x0E -> Element.FLOAT64;
            default -> null;
        };
    }
}
