package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with a run once it is trained. */
class TrainedTest {
    @TempDir
    static Path folder;

    private static Path run = Path.of("");

    @BeforeAll
    static void train() {
        run = folder.resolve("run");
        assertThat(Jensen.train(run).code()).isZero();
    }

    private static Jensen.Ran jensen(String command, String... more) {
        String[] args = new String[2 + more.length];
        args[0] = command;
        args[1] = run.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return Jensen.run(args);
    }

    private static Path out(String name) {
        return folder.resolve(name);
    }

    /** The table's means are what evaluate says of all; its labels and rows are the data's. */
    @Test
    void scoresOfEachDatumAddUp() throws IOException {
        for (String[] how : new String[][] {{}, {"--evidence", "ais", "--error", "1"}}) {
            Path file = out("scores" + how.length + ".csv");
            String[] more = {"--rows", "5", "--samples", "20", "--out", file.toString(), "--json"};
            Jensen.Ran ran = Jensen.run(command("evaluate", List.of(run), how, more));
            assertThat(ran.code()).as(ran.err()).isZero();

            List<String> lines = Files.readAllLines(file);
            List<String> columns = List.of(lines.get(0).split(","));
            assertThat(columns).startsWith("row", "elbo").endsWith("label").hasSize(how.length == 0 ? 10 : 8);
            for (String name : List.of("elbo", "kl", "reconstruction", "logLikelihood")) {
                assertThat(lines.stream()
                                .skip(1)
                                .mapToDouble(line -> Double.parseDouble(line.split(",")[columns.indexOf(name)]))
                                .average()
                                .orElseThrow())
                        .as(name)
                        .isCloseTo(ran.json().get(name).doubleValue(), within(1e-9));
            }
            assertThat(lines).hasSize(6);
        }
        assertThat(jensen("evaluate", "--out", "scores.txt").err()).contains("--out", ".csv", "scores.txt");
    }

