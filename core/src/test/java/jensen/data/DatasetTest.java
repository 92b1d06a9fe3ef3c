package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private final Dataset data = Dataset.grey("six", new Shape(1, 1, 2), new byte[] {1, 2, 3, 4, (byte) 250, 6})
            .labelled(new int[] {7, 8, 9});

    private static float[] row(Dataset data, int row) {
        float[] to = new float[data.shape().size()];
        data.copyRow(row, to, 0);
        return to;
    }

    @Test
    void viewsKeepValuesAndLabelsTogether() {
        Dataset view = data.rows(1, 3).select(new int[] {1, 0, 1});
        assertThat(view.size()).isEqualTo(3);
        assertThat(row(view, 0)).containsExactly(250, 6);
        assertThat(row(view, 1)).containsExactly(3, 4);
        assertThat(view.label(0)).hasValue(9);
        assertThat(view.named("other").name()).isEqualTo("other");
        assertThat(view.named("other").label(1)).hasValue(8);
        assertThatThrownBy(() -> view.copyRow(3, new float[2], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.rows(2, 2)).hasMessage("rows: expected 0 ≤ from < to ≤ 3, found 2 and 2");
        assertThatThrownBy(() -> data.select(new int[] {0, 3})).hasMessageContaining("from 0 to 2, found 3");
        assertThatThrownBy(() -> data.labelled(new int[2])).hasMessageContaining("each of the 3 data, found 2");
    }

    /** The hash is of bytes that can be written down by hand. */
    @Test
    void theHashIsOfTheContent() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("3 2 GREY labelled\n".getBytes(StandardCharsets.UTF_8));
        bytes.write(new byte[] {1, 2, 7, 0, 0, 0, 3, 4, 8, 0, 0, 0, (byte) 250, 6, 9, 0, 0, 0});
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        assertThat(data.sha256()).isEqualTo(HexFormat.of().formatHex(hash));
        assertThat(data.named("other").sha256()).isEqualTo(data.sha256());
        assertThat(data.rows(0, 2).sha256()).isNotEqualTo(data.sha256());
    }

    @Test
    void theHashIsTheSameWhereDigitsAreOthers() {
        String expected = data.named("here").sha256();
        Locale here = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa-IR"));
        try {
            assertThat(data.named("there").sha256()).isEqualTo(expected);
        } finally {
            Locale.setDefault(here);
        }
    }

    @Test
    void checksWhatItIsMadeOf() {
        Shape two = Shape.vector(2);
        assertThatThrownBy(() -> Dataset.of("bad", two, Values.UNIT, new float[] {0, 1, 0.5f, 1.5f}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data: expected a number from 0 to 1 in row 2, column 2, found 1.5");
        assertThatThrownBy(() -> Dataset.of("bad", two, Values.REAL, new float[] {Float.NaN, 1}))
                .hasMessageContaining("found NaN");
        assertThatThrownBy(() -> Dataset.grey("bad", two, new byte[3])).hasMessageContaining("found 3 values");
        assertThatThrownBy(() -> new Shape(1, 0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Shape(3, 1 << 16, 1 << 16)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void squaresOfPixelsArePictures() {
        assertThat(Shape.guess(784, Values.GREY)).isEqualTo(new Shape(1, 28, 28));
        assertThat(Shape.guess(784, Values.REAL)).isEqualTo(Shape.vector(784));
        assertThat(Shape.guess(16, Values.BINARY)).isEqualTo(Shape.vector(16));
        assertThat(new Shape(3, 4, 5).isImage()).isTrue();
        assertThat(Shape.vector(5).isImage()).isFalse();
    }
}
