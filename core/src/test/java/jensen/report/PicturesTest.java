package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import jensen.data.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    private static final Shape GREY = new Shape(1, 28, 28);
    private static final int WHITE = 0xffffff;

    private static int rgb(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) & 0xffffff;
    }

    private static float[] constant(int images, float value) {
        float[] all = new float[images * GREY.size()];
        Arrays.fill(all, value);
        return all;
    }

    @Test
    void inputsStandOverTheirReconstructions() {
        BufferedImage picture = Pictures.pairs(GREY, constant(3, 1), constant(3, 0.2f), 2);
        // Two columns and two blocks, each 56 + 2 + 56 high, 12 apart; the last block has one column.
        assertThat(picture.getWidth()).isEqualTo(56 + 2 + 56);
        assertThat(picture.getHeight()).isEqualTo(114 + 12 + 114);
        assertThat(rgb(picture, 0, 55)).isEqualTo(WHITE);
        assertThat(rgb(picture, 0, 58)).isEqualTo(0x333333);
        assertThat(rgb(picture, 113, 113)).isEqualTo(0x333333);
        assertThat(rgb(picture, 55, 126 + 58)).isEqualTo(0x333333);
        assertThat(rgb(picture, 58, 126 + 58)).isEqualTo(WHITE);
    }

    @Test
    void eachPixelOfADatumIsASquareInItsPlace() {
        float[] images = constant(2, 0);
        images[784 + 28 * 5 + 9] = 1;
        BufferedImage picture = Pictures.grid(GREY, images, 2, 3);
        int left = 56 + 3 + 9 * 2;
        for (int y = 0; y < 56; y++) {
            for (int x = 59; x < 115; x++) {
                boolean lit = (x == left || x == left + 1) && (y == 10 || y == 11);
                assertThat(rgb(picture, x, y)).isEqualTo(lit ? WHITE : 0);
            }
        }
    }

    @Test
    void channelsArePlanesOfRedGreenAndBlue() {
        // Pixel 0 is red and a little blue, pixel 3 is green.
        float[] image = {1, 0, 0, 0, 0, 0, 0, 1, 0.4f, 0, 0, 0};
        BufferedImage picture = Pictures.grid(new Shape(3, 2, 2), image, 1, 0);
        assertThat(picture.getWidth()).isEqualTo(56);
        assertThat(rgb(picture, 0, 0)).isEqualTo(0xff0066);
        assertThat(rgb(picture, 55, 55)).isEqualTo(0x00ff00);
        assertThat(rgb(picture, 27, 28)).isEqualTo(0);
    }

    @Test
    void smallImagesAreEnlargedByAWholeFactor() {
        assertThat(Pictures.scale(new Shape(1, 8, 8))).isEqualTo(7);
        assertThat(Pictures.scale(GREY)).isEqualTo(2);
        assertThat(Pictures.scale(new Shape(3, 200, 100))).isEqualTo(1);
    }

    @Test
    void valuesBeyondTheRangeShowAsItsEnds() {
        float[] image = {-3, 7, Float.POSITIVE_INFINITY, 0.5f};
        BufferedImage picture = Pictures.grid(new Shape(1, 2, 2), image, 1, 0);
        assertThat(rgb(picture, 0, 0)).isEqualTo(0);
        assertThat(rgb(picture, 55, 0)).isEqualTo(WHITE);
        assertThat(rgb(picture, 0, 55)).isEqualTo(WHITE);
        assertThat(rgb(picture, 55, 55)).isEqualTo(0x808080);
    }

    @Test
    void refusesWhatIsNoPicture() {
        float[] empty = {};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.grid(GREY, empty, 1, 0))
                .withMessageContaining("images: expected one or more images of 784");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.grid(GREY, new float[785], 1, 0))
                .withMessageContaining("785");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.grid(Shape.vector(4), new float[4], 1, 0))
                .withMessageContaining("shape");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.grid(new Shape(2, 2, 2), new float[8], 1, 0))
                .withMessageContaining("1 or 3 channels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.grid(GREY, constant(1, 0), 0, 0))
                .withMessageContaining("columns: expected 1 or more, found 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.pairs(GREY, constant(2, 0), constant(1, 0), 1))
                .withMessageContaining("reconstructions");
        float[] bad = constant(2, 0);
        bad[800] = Float.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pictures.grid(GREY, bad, 1, 0))
                .withMessageContaining("NaN in image 1");
    }

    @Test
    void aPngFileHoldsThePicture(@TempDir Path folder) throws Exception {
        float[] image = {0, 1, 0.2f, 0.6f};
        BufferedImage picture = Pictures.grid(new Shape(1, 2, 2), image, 1, 0);
        Path file = folder.resolve("a.png");
        Files.writeString(file, "an older file");
        Png.write(file, picture);
        BufferedImage read = ImageIO.read(file.toFile());
        assertThat(read.getRGB(0, 0, 56, 56, null, 0, 56)).isEqualTo(picture.getRGB(0, 0, 56, 56, null, 0, 56));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFailedWriteLeavesNothingBehind(@TempDir Path folder) throws Exception {
        Path file = Files.createDirectory(folder.resolve("a.png"));
        Files.writeString(file.resolve("kept"), "kept");
        BufferedImage picture = Pictures.grid(GREY, constant(1, 0), 1, 0);
        org.assertj.core.api.Assertions.assertThatExceptionOfType(java.io.UncheckedIOException.class)
                .isThrownBy(() -> Png.write(file, picture));
        try (var files = Files.walk(folder)) {
            assertThat(files).containsExactlyInAnyOrder(folder, file, file.resolve("kept"));
        }
    }
}