    /** Each run's numbers are those of evaluate, and the gain is the difference of the means. */
    @Test
    void runsAreComparedOnTheSameRows() throws IOException {
        Path longer = out("longer");
        assertThat(Jensen.train(longer, "--epochs", "6", "--bound", "iw").code())
                .isZero();
        Jensen.Ran ran =
                Jensen.run("compare", run.toString(), longer.toString(), "--rows", "50", "--samples", "40", "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode runs = ran.json().get("runs");
        assertThat(runs).hasSize(2);
        JsonNode alone = Jensen.run("evaluate", longer.toString(), "--rows", "50", "--samples", "40", "--json")
                .json();
        assertThat(runs.get(1).get("elbo")).isEqualTo(alone.get("elbo"));
        assertThat(runs.get(1).get("activeUnits")).isEqualTo(alone.get("activeUnits"));
        for (String name : List.of("elbo", "logLikelihood")) {
            assertThat(runs.get(0).get(name + "Gain").doubleValue()).isZero();
            double gain = runs.get(1).get(name + "Gain").doubleValue();
            assertThat(gain)
                    .isCloseTo(
                            runs.get(1).get(name).doubleValue()
                                    - runs.get(0).get(name).doubleValue(),
                            within(1e-9));
            assertThat(gain)
                    .isGreaterThan(runs.get(1).get(name + "GainStandardError").doubleValue());
        }
        assertThat(Jensen.run("compare", run.toString(), longer.toString(), "--rows", "50", "--samples", "40")
                        .out())
                .contains(longer.toString(), " ± ", "50 rows of the test data");
        String[] own = {"--data", "digits:train", "--rows", "50", "--samples", "40"};
        JsonNode onOwn = Jensen.run(command("compare", List.of(run, longer), own, "--json"))
                .json()
                .get("runs");
        JsonNode aloneOnOwn =
                Jensen.run(command("evaluate", List.of(longer), own, "--json")).json();
        assertThat(onOwn.get(1).get("elbo")).isEqualTo(aloneOnOwn.get("elbo")).isNotEqualTo(alone.get("elbo"));
        assertThat(Jensen.run(command("compare", List.of(run, longer), own)).out())
                .contains("50 rows of digits:train");
        Jensen.Ran wrong = Jensen.run(command("compare", List.of(run, longer), new String[] {"--data", "mnist:test"}));
        assertThat(wrong.code()).isEqualTo(3);
        assertThat(wrong.err())
                .contains("expected 64 values a row", "found 784")
                .hasLineCount(1);
    }

    private static String[] command(String name, List<Path> runs, String[] options, String... more) {
        return Stream.of(Stream.of(name), runs.stream().map(Path::toString), Stream.of(options), Stream.of(more))
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    @Test
    void runsOnOtherDataAreNotCompared() {
        Path other = out("other-split");
        assertThat(Jensen.train(other, "--encoding", "thresholded:7").code()).isZero();
        Jensen.Ran ran = Jensen.run("compare", run.toString(), other.toString());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains("expected runs that see the data alike");
    }

    /** The same model, the same data, the same noise: only q is chosen otherwise. */
    @Test
    void qIsChosenInAnotherWay() throws IOException {
        double[] elbos = new double[3];
        String[] ways = {"amortised", "semi-amortised:30", "per-datum:300"};
        for (int i = 0; i < ways.length; i++) {
            elbos[i] = jensen("evaluate", "--rows", "10", "--samples", "500", "--json", "--inference", ways[i])
                    .json()
                    .get("elbo")
                    .doubleValue();
        }
        assertThat(elbos).isSorted();
        assertThat(elbos[2] - elbos[0]).isGreaterThan(0.3);
        Jensen.Ran wrong = jensen("evaluate", "--inference", "per-data");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("per-datum");
    }

    /** A run without an encoder: trained, evaluated, and not to be given the q of one. */
    @Test
    void aRunWithoutEncoderHasNoneToGoBackTo() throws IOException {
        Path alone = out("alone");
        assertThat(Jensen.train(alone, "--inference", "per-datum:20").code()).isZero();
        Jensen.Ran ran = Jensen.run("evaluate", alone.toString(), "--inference", "amortised");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("--inference: expected a run with an encoder, found one without");
    }

    @Test
    void evaluateGivesTheNumbersOfTraining() throws IOException {
        JsonNode of = new ObjectMapper().readTree(run.resolve("evaluation.json").toFile());
        JsonNode now =
                jensen("evaluate", "--rows", "20", "--samples", "50", "--json").json();
        assertThat(now.get("logLikelihood")).isEqualTo(of.get("logLikelihood"));
        assertThat(now.get("logLikelihoodStandardError")).isEqualTo(of.get("logLikelihoodStandardError"));
        assertThat(now.get("rows").intValue()).isEqualTo(20);
        JsonNode named = jensen(
                        "evaluate",
                        "--data",
                        "digits:test",
                        "--rows",
                        "20",
                        "--samples",
                        "50",
                        "--json",
                        "--threads",
                        "1")
                .json();
        assertThat(named).isEqualTo(now);
        JsonNode seeded = jensen("evaluate", "--rows", "20", "--samples", "50", "--seed", "7", "--json")
                .json();
        double error = now.get("logLikelihoodStandardError").doubleValue();
        double apart = seeded.get("logLikelihood").doubleValue()
                - now.get("logLikelihood").doubleValue();
        // 5 standard errors of the difference, beside the binarisation, which is another for another seed
        assertThat(apart).isNotZero().isBetween(-5.0, 5.0);
        assertThat(error).isBetween(1e-6, 1.0);
    }

    @Test
    void oneDrawHasNoStandardError() throws IOException {
        JsonNode json =
                jensen("evaluate", "--rows", "5", "--samples", "1", "--json").json();
        assertThat(json.get("logLikelihoodStandardError").isNull()).isTrue();
        assertThat(json.get("elbo").isDouble()).isTrue();
        assertThat(jensen("evaluate", "--rows", "1", "--samples", "1", "--upper-bound")
                        .out())
                .contains("1 row, 1 draw each", "of 1 row")
                .doesNotContain("NaN", "1 rows", "1 draws");
    }

    @Test
    void peopleGetLines() {
        Jensen.Ran ran = jensen("evaluate", "--rows", "5", "--samples", "10");
        assertThat(ran.out()).contains("ELBO", "reconstruction", "- KL", "log p(x)", " ± ", "nats per datum, 5 rows");
    }

    @Test
    void encodeWritesTheSameCodesAsTableAndArray() throws IOException {
        assertThat(jensen("encode", "digits:test", "--out", out("codes.csv").toString())
                        .code())
                .isZero();
        assertThat(jensen("encode", "digits:test", "--out", out("codes.npy").toString())
                        .code())
                .isZero();
        List<String> lines = Files.readAllLines(out("codes.csv"));
        assertThat(lines).hasSize(361);
        assertThat(lines.get(0)).isEqualTo("mean0,mean1,mean2,mean3,sd0,sd1,sd2,sd3,label");
        byte[] npy = Files.readAllBytes(out("codes.npy"));
        String header = new String(npy, 10, 118, StandardCharsets.US_ASCII);
        assertThat(header).contains("'descr': '<f8'", "'shape': (2, 360, 4)");
        ByteBuffer values = ByteBuffer.wrap(npy, 128, npy.length - 128).slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int row : new int[] {0, 7, 359}) {
            String[] cells = lines.get(1 + row).split(",");
            assertThat(cells[8]).matches("\\d");
            for (int d = 0; d < 4; d++) {
                assertThat(values.getDouble(8 * (4 * row + d))).isEqualTo(Double.parseDouble(cells[d]));
                double sd = Double.parseDouble(cells[4 + d]);
                assertThat(values.getDouble(8 * (4 * (360 + row) + d))).isEqualTo(sd);
                assertThat(sd).isPositive();
            }
        }
    }

    @Test
    void samplesAreProbabilitiesAndDrawsAreBits() throws IOException {
        assertThat(jensen("sample", "--count", "3", "--out", out("three.csv").toString())
                        .code())
                .isZero();
        assertThat(jensen("sample", "--count", "150", "--out", out("many.csv").toString())
                        .code())
                .isZero();
        assertThat(jensen(
                                "sample",
                                "--count",
                                "150",
                                "--draw",
                                "--out",
                                out("bits.csv").toString())
                        .code())
                .isZero();
        List<String> three = Files.readAllLines(out("three.csv"));
        List<String> many = Files.readAllLines(out("many.csv"));
        List<String> bits = Files.readAllLines(out("bits.csv"));
        assertThat(three).hasSize(4);
        assertThat(many).hasSize(151);
        // the same codes; products of matrices of other sizes may round otherwise
        assertThat(numbers(many.get(3))).containsExactly(numbers(three.get(3)), within(1e-5));
        double probability = 0;
        double ones = 0;
        for (int row = 1; row < many.size(); row++) {
            double[] p = numbers(many.get(row));
            double[] x = numbers(bits.get(row));
            assertThat(p).hasSize(64);
            assertThat(Arrays.stream(p)).allMatch(v -> v > 0 && v < 1);
            assertThat(Arrays.stream(x)).allMatch(v -> v == 0 || v == 1);
            probability += Arrays.stream(p).sum();
            ones += Arrays.stream(x).sum();
        }
        // 9600 bits of variance at most 1/4: five standard deviations are 245
        assertThat(ones).isEqualTo(probability, within(245.0));
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    @Test
    void picturesHaveTheSizesAskedFor() throws IOException {
        assertThat(jensen("sample", "--count", "25", "--out", out("s.png").toString())
                        .code())
                .isZero();
        assertThat(size("s.png")).containsExactly(578, 3 * 58 - 2);
        assertThat(jensen(
                                "reconstruct",
                                "--rows",
                                "0-3,7",
                                "--out",
                                out("r.png").toString())
                        .code())
                .isZero();
        assertThat(size("r.png")).containsExactly(5 * 58 - 2, 2 * 56 + 2);
        assertThat(jensen(
                                "morph",
                                "--rows",
                                "1,2,3",
                                "--steps",
                                "6",
                                "--out",
                                out("m.png").toString())
                        .code())
                .isZero();
        assertThat(size("m.png")).containsExactly(6 * 58 - 2, 2 * 58 - 2);
        assertThat(jensen(
                                "manifold",
                                "--grid",
                                "5",
                                "--dimensions",
                                "3,1",
                                "--out",
                                out("p.png").toString())
                        .code())
                .isZero();
        assertThat(size("p.png")).containsExactly(5 * 56, 5 * 56);
    }

    private static int[] size(String name) throws IOException {
        BufferedImage image = ImageIO.read(out(name).toFile());
        return new int[] {image.getWidth(), image.getHeight()};
    }

    @Test
    void reportDrawsTheSameAgain() throws IOException {
        byte[] page = Files.readAllBytes(run.resolve("report.html"));
        Files.delete(run.resolve("report.html"));
        Files.delete(run.resolve("latent.png"));
        assertThat(jensen("report").code()).isZero();
        assertThat(Files.readAllBytes(run.resolve("report.html"))).isEqualTo(page);
        assertThat(run.resolve("latent.png")).exists();
    }

    @Test
    void reproduceSaysTheSameOrWhatDiffers() throws IOException {
        Jensen.Ran same = jensen("reproduce");
        assertThat(same.code()).as(same.err()).isZero();
        assertThat(same.out()).startsWith("the same to the last bit");
        Path altered = folder.resolve("altered");
        copy(run, altered);
        Path metrics = altered.resolve("metrics.jsonl");
        String text = Files.readString(metrics);
        Files.writeString(metrics, text.replaceFirst("(\"validationKl\":\\d+\\.\\d*)\\d", "$10"));
        assertThat(Files.readString(metrics)).isNotEqualTo(text);
        Jensen.Ran other = Jensen.run("reproduce", altered.toString(), "--json");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.json().get("same").booleanValue()).isFalse();
        assertThat(other.json().at("/differences/0/what").textValue()).isEqualTo("metrics.jsonl epoch 1 validationKl");
        assertThat(other.json().get("differences")).hasSize(1);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void aFinishedRunHasNothingToResume() {
        Jensen.Ran ran = jensen("resume", "--json");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("nothing to resume");
        assertThat(ran.out()).contains("\"elbo\":");
    }
}
