package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
    @TempDir
    Path folder;

    static byte[] idx(int type, int[] dims, byte[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dims.length + values.length);
        bytes.put(new byte[] {0, 0, (byte) type, (byte) dims.length});
        for (int dim : dims) {
            bytes.putInt(dim);
        }
        bytes.put(values);
        return bytes.array();
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static final byte[] IMAGES = idx(8, new int[] {3, 1, 2}, new byte[] {1, 2, 3, 4, (byte) 250, 6});
    private static final byte[] LABELS = idx(8, new int[] {3}, new byte[] {5, 0, 9});

    @Test
    void readsImagesWithTheirLabels() throws IOException {
        Path plain = file("train-images-idx3-ubyte", IMAGES);
        file("train-labels-idx1-ubyte", LABELS);
        Path gzipped = file("t10k-images-idx3-ubyte.gz", gzip(IMAGES));
        file("t10k-labels-idx1-ubyte.gz", gzip(LABELS));
        for (Path path : new Path[] {plain, gzipped}) {
            Dataset data = Datasets.open(path);
            assertThat(data.size()).isEqualTo(3);
            assertThat(data.shape()).isEqualTo(new Shape(1, 1, 2));
            assertThat(data.values()).isEqualTo(Values.GREY);
            float[] row = new float[3];
            data.copyRow(2, row, 1);
            assertThat(row).containsExactly(0, 250, 6);
            assertThat(data.label(2)).hasValue(9);
        }
        assertThat(Datasets.open(file("by-content", IMAGES)).label(0)).isEmpty();
        assertThat(Datasets.open(gzipped).sha256())
                .isEqualTo(Datasets.open(plain).sha256());
    }

    @Test
    void readsBigEndianNumbers() throws IOException {
        byte[] shorts = {0, 1, (byte) 0xFF, (byte) 0xFE};
        Dataset data = Datasets.open(file("a.idx", idx(0x0B, new int[] {2, 1}, shorts)));
        float[] row = new float[1];
        data.copyRow(1, row, 0);
        assertThat(row).containsExactly(-2);
        byte[] doubles = ByteBuffer.allocate(16).putDouble(0.5).putDouble(-3).array();
        Dataset reals = Datasets.open(file("b.idx", idx(0x0E, new int[] {1, 2}, doubles)));
        float[] pair = new float[2];
        reals.copyRow(0, pair, 0);
        assertThat(pair).containsExactly(0.5f, -3);
        assertThat(reals.values()).isEqualTo(Values.REAL);
        byte[] bits = {1, 0, 0, 1};
        assertThat(Datasets.open(file("c.idx", idx(8, new int[] {2, 2}, bits))).values())
                .isEqualTo(Values.BINARY);
    }

    /** A file of 3.5 GB, almost all of it a hole that takes no room on disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void readsFilesBeyondTheReachOfOneBuffer() throws IOException {
        int rows = 70_000;
        int pixels = 224 * 224;
        Path large = folder.resolve("large.idx");
        try (RandomAccessFile out = new RandomAccessFile(large.toFile(), "rw")) {
            out.write(idx(8, new int[] {rows, 224, 224}, new byte[] {9}));
            out.setLength(16 + (long) rows * pixels);
            out.seek(16 + (1L << 30) - 1);
            out.write(new byte[] {11, 12});
            out.seek(15 + (long) rows * pixels);
            out.write(77);
        }
        Dataset data = Datasets.open(large);
        float[] row = new float[pixels];
        data.copyRow(rows - 1, row, 0);
        assertThat(row[pixels - 1]).isEqualTo(77);
        int crossing = (1 << 30) / pixels;
        int at = (1 << 30) - crossing * pixels;
        data.copyRow(crossing, row, 0);
        assertThat(Arrays.copyOfRange(row, at - 2, at + 2)).containsExactly(0, 11, 12, 0);
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        Refused.open(folder.resolve("missing.idx"), "nothing of that name");
        Refused.open(file("empty.idx", new byte[0]), "an empty file");
        Refused.open(file("magic.idx", new byte[] {0, 1, 8, 3, 0, 0}), "an IDX file", "00 01 08 03");
        Refused.open(file("type.idx", new byte[] {0, 0, 7, 1, 0, 0, 0, 1, 1}), "00 00 07 01");
        Refused.open(file("axes.idx", new byte[] {0, 0, 8, 0}), "00 00 08 00");
        Refused.open(file("five.idx", idx(8, new int[] {1, 1, 1, 1, 1}, new byte[1])), "1 to 4 axes", "5 axes");
        Refused.open(file("head.idx", Arrays.copyOf(IMAGES, 9)), "12 bytes of an IDX header", "after 5");
        Refused.open(file("cut.idx", Arrays.copyOf(IMAGES, IMAGES.length - 2)), "6 bytes of values", "found 4 bytes");
        Refused.open(file("more.idx", Arrays.copyOf(IMAGES, IMAGES.length + 1)), "6 bytes of values", "found 7 bytes");
        Refused.open(file("none.idx", idx(8, new int[] {0, 2}, new byte[0])), "sizes [0, 2]");
        Refused.open(file("absurd.idx", idx(8, new int[] {-1, -1}, new byte[4])), "4294967295");
        Refused.open(
                file("nan.idx", idx(0x0D, new int[] {1, 1}, new byte[] {0x7F, -1, 0, 0})), "row 1, column 1", "NaN");
    }

    @Test
    void refusesDamagedCompression() throws IOException {
        byte[] gzipped = gzip(IMAGES);
        Refused.open(file("cut.idx.gz", Arrays.copyOf(gzipped, gzipped.length - 9)));
        byte[] crc = gzipped.clone();
        crc[crc.length - 6] ^= 1;
        Refused.open(file("crc.idx.gz", crc), "Corrupt GZIP trailer");
        Refused.open(file("short.idx.gz", gzip(Arrays.copyOf(IMAGES, IMAGES.length - 1))), "found 5 bytes");
        Refused.open(file("more.idx.gz", gzip(Arrays.copyOf(IMAGES, IMAGES.length + 1))), "more bytes after them");
        // 1.5 GB claimed by 40 bytes: nothing of the kind is allocated
        Refused.open(file("claim.idx.gz", gzip(idx(8, new int[] {2_000_000, 28, 28}, new byte[5]))));
    }

    @Test
    void refusesLabelsThatDoNotFit() throws IOException {
        Path images = file("train-images-idx3-ubyte", IMAGES);
        Path labels = file("train-labels-idx1-ubyte", idx(8, new int[] {2}, new byte[] {1, 2}));
        assertThat(catchThrowable(() -> Idx.open(images)))
                .isInstanceOf(DataException.class)
                .hasMessage(labels + ": expected 3 labels, found 2");
        file("train-labels-idx1-ubyte", idx(0x09, new int[] {3}, new byte[] {1, -2, 3}));
        assertThat(catchThrowable(() -> Idx.open(images)))
                .hasMessage(labels + ", row 2: expected a label from 0 to 2²⁴, found -2");
    }
}
