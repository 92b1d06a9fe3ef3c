package jensen.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** One decoded image, 8 bits a channel: one plane where it is grey, or three. */
final class Picture {
    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int LARGEST_FILE = 1 << 28;
    private static final int CHUNK_FRAME = 12; // length, type and checksum around a PNG chunk's data
    private static final int IEND = 0x49454E44;
    private static final long MOST_PIXELS_A_BYTE = 8L * 1032; // deflate packs at most 1032 to 1, a bit a pixel

    private final int width;
    private final int height;
    private final byte[] planes;

    private Picture(int width, int height, byte[] planes) {
        this.width = width;
        this.height = height;
        this.planes = planes;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    boolean isGrey() {
        return planes.length == width * height;
    }

    /** Writes the pixels plane by plane; a grey picture fills as many planes as are asked for. */
    void copy(int channels, float[] to, int offset) {
        int n = width * height;
        for (int c = 0; c < channels; c++) {
            int from = isGrey() ? 0 : c * n;
            for (int i = 0; i < n; i++) {
                to[offset + c * n + i] = planes[from + i] & 0xFF;
            }
        }
    }

    /** Reads a PNG or JPEG file, all of which must be sound. */
    static Picture read(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw DataException.in(file, "an image of at most 256 MiB", Files.size(file) + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw DataException.in(file, "an image", "an empty file");
            }
            if (bytes.length >= 8 && ByteBuffer.wrap(bytes).getLong() == SIGNATURE) {
                checkChunks(file, bytes);
            }
            return pixels(file, decode(file, bytes));
        } catch (IOException e) {
            throw Input.failure(file, e);
        }
    }

    private static BufferedImage decode(Path file, byte[] bytes) throws IOException {
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw DataException.in(file, "a PNG or JPEG image", "neither");
            }
            ImageReader reader = readers.next();
            try {
                List<String> damage = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> {
                    if (warning.toLowerCase(Locale.ROOT).matches(".*(premature|truncated|corrupt).*")) {
                        damage.add(warning);
                    }
                });
                reader.setInput(in, true, true);
                checkSize(file, reader.getWidth(0), reader.getHeight(0), bytes.length);
                BufferedImage image = reader.read(0);
                if (!damage.isEmpty()) {
                    throw DataException.in(file, "a complete image", damage.get(0));
                }
                return image;
            } catch (DataException e) {
                throw e;
            } catch (RuntimeException e) { // decoders answer damage with whatever their parsing runs into
                throw DataException.in(file, "an image that can be decoded", DataException.words(e), e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static void checkSize(Path file, long width, long height, long bytes) {
        if (width * height > Math.min(bytes * MOST_PIXELS_A_BYTE, 1 << 28)) {
            throw DataException.in(
                    file,
                    "an image of a size that its bytes can hold",
                    "%d × %d pixels in %d bytes".formatted(width, height, bytes));
        }
    }

    private static void checkChunks(Path file, byte[] bytes) {
        ByteBuffer png = ByteBuffer.wrap(bytes, Long.BYTES, bytes.length - Long.BYTES);
        int type = 0;
        while (type != IEND) {
            int length = png.remaining() < CHUNK_FRAME ? -1 : png.getInt();
            if (length < 0 || length > png.remaining() - (CHUNK_FRAME - 4)) {
                throw DataException.in(file, "a complete PNG image", "its end after %d bytes".formatted(png.limit()));
            }
            CRC32 crc = new CRC32();
            crc.update(bytes, png.position(), length + 4);
            type = png.getInt();
            png.position(png.position() + length);
            if (png.getInt() != (int) crc.getValue()) {
                throw DataException.in(file, "a PNG image whose checksums hold", "altered bytes");
            }
        }
        if (png.hasRemaining()) {
            throw DataException.in(file, "the end of the PNG image", png.remaining() + " bytes after it");
        }
    }

    private static Picture pixels(Path file, BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int n = width * height;
        Raster raster = image.getRaster();
        boolean indexed = image.getColorModel() instanceof IndexColorModel;
        if (!indexed && raster.getNumBands() <= 2) {
            return new Picture(width, height, greyPlane(file, image));
        }
        byte[] planes = new byte[3 * n];
        boolean grey = true;
        int[] line = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, line, 0, width);
            for (int x = 0; x < width; x++) {
                int argb = line[x];
                checkOpaque(file, argb >>> 24, 0xFF);
                int at = y * width + x;
                planes[at] = (byte) (argb >> 16);
                planes[n + at] = (byte) (argb >> 8);
                planes[2 * n + at] = (byte) argb;
                grey &= planes[at] == planes[n + at] && planes[at] == planes[2 * n + at];
            }
        }
        return new Picture(width, height, grey ? Arrays.copyOf(planes, n) : planes);
    }

    // the samples themselves: getRGB would take them for linear light and brighten them
    private static byte[] greyPlane(Path file, BufferedImage image) {
        Raster raster = image.getRaster();
        int bits = raster.getSampleModel().getSampleSize(0);
        int most = (1 << bits) - 1;
        int width = image.getWidth();
        byte[] plane = new byte[width * image.getHeight()];
        for (int i = 0; i < plane.length; i++) {
            int sample = raster.getSample(i % width, i / width, 0);
            plane[i] = (byte) Math.round(sample * 255f / most);
            if (raster.getNumBands() == 2) {
                checkOpaque(file, raster.getSample(i % width, i / width, 1), most);
            }
        }
        return plane;
    }

    private static void checkOpaque(Path file, int alpha, int opaque) {
        if (alpha != opaque) {
            throw DataException.in(file, "an opaque image", "transparent pixels");
        }
    }
}
