package jensen.statcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class GoldenFileTest {
    private static final String TEXT = "# two lines of\n# comment\nname,v,n\na,1.5 -2 1e-3,7\nb,-Infinity,-8\n";

    private static GoldenFile read(String text) throws IOException {
        return GoldenFile.read("t.csv", new StringReader(text));
    }

    @Test
    void readsTypedCells() throws IOException {
        GoldenFile file = read(TEXT);
        assertThat(file.columns()).containsExactly("name", "v", "n");
        assertThat(file.rows().get(0).vector("v")).containsExactly(1.5, -2, 1e-3);
        assertThat(file.rows().get(1).number("v")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(file.rows().get(1).integer("n")).isEqualTo(-8);
        assertThat(file.numbers("n")).containsExactly(7, -8);
        assertThat(file.rows().get(0)).hasToString("t.csv:4 [a, 1.5 -2 1e-3, 7]");
    }

    @Test
    void keepsTheRowsAsked() throws IOException {
        assertThat(read(TEXT).where("name", "b").numbers("n")).containsExactly(-8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(TEXT).where("name", "c"))
                .withMessage("t.csv where name = c: expected at least one row, found none");
    }

    @Test
    void namesThePlaceOfABadCell() throws IOException {
        GoldenFile.Row row = read(TEXT).rows().get(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> row.number("name"))
                .withMessage("t.csv:4, name: expected a number, found 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> row.integer("v"))
                .withMessage("t.csv:4, v: expected an integer, found '1.5 -2 1e-3'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> row.text("x"))
                .withMessage("t.csv:4: expected a column of [name, v, n], found x");
    }

    @Test
    void refusesRaggedAndMissingFiles() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("a,b\n1,2\n3\n"))
                .withMessage("t.csv:3: expected 2 cells, found 1");
        assertThatIllegalArgumentException().isThrownBy(() -> read("# nothing\n"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoldenFile.of(GoldenFileTest.class, "absent.csv"))
                .withMessage("golden/absent.csv: expected on the class path, found nothing");
    }
}
