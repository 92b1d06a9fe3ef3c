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
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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

    /** A run on numbers of any size has charts but no pictures; its samples are in the table's own units, under its names. */
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

        Files.delete(folder.resolve("table.csv"));
        Path samples = folder.resolve("samples.csv");
        assertThat(Jensen.run("sample", run.toString(), "--draw", "--count", "500", "--out", samples.toString())
                        .code())
                .isZero();
        double[] mean = new double[3];
        List<String> lines = Files.readAllLines(samples);
        assertThat(lines.get(0)).isEqualTo("a,b,c");
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

        Path swapped = Files.write(folder.resolve("swapped.csv"), List.of("a,c,b", "1000,0,0"));
        Path codes = folder.resolve("codes.csv");
        Jensen.Ran other = Jensen.run("encode", run.toString(), swapped.toString(), "--out", codes.toString());
        assertThat(other.code()).isEqualTo(3);
        assertThat(other.err().lines()).hasSize(1);
        assertThat(other.err()).contains("swapped.csv", "table.csv", "expected", "\"b\" as value 2", "found \"c\"");
        assertThat(codes).doesNotExist();
        Files.write(swapped, List.of("1000,0,0"));
        assertThat(Jensen.run("encode", run.toString(), swapped.toString(), "--out", codes.toString())
                        .code())
                .isZero();

        Jensen.Ran pictures = Jensen.run(
                "sample", run.toString(), "--out", folder.resolve("s.png").toString());
        assertThat(pictures.code()).isEqualTo(2);
        assertThat(pictures.err().lines()).hasSize(1);
        assertThat(pictures.err()).contains("expected a run on images");
        assertThat(folder.resolve("s.png")).doesNotExist();
    }

    private static String file(Path folder, String name, IntFunction<String> row) throws IOException {
        return Files.write(
                        folder.resolve(name),
                        IntStream.range(0, 40).mapToObj(row).toList())
                .toString();
    }

    private static Jensen.Ran brief(String table, Path run, String... more) {
        List<String> args = new ArrayList<>(List.of("train", table, "--out", run.toString(), "--epochs", "1"));
        args.addAll(List.of("--latent", "2", "--hidden", "8", "--evaluation-samples", "5"));
        args.addAll(List.of(more));
        return Jensen.run(args.toArray(String[]::new));
    }

    /** What new values are taken for is what the run's were, not what these alone suggest. */
    @Test
    void newDataAreTakenAsThoseOfTheRun(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("run");
        String pixels = file(folder, "pixels.csv", i -> i + "," + (255 - i));
        assertThat(brief(pixels, run).err()).doesNotContain("jensen train:");
        String codes = folder.resolve("codes.csv").toString();
        for (String like : List.of("254,1", "0,1", "0,0")) {
            String dark = file(folder, "dark.csv", i -> like);
            assertThat(Jensen.run("encode", run.toString(), dark, "--out", codes)
                            .err())
                    .isEmpty();
        }
        String half = file(folder, "half.csv", i -> "1,0.5");
        Jensen.Ran refused = Jensen.run("encode", run.toString(), half, "--out", codes);
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("half.csv, row 1, column 2", "a whole number from 0 to 255", "0.5");
    }

    @Test
    void wholeNumbersAreClassesToACategoricalLikelihood(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("run");
        String levels = file(folder, "levels.csv", i -> i % 10 + "," + i % 3);
        Jensen.Ran trained = brief(levels, run, "--likelihood", "categorical:10");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(Jensen.run("reproduce", run.toString()).code()).isZero();
        String bits = file(folder, "bits.csv", i -> "0,1");
        assertThat(Jensen.run("evaluate", run.toString(), "--data", bits, "--samples", "5")
                        .code())
                .isZero();
        String beyond = file(folder, "beyond.csv", i -> "0,10");
        Jensen.Ran refused = Jensen.run("evaluate", run.toString(), "--data", beyond);
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("beyond.csv, row 1, column 2", "from 0 to 9", "10");
    }
}
