package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainTest {
    @TempDir
    static Path folder;

    private static Path run = Path.of("");
    private static Jensen.Ran trained = new Jensen.Ran(-1, "", "");

    @BeforeAll
    static void train() {
        run = folder.resolve("run");
        trained = Jensen.train(run, "--json", "--threads", "1");
    }

    @Test
    void oneJsonObjectOnStandardOutputKeepsTheContract() throws Exception {
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out().lines()).hasSize(1);
        JsonNode json = trained.json();
        assertThat(json.fieldNames())
                .toIterable()
                .contains(
                        "elbo",
                        "reconstruction",
                        "kl",
                        "klPerDimension",
                        "logLikelihood",
                        "logLikelihoodStandardError",
                        "activeUnits",
                        "bitsPerDimension",
                        "rows",
                        "samples",
                        "directory",
                        "epochs",
                        "examplesPerSecond",
                        "weightsSha256");
        double elbo = json.get("elbo").doubleValue();
        double kl = json.get("kl").doubleValue();
        assertThat(elbo).isEqualTo(json.get("reconstruction").doubleValue() - kl, within(1e-9));
        double sum = 0;
        for (JsonNode each : json.get("klPerDimension")) {
            sum += each.doubleValue();
        }
        assertThat(json.get("klPerDimension")).hasSize(4);
        assertThat(sum).isEqualTo(kl, within(1e-5));
        double bits = -json.get("logLikelihood").doubleValue() / (64 * Math.log(2));
        assertThat(json.get("bitsPerDimension").doubleValue()).isEqualTo(bits, within(1e-12));
        assertThat(json.get("rows").intValue()).isEqualTo(360);
        assertThat(json.get("logLikelihoodRows").intValue()).isEqualTo(20);
        assertThat(json.get("samples").intValue()).isEqualTo(50);
        assertThat(json.get("epochs").intValue()).isEqualTo(2);
        assertThat(json.get("activeUnits").intValue()).isBetween(0, 4);
        assertThat(json.get("examplesPerSecond").doubleValue()).isPositive();
        assertThat(json.get("directory").textValue()).isEqualTo(run.toString());
        assertThat(json.get("weightsSha256").textValue())
                .isEqualTo(Jensen.sha256(Files.readAllBytes(run.resolve("weights.safetensors"))));
    }

    @Test
    void progressIsPlainLinesOnStandardError() {
        List<String> lines = trained.err().lines().toList();
        assertThat(lines.get(0))
                .matches("epoch 1/2: ELBO -\\d+\\.\\d\\d = -\\d+\\.\\d\\d - \\d+\\.\\d\\d, validation .*");
        assertThat(lines.get(1)).startsWith("epoch 2/2: ");
        assertThat(lines).contains("evaluating: 100 %");
        assertThat(trained.err()).doesNotContain("\u001b", "\r");
    }

    @Test
    void theFolderHoldsTheRun() throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            List<String> names =
                    files.map(p -> String.valueOf(p.getFileName())).sorted().toList();
            assertThat(names)
                    .filteredOn(name -> !name.startsWith("events.out.tfevents."))
                    .containsExactly(
                            "elbo.png",
                            "evaluation.json",
                            "experiment.json",
                            "kl.png",
                            "latent.png",
                            "metrics.jsonl",
                            "morph.png",
                            "provenance.json",
                            "reconstructions.png",
                            "report.html",
                            "samples.png",
                            "weights.safetensors");
            assertThat(names)
                    .filteredOn(name -> name.startsWith("events.out.tfevents."))
                    .hasSize(1);
        }
        // 8 × 8 pixels are enlarged by 7; ten in a line, two pixels between
        BufferedImage samples = ImageIO.read(run.resolve("samples.png").toFile());
        assertThat(samples.getWidth()).isEqualTo(10 * 56 + 9 * 2);
        assertThat(samples.getHeight()).isEqualTo(10 * 56 + 9 * 2);
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Variational autoencoder on digits", "data:image/png;base64,", "SHA-256 of the data");
    }

    @Test
    void theNumbersDoNotDependOnThreads() throws IOException {
        Path two = folder.resolve("two");
        JsonNode again = Jensen.train(two, "--json", "--threads", "2").json();
        for (String field : List.of("weightsSha256", "elbo", "logLikelihood", "klPerDimension")) {
            assertThat(again.get(field)).as(field).isEqualTo(trained.json().get(field));
        }
        assertThat(two.resolve("metrics.jsonl")).hasSameBinaryContentAs(run.resolve("metrics.jsonl"));
        assertThat(two.resolve("samples.png")).hasSameBinaryContentAs(run.resolve("samples.png"));
        JsonNode other =
                Jensen.train(folder.resolve("other"), "--json", "--seed", "1").json();
        assertThat(other.get("weightsSha256")).isNotEqualTo(again.get("weightsSha256"));
    }

    @Test
    void aProfileSaysWhereTheTimeWent() throws IOException {
        String[] parts = {"data", "forward", "backward", "reduce", "update", "waiting"};
        JsonNode profile = Jensen.train(folder.resolve("profiled"), "--json", "--profile", "--threads", "2")
                .json()
                .get("profile");
        assertThat(profile.get("threads").intValue()).isEqualTo(2);
        assertThat(profile.get("steps").intValue()).isEqualTo(2 * 13); // 1,292 rows in batches of 100, twice
        assertThat(profile.get("threadMillisecondsPerStep").fieldNames())
                .toIterable()
                .containsExactly(parts);
        double sum = 0;
        for (JsonNode part : profile.get("threadMillisecondsPerStep")) {
            sum += part.doubleValue();
        }
        assertThat(sum).isEqualTo(2 * profile.get("millisecondsPerStep").doubleValue(), within(1e-9));
        List<String> lines = Jensen.train(folder.resolve("told"), "--profile", "--threads", "1")
                .out()
                .lines()
                .dropWhile(line -> !line.startsWith("time of 1 thread in a step, which takes "))
                .toList();
        for (int i = 0; i < parts.length; i++) {
            assertThat(lines.get(i + 1)).matches("  " + parts[i] + " +\\d+\\.\\d{3} ms +\\d+\\.\\d %");
        }
        assertThat(trained.json().has("profile")).isFalse();
    }

    @Test
    void aRunIsReplacedOnlyByForce() throws IOException {
        Path out = folder.resolve("kept");
        assertThat(Jensen.train(out).code()).isZero();
        Files.writeString(out.resolve("mine.txt"), "mine");
        byte[] before = Files.readAllBytes(out.resolve("weights.safetensors"));
        Jensen.Ran refused = Jensen.train(out, "--seed", "5");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("already holds a run", "--force");
        assertThat(Files.readAllBytes(out.resolve("weights.safetensors"))).isEqualTo(before);
        List<String> files = names(out);
        Jensen.Ran failed = Jensen.train(out, "--force", "--learning-rate", "1e30");
        assertThat(failed.code()).as(failed.err()).isEqualTo(1);
        assertThat(names(out)).isEqualTo(files);
        assertThat(Jensen.run("evaluate", out.toString(), "--rows", "2").code()).isZero();
        // what a killed writer leaves
        String half = "." + UUID.randomUUID() + ".part";
        Files.writeString(out.resolve(".metrics.jsonl" + half), "half");
        Files.writeString(out.resolve(".checkpoint.safetensors" + half), "half");
        assertThat(Jensen.train(out, "--seed", "5", "--force").code()).isZero();
        assertThat(Files.readAllBytes(out.resolve("weights.safetensors"))).isNotEqualTo(before);
        assertThat(names(out)).hasSameSizeAs(files).contains("mine.txt").noneMatch(name -> name.endsWith(half));
    }

    private static List<String> names(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(p -> String.valueOf(p.getFileName())).sorted().toList();
        }
    }

    @Test
    void thePapersAlgorithmsTrainOneModel() throws IOException {
        Jensen.Ran ran = Jensen.run(
                "algorithms",
                "digits",
                "--rows",
                "200",
                "--epochs",
                "20",
                "--hidden",
                "16",
                "--latent",
                "2",
                "--evaluation-rows",
                "4",
                "--evaluation-samples",
                "50",
                "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode found = ran.json().get("algorithms");
        assertThat(found.findValuesAsText("algorithm"))
                .containsExactly("aevb", "wake-sleep", "monte-carlo-em", "full-bayes");
        List<String> options = List.of(
                "algorithms",
                "digits",
                "--rows",
                "20",
                "--epochs",
                "1",
                "--hidden",
                "4",
                "--latent",
                "2",
                "--evaluation-rows",
                "2",
                "--evaluation-samples",
                "5",
                "--json");
        String usual = outcomes(options, "--init", "glorot");
        assertThat(outcomes(options, "--init", "he")).isNotEqualTo(usual);
        assertThat(outcomes(options, "--precision", "float64")).isNotEqualTo(usual);
        List<String> one = new ArrayList<>(options.subList(0, options.size() - 1));
        one.set(one.indexOf("--rows") + 1, "1");
        assertThat(Jensen.run(one.toArray(String[]::new)).out())
                .contains("aevb")
                .doesNotContain("NaN");
        for (JsonNode each : found) {
            assertThat(each.get("testLogLikelihood").doubleValue()).isBetween(-45.0, -5.0);
        }
    }

    private static String outcomes(List<String> options, String... more) throws IOException {
        Jensen.Ran ran =
                Jensen.run(Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.json().findValuesAsText("testLogLikelihood").toString();
    }

    /** What is climbed is said, and what is reported is the bound with weight 1 all the same. */
    @Test
    void aWeightedObjectiveIsSaidToBeOne() throws IOException {
        for (String weight : List.of("4", "free-bits:0.2", "capacity:0:5:1:10", "tc:6", "tc:6:weighted", "mmd:10")) {
            Path out = folder.resolve("weighted" + weight.replace(':', '-'));
            Jensen.Ran ran = Jensen.train(out, "--kl-weight", weight, "--json");
            assertThat(ran.code()).as(weight + ran.err()).isZero();
            assertThat(ran.err()).contains("what is climbed is not the ELBO but ", "the unweighted one");
            JsonNode json = ran.json();
            assertThat(json.get("elbo").doubleValue())
                    .isCloseTo(
                            json.get("reconstruction").doubleValue()
                                    - json.get("kl").doubleValue(),
                            within(1e-9));
            assertThat(Files.readString(out.resolve("report.html"))).contains("what is climbed");
        }
        assertThat(Jensen.train(folder.resolve("unweighted"), "--kl-weight", "1")
                        .err())
                .doesNotContain("what is climbed");
    }

    @Test
    void aConvolutionalNetTrainsToo() throws IOException {
        Locale here = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa-IR")); // whose digits are others: files are the same everywhere
        Jensen.Ran ran;
        try {
            ran = Jensen.train(
                    folder.resolve("conv"),
                    "--network",
                    "conv",
                    "--filters",
                    "4,8",
                    "--bound",
                    "iw",
                    "--kl-weight",
                    "warmup:1",
                    "--schedule",
                    "cosine",
                    "--json");
        } finally {
            Locale.setDefault(here);
        }
        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode experiment = new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(Files.readString(folder.resolve("conv/experiment.json")));
        assertThat(Files.readString(folder.resolve("conv/report.html")))
                .contains("1×8×8 → convolutions 4, 8 → 32 → 8, ", "4 → 32 → transposed convolutions 8, 4 → 1×8×8, ")
                .doesNotContainPattern("[۰-۹]");
        JsonNode training = experiment.get("training");
        assertThat(training.at("/objective/samples").intValue()).isEqualTo(5);
        assertThat(training.at("/objective/bound/type").textValue()).isEqualTo("importance-weighted");
        assertThat(training.at("/guide/encoder/net/type").textValue()).isEqualTo("convolutional");
        assertThat(training.at("/model/likelihood/net/type").textValue()).isEqualTo("deconvolutional");
        assertThat(training.at("/encoding/type").textValue()).isEqualTo("binarised");
    }

    @Test
    void aTwoDimensionalModelGetsItsManifold() throws IOException {
        Path plane = folder.resolve("plane");
        assertThat(Jensen.train(plane, "--latent", "2").code()).isZero();
        assertThat(ImageIO.read(plane.resolve("manifold.png").toFile()).getWidth())
                .isEqualTo(20 * 56);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--gradient dreg --bound iw",
                "--gradient stl",
                "--gradient rws",
                "--gradient wake-sleep",
                "--gradient score --bound renyi:0.5",
                "--bound piwae:2",
                "--gradient vimco --bound tvo:3 --samples 6"
            })
    void everyKindOfGradientGoesFromOptionsToReport(String options) throws IOException {
        Path out = folder.resolve(options.replaceAll("\\W+", "-"));
        List<String> more = new ArrayList<>(List.of(options.split(" ")));
        more.addAll(List.of("--json", "--epochs", "1", "--evaluation-rows", "5"));
        Jensen.Ran ran = Jensen.train(out, more.toArray(String[]::new));
        assertThat(ran.code()).as(ran.err()).isZero();
        JsonNode objective = new ObjectMapper()
                .readTree(out.resolve("experiment.json").toFile())
                .at("/training/objective");
        assertThat(objective.at("/bound/type").textValue()).isEqualTo(bound(options));
        assertThat(objective.at("/samples").intValue())
                .isEqualTo(
                        options.contains("stl") || options.contains("wake-sleep")
                                ? 1
                                : options.contains("piwae") ? 10 : options.contains("tvo") ? 6 : 5);
        Jensen.Ran noise = Jensen.run(
                "diagnose", out.toString(), "--rows", "20", "--simulated", "100", "--gradient-noise", "5", "--json");
        assertThat(noise.code()).as(noise.err()).isZero();
        assertThat(noise.json().at("/gradientNoise/phi").doubleValue()).isPositive();
        assertThat(noise.json().at("/gradientNoise/theta").doubleValue()).isPositive();
        assertThat(noise.json().at("/gradientNoise/repetitions").intValue()).isEqualTo(5);
    }

    /** What is climbed where only the gradient is said. */
    private static String bound(String options) {
        if (options.contains("--bound")) {
            String name = options.replaceAll(".*--bound (\\w+).*", "$1");
            return name.equals("iw") ? "importance-weighted" : name;
        }
        return options.contains("rws") ? "importance-weighted" : "elbo";
    }

    @Test
    void anUpperBoundIsToldOnRequest() throws IOException {
        JsonNode json = Jensen.run("evaluate", run.toString(), "--rows", "5", "--upper-bound", "--json")
                .json();
        assertThat(json.get("upperBound").doubleValue())
                .isGreaterThan(json.get("logLikelihood").doubleValue());
        assertThat(Jensen.run("evaluate", run.toString(), "--rows", "5", "--upper-bound")
                        .out())
                .contains("log p(x) at most")
                .endsWith("of 5 rows\n");
        assertThat(Jensen.run("evaluate", run.toString(), "--rows", "5").out()).doesNotContain("at most");
    }
}
