package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    private static Path table(Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        List<String> lines = new ArrayList<>(List.of("a,b,c"));
        for (int i = 0; i < 600; i++) {
            double u = random.nextDouble();
            lines.add(String.format(Locale.ROOT, "%f,%f,%f", 1000 + 50 * u, -u + random.nextDouble(), 1e-3 * u));
        }
        return Files.write(folder.resolve("table.csv"), lines);
    }

    /** A run on numbers of any size has charts but no pictures, and its samples are in the table's own units. */
    @Test
    void aTableOfNumbersTrainsAndSamples(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("run");
        Jensen.Ran ran = Jensen.run(
                "train",
                table(folder).toString(),
                "--out",
                run.toString(),
                "--latent",
                "2",
                "--hidden",
                "16",
                "--epochs",
                "10",
                "--evaluation-samples",
                "20",
                "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.json().get("rows").intValue()).isEqualTo(60);
        assertThat(run.resolve("latent.png")).exists();
        assertThat(run.resolve("samples.png")).doesNotExist();
        assertThat(Files.readString(run.resolve("experiment.json"))).contains("standardised", "\"normal\"");

        Path samples = folder.resolve("samples.csv");
        assertThat(Jensen.run("sample", run.toString(), "--draw", "--count", "500", "--out", samples.toString())
                        .code())
                .isZero();
        double[] mean = new double[3];
        List<String> lines = Files.readAllLines(samples);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",");
            for (int i = 0; i < 3; i++) {
                mean[i] += Double.parseDouble(cells[i]) / 500;
            }
        }
        // the means of the table, 1025, 0 and 0.0005, to half a standard deviation of a column
        assertThat(mean[0]).isEqualTo(1025, within(7.0));
        assertThat(mean[1]).isEqualTo(0, within(0.2));
        assertThat(mean[2]).isEqualTo(5e-4, within(1.5e-4));

        Jensen.Ran pictures = Jensen.run(
                "sample", run.toString(), "--out", folder.resolve("s.png").toString());
        assertThat(pictures.code()).isEqualTo(2);
        assertThat(pictures.err().lines()).hasSize(1);
        assertThat(pictures.err()).contains("expected a run on images");
        assertThat(folder.resolve("s.png")).doesNotExist();
    }
}
