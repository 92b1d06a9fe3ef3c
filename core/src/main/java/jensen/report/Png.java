package jensen.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import jensen.data.AtomicFile;

/** Pictures as PNG. */
public final class Png {
    private Png() {}

    /**
     * Writes a picture as a PNG file, whole or not at all.
     *
     * @throws UncheckedIOException when the file cannot be written
     */
    public static void write(Path file, BufferedImage picture) {
        AtomicFile.write(file, out -> out.write(bytes(picture)));
    }

    /** Returns a picture as the bytes of a PNG file. */
    static byte[] bytes(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // In memory: the stream that ImageIO makes by itself puts a temporary file on disk.
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(picture, "png", out)) {
                throw new IllegalArgumentException(
                        "picture: expected a type that PNG can hold, found " + picture.getType());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
