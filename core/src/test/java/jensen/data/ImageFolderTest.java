package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images written by Pillow (reference/arrays.py), and damaged ones. */
class ImageFolderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/arrays");
    private static final float[] GREY = {20, 60, 100, 140, 180, 220};

    @TempDir
    Path folder;

    private Path put(String golden, String as) throws IOException {
        Path to = folder.resolve(as);
        return Files.write(to, Files.readAllBytes(GOLDEN.resolve(golden)));
    }

    private static float[] row(Dataset data, int row) {
        float[] to = new float[data.shape().size()];
        data.copyRow(row, to, 0);
        return to;
    }

    @ParameterizedTest
    @ValueSource(strings = {"grey.png", "grey-16-bit.png", "palette.png"})
    void readsGreyInEveryGuise(String file) throws IOException {
        put(file, "a.png");
        Dataset data = Datasets.open(folder);
        assertThat(data.shape()).isEqualTo(new Shape(1, 2, 3));
        assertThat(data.values()).isEqualTo(Values.GREY);
        assertThat(row(data, 0)).containsExactly(GREY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"colour.png", "opaque.png"})
    void readsColourByPlanes(String file) throws IOException {
        put(file, "b.png");
        put("black-and-white.png", "a.PNG");
        Dataset data = Datasets.open(folder);
        assertThat(data.shape()).isEqualTo(new Shape(3, 2, 3));
        float[] row = row(data, 1);
        for (int i = 0; i < 6; i++) {
            assertThat(row[i]).isEqualTo(GREY[i]);
            assertThat(row[6 + i]).isEqualTo(GREY[i] + 5);
            assertThat(row[12 + i]).isEqualTo(255 - GREY[i]);
        }
        assertThat(row(data, 0))
                .containsExactly(0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255);
    }

    @Test
    void readsJpeg() throws IOException {
        put("grey.jpg", "a.jpeg");
        Dataset data = Datasets.open(folder);
        assertThat(data.shape()).isEqualTo(new Shape(1, 16, 16));
        assertThat(row(data, 0)).containsOnly(93);
    }

    @Test
    void foldersAreClasses() throws IOException {
        for (String name : new String[] {"dogs/1.png", "cats/2.png", "cats/1.png"}) {
            Files.createDirectories(folder.resolve(name.substring(0, 4)));
            put("grey.png", name);
        }
        Files.writeString(folder.resolve("notes.txt"), "not an image");
        Dataset data = Datasets.open(folder);
        assertThat(new int[] {
                    data.label(0).orElseThrow(),
                    data.label(1).orElseThrow(),
                    data.label(2).orElseThrow()
                })
                .containsExactly(0, 0, 1);
        Files.move(folder.resolve("dogs"), folder.resolve("10"));
        Files.move(folder.resolve("cats"), folder.resolve("9"));
        Dataset numbered = Datasets.open(folder);
        assertThat(numbered.label(0)).hasValue(10);
        assertThat(numbered.label(2)).hasValue(9);
        put("grey.png", "top.png");
        refused(folder, "all in sub-folders");
    }

    private static void refused(Path file, String... named) {
        Path opened = Files.isDirectory(file) ? file : Objects.requireNonNull(file.getParent());
        Throwable thrown = catchThrowable(() -> ImageFolder.open(opened));
        assertThat(thrown).isInstanceOf(DataException.class);
        assertThat(thrown.getMessage()).startsWith(file.toString()).doesNotContainPattern("\\p{Cntrl}");
        for (String part : named) {
            assertThat(thrown.getMessage()).contains(part);
        }
    }

    @Test
    void refusesWhatIsNoSetOfImages() throws IOException {
        refused(folder, "PNG or JPEG images", "found none");
        Refused.open(folder.resolve("missing"), "nothing of that name");
        put("grey.png", "a.png");
        Path odd = put("grey.jpg", "b.jpg");
        refused(odd, "2 pixels", "found 16 × 16");
        Files.delete(odd);
        refused(put("transparent.png", "c.png"), "opaque");
    }

    private static byte[] cut(byte[] bytes, int by) {
        return Arrays.copyOf(bytes, bytes.length - by);
    }

    @Test
    void refusesDamagedImages() throws IOException {
        byte[] png = Files.readAllBytes(GOLDEN.resolve("grey.png"));
        byte[] jpeg = Files.readAllBytes(GOLDEN.resolve("grey.jpg"));
        Path file = folder.resolve("a.png");
        Files.write(file, new byte[0]);
        refused(file, "an empty file");
        Files.writeString(file, "no image at all");
        refused(file, "a PNG or JPEG image");
        Files.write(file, cut(png, 5));
        refused(file, "complete PNG");
        Files.write(file, cut(png, png.length - 20));
        refused(file, "complete PNG");
        Files.write(file, Arrays.copyOf(png, png.length + 4));
        refused(file, "4 bytes after it");
        byte[] altered = png.clone();
        altered[18] ^= 64;
        Files.write(file, altered);
        refused(file, "checksums");
        Files.write(file, huge(png));
        refused(file, "a size that its bytes can hold", "1073741826 × 2");
        Files.write(file, cut(jpeg, 20));
        refused(file);
        Files.write(file, cut(jpeg, jpeg.length / 2));
        refused(file);
    }

    // a header that claims 2³⁰ + … columns, with a checksum that holds
    private static byte[] huge(byte[] png) {
        byte[] huge = png.clone();
        huge[16] = 0x40;
        huge[19] = 2;
        CRC32 crc = new CRC32();
        crc.update(huge, 12, 17);
        ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());
        return huge;
    }
}
