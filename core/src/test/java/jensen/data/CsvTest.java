package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("a.csv"), text);
    }

    private static float[] row(Dataset data, int row) {
        float[] to = new float[data.shape().size()];
        data.copyRow(row, to, 0);
        return to;
    }

    @Test
    void readsNumbersUnderAHeaderOrNone() throws IOException {
        for (String text : List.of(
                "1,-2.5\n3e2,.5\n", "a,b\n1,-2.5\n3e2,.5", "\uFEFF\"1\" , -2.5\r\n\r\n3E+2;.5".replace(';', ','))) {
            Dataset data = Datasets.open(file(text));
            assertThat(data.size()).isEqualTo(2);
            assertThat(row(data, 0)).containsExactly(1, -2.5f);
            assertThat(row(data, 1)).containsExactly(300, 0.5f);
            assertThat(data.label(0)).isEmpty();
            assertThat(data.values()).isEqualTo(Values.REAL);
        }
        assertThat(row(Datasets.open(file("1;2\n3;4\n")), 1)).containsExactly(3, 4);
        assertThat(row(Datasets.open(file("1\t2\n3\t4\n")), 1)).containsExactly(3, 4);
    }

    @Test
    void takesLabelsFromTheirColumn() throws IOException {
        Dataset data = Datasets.open(file("x,Label,y\n1,7,2\n3,0,4\n"));
        assertThat(row(data, 1)).containsExactly(3, 4);
        assertThat(data.label(0)).hasValue(7);
        // pixels numbered in the header: only the name of the labels says that it is one
        Dataset pixels = Datasets.open(file("0,1,class\n255,0,3\n"));
        assertThat(pixels.size()).isEqualTo(1);
        assertThat(pixels.values()).isEqualTo(Values.GREY);
    }

    @Test
    void tellsKindsOfValuesApart() throws IOException {
        assertThat(Datasets.open(file("0,1\n1,1\n")).values()).isEqualTo(Values.BINARY);
        assertThat(Datasets.open(file("0,1\n0.5,1\n")).values()).isEqualTo(Values.UNIT);
        assertThat(Datasets.open(file("0,1\n17,255\n")).values()).isEqualTo(Values.GREY);
        assertThat(Datasets.open(file("0,1\n17,254\n")).values()).isEqualTo(Values.REAL);
        assertThat(Datasets.open(file("0,1\n-1,255\n")).values()).isEqualTo(Values.REAL);
    }

    @Test
    void keepsManyRows() throws IOException {
        int rows = 3_000;
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 800; c++) {
                text.append(c == 0 ? "" : ",").append((r * 31 + c * 7) % 1000);
            }
            text.append('\n');
        }
        Dataset data = Datasets.open(file(text.toString()));
        assertThat(data.size()).isEqualTo(rows);
        for (int r : new int[] {0, 1309, 1310, 1311, 2621, 2999}) {
            float[] row = row(data, r);
            for (int c = 0; c < 800; c++) {
                assertThat(row[c]).isEqualTo((r * 31 + c * 7) % 1000);
            }
        }
    }

    @Test
    void writesWhatItReads() throws IOException {
        Path file = folder.resolve("out.csv");
        Csv.write(file, List.of("mean, of z", "sd"), new float[] {0.1f, -3, 1e-30f, 4});
        assertThat(Files.readString(file)).isEqualToNormalizingNewlines("\"mean, of z\",sd\n0.1,-3\n1.0E-30,4\n");
        assertThat(row(Csv.open(file), 1)).containsExactly(1e-30f, 4);
        Csv.write(file, List.of("a"), new double[] {1 / 3.0});
        assertThat(Files.readString(file)).isEqualToNormalizingNewlines("a\n0.3333333333333333\n");
        assertThat(folder.toFile().list()).containsExactly("out.csv");
    }

    @Test
    void namesColumnsThatHaveNames() throws IOException {
        assertThat(Datasets.columns(file("\" a b \",class,c\n1,2,3\n").toString()))
                .containsExactly("a b", "c");
        assertThat(Datasets.columns(file("1,2\n").toString())).isEmpty();
        assertThat(Datasets.columns(folder.resolve("missing.csv").toString())).isEmpty();
        assertThat(Datasets.columns("mnist:test")).isEmpty();
    }

    @Test
    void refusesWhatIsNotNumbers() throws IOException {
        Refused.open(folder.resolve("missing.csv"), "nothing of that name");
        Refused.open(file(""), "an empty file");
        Refused.open(file("\n\n"), "at least one row");
        Refused.open(file("a,b\n"), "at least one row");
        Refused.open(file("a,b\n1,2\n3,x\ty\u0007\n"), "row 3, column 2", "a finite number", "\"x?y?\"");
        Refused.open(file("1,abc\n2,3\n"), "row 1, column 2", "\"abc\"");
        Refused.open(file("1,2\n3,\n"), "row 2, column 2", "an empty cell");
        Refused.open(file("1,2\nNaN,3\n"), "row 2, column 1", "\"NaN\"");
        Refused.open(file("1,2\n1e39,3\n"), "row 2, column 1", "\"1e39\"");
        Refused.open(file("1,2\n1d,3\n"), "row 2, column 1", "\"1d\"");
        Refused.open(file("1,2\n0x1p3,3\n"), "row 2, column 1", "\"0x1p3\"");
        Refused.open(file("1,2\n3\n"), "row 2: expected 2 columns", "found 1");
        Refused.open(file("1,2\n3,4,5\n"), "row 2: expected 2 columns", "found 3");
        Refused.open(file("a,label\n1,2\n3,cat\n"), "row 3, column 2", "\"cat\"");
        Refused.open(file("a,label\n1,2.5\n"), "row 2, column 2", "a whole number", "\"2.5\"");
        Refused.open(file("label\n1\n"), "beside the labels");
        Refused.open(file("label,x,Class\n1,2,3\n"), "row 1: expected one column of labels", "label and Class");
        Refused.open(file("1\n3,4,5\n"), "row 2: expected 1 column as");
        Refused.open(file("1,2\n3,1700000001\n"), "row 2, column 2", "32-bit precision", "\"1700000001\"");
        assertThat(Csv.open(file("1700000000,-1700000001.0\n1e10,0.1\n")).size())
                .isEqualTo(2);
        Refused.open(file("1,\"2\n3,4\n"));
        Refused.open(file("1,2\n" + "9".repeat(500) + "q,1\n"), "row 2, column 1", "…");
    }
}
