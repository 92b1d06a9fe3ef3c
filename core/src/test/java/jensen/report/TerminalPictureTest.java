package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalPictureTest {
    private static BufferedImage picture(int width, int height, int... rgb) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, width, height, rgb, 0, width);
        return picture;
    }

    @Test
    void aCellShowsTwoPixelsOneOverTheOther() {
        String text = TerminalPicture.render(picture(1, 2, 0xff8000, 0x0000ff), 10, true);
        assertThat(text).isEqualTo("\u001b[38;2;255;128;0m\u001b[48;2;0;0;255m▀\u001b[0m\n");
    }

    @Test
    void aColorIsSentOnceForNeighboursThatShareIt() {
        String text = TerminalPicture.render(picture(2, 1, 0x010203, 0x010203), 10, true);
        assertThat(text).isEqualTo("\u001b[38;2;1;2;3m▀▀\u001b[0m\n");
    }

    @Test
    void noLineIsWiderThanAsked() {
        BufferedImage wide = new BufferedImage(290, 131, BufferedImage.TYPE_INT_RGB);
        for (boolean color : new boolean[] {true, false}) {
            List<String> lines = TerminalPicture.render(wide, 80, color).lines().toList();
            assertThat(lines)
                    .hasSize(18)
                    .allSatisfy(line ->
                            assertThat(line.replaceAll("\u001b\\[[0-9;]*m", "")).hasSize(80));
        }
    }

    @Test
    void aShrunkPixelIsTheMeanOfItsArea() {
        // Three pixels over two columns: the middle one counts half in each.
        String text = TerminalPicture.render(picture(3, 1, 0x000000, 0x3c3c3c, 0xb4b4b4), 2, true);
        assertThat(text).isEqualTo("\u001b[38;2;20;20;20m▀\u001b[38;2;140;140;140m▀\u001b[0m\n");
    }

    @Test
    void withoutColorBrightnessBecomesACharacter() {
        BufferedImage picture = picture(4, 2, 0, 0xffffff, 0xffffff, 0x404040, 0, 0xffffff, 0x202020, 0x404040);
        assertThat(TerminalPicture.render(picture, 10, false)).isEqualTo(" @+:\n");
    }

    @Test
    void refusesNoColumns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TerminalPicture.render(picture(1, 1, 0), 0, true))
                .withMessageContaining("columns: expected 1 or more, found 0");
    }
}
