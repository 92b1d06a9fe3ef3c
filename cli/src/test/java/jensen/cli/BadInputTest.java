package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad input gets one line, the exit code of its kind, and leaves no file behind. */
class BadInputTest {
    /** A row for validation whose square is beyond float32. */
    private static final int HUGE = 8;

    @TempDir
    static Path folder;

    private static Path run = Path.of("");

    @BeforeAll
    static void prepare() throws IOException {
        run = folder.resolve("run");
        assertThat(Jensen.train(run).code()).isZero();
        assertThat(Jensen.train(folder.resolve("layers"), "--latent", "3,2").code())
                .isZero();
        Files.write(folder.resolve("empty.csv"), new byte[0]);
        Files.writeString(folder.resolve("text.csv"), "1,2\n3,four\n5,6\n");
        Files.writeString(folder.resolve("nan.csv"), "1,2\n3,4\nNaN,6\n");
        Files.writeString(folder.resolve("ragged.csv"), "1,2\n3,4\n5\n");
        Files.write(folder.resolve("truncated.idx"), new byte[] {0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 8, 1});
        Files.write(folder.resolve("corrupt.idx"), new byte[] {0, 0, 77, 3, 0, 0, 0, 1});
        Files.writeString(folder.resolve("not.npy"), "this is no array");
        Files.writeString(folder.resolve("file"), "a file");
        Files.write(folder.resolve("unlike.csv"), List.of("1.5,2", "3,4"));
        Files.write(folder.resolve("levels.csv"), List.of("0,1", "9,12", "3,4", "5,5"));
        List<String> huge = new ArrayList<>(Collections.nCopies(40, "1,2"));
        huge.set(HUGE, "1,1e30");
        Files.write(folder.resolve("huge.csv"), huge);
        Path images = Files.createDirectory(folder.resolve("images"));
        image(images.resolve("a.png"), 8, 8);
        image(images.resolve("b.png"), 8, 9);
        Path torn = Files.createDirectory(folder.resolve("torn"));
        image(torn.resolve("a.png"), 30, 30);
        byte[] png = Files.readAllBytes(torn.resolve("a.png"));
        Files.write(torn.resolve("a.png"), Arrays.copyOf(png, png.length / 2));
    }

    private static void image(Path file, int width, int height) throws IOException {
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    }

    private static Arguments bad(int code, String args, String... said) {
        return Arguments.of(code, args, List.of(said));
    }

    static Stream<Arguments> inputs() {
        return Stream.of(
                bad(3, "train F/missing.csv --out F/o", "missing.csv", "nothing of that name"),
                bad(3, "train F/empty.csv --out F/o", "empty.csv", "empty file"),
                bad(3, "train F/text.csv --out F/o", "row 2, column 2", "\"four\""),
                bad(3, "train F/nan.csv --out F/o", "row 3, column 1", "\"NaN\""),
                bad(3, "train F/ragged.csv --out F/o", "row 3", "2 columns"),
                bad(3, "train F/truncated.idx --out F/o", "truncated.idx", "576 bytes"),
                bad(3, "train F/corrupt.idx --out F/o", "corrupt.idx"),
                bad(3, "train F/not.npy --out F/o", "not.npy", ".npy file"),
                bad(3, "train F/unlike.csv --out F/o", "unlike.csv", "3 rows or more", "2 rows"),
                bad(
                        3,
                        "train F/levels.csv --likelihood categorical:10 --out F/o",
                        "levels.csv, row 2, column 2",
                        "to 9",
                        "12"),
                bad(3, "train F/images --out F/o", "b.png", "8 × 8", "8 × 9"),
                bad(3, "train F/torn --out F/o", "a.png"),
                bad(
                        2,
                        "train mnist:test --likelihood bernoulli --encoding unit --out F/o",
                        "likelihood bernoulli does not fit",
                        "continuous-bernoulli",
                        "--encoding binarised"),
                bad(
                        2,
                        "train mnist:test --likelihood bernoulli --encoding as-stored --out F/o",
                        "whole number from 0 to 255",
                        "discretized-logistic",
                        "--encoding binarised"),
                bad(2, "train digits --samples 0 --out F/o", "samples", "≥ 1", "0"),
                bad(2, "train digits --latent -2 --out F/o", "--latent", "1 or more", "-2"),
                bad(2, "train digits --batch 0 --out F/o", "--batch", "1 or more"),
                bad(2, "train digits --epochs 0 --out F/o", "epochs", "≥ 1"),
                bad(2, "train digits --hidden 20,x --out F/o", "--hidden", "20,x"),
                bad(2, "train digits --hidden 0 --out F/o", "--hidden", "1 or more"),
                bad(2, "train digits --learning-rate 0 --out F/o", "--learning-rate", "above 0"),
                bad(2, "train digits --kl-weight warmup:30 --epochs 3 --out F/o", "warm-up", "30", "3"),
                bad(2, "train digits --kl-weight capacity:0:5:9:10 --epochs 3 --out F/o", "warm-up", "9", "3"),
                bad(2, "train digits --kl-weight heavy --out F/o", "--kl-weight", "free-bits:NATS", "heavy"),
                bad(2, "train digits --kl-weight free-bits:1:2 --out F/o", "--kl-weight", "free-bits:1:2"),
                bad(2, "train digits --kl-weight free-bits:-1 --out F/o", "--kl-weight", "nats must be", "-1"),
                bad(2, "train digits --kl-weight tc:4 --bound iw --out F/o", "bound elbo"),
                bad(2, "train digits --kl-weight tc:4 --shards 2 --out F/o", "shards must be 1", "2"),
                bad(2, "train digits --threads 0 --out F/o", "--threads", "1 or more"),
                bad(2, "train digits --validation 99999 --out F/o", "validation", "99999"),
                bad(2, "train digits --evaluation-samples 0 --out F/o", "evaluation", "≥ 1"),
                bad(2, "train mnits --out F/o", "\"mnits\"", "did you mean mnist?"),
                bad(2, "train digits --network cnv --out F/o", "--network", "did you mean conv?"),
                bad(2, "train digits --likelihood bernouli --out F/o", "did you mean bernoulli?"),
                bad(2, "train digits --likelihood categorical --out F/o", "categorical:C"),
                bad(2, "train digits --likelihood categorical:1 --out F/o", "classes", "≥ 2"),
                bad(2, "train digits --likelihood categorical:2.5 --out F/o", "--likelihood", "whole number", "2.5"),
                bad(2, "train digits --inference semi-amortised:2.5 --out F/o", "--inference", "whole number", "2.5"),
                bad(2, "train digits --inference per-datum:1.5 --out F/o", "--inference", "whole number", "1.5"),
                bad(2, "train digits --checkpoint-seconds -1 --out F/o", "--checkpoint-seconds", "0 or more", "-1"),
                bad(2, "resume F/run --checkpoint-seconds NaN", "--checkpoint-seconds", "0 or more", "NaN"),
                bad(2, "train digits --filters 8 --out F/o", "--filters", "--network conv"),
                bad(2, "train digits --latent 2 --posterior lowrank:5 --out F/o", "lowrank", "at most the 2", "5"),
                bad(2, "train digits --schedule exponential --out F/o", "did you mean exponential:F?"),
                bad(2, "algorithms digits --posterior flow:iaf", "--posterior and --prior", "closed form"),
                bad(2, "algorithms digits --prior mixture:3", "--posterior and --prior", "closed form"),
                bad(2, "algorithms digits --inference per-datum", "wake-sleep", "use an amortised guide"),
                bad(2, "evaluate F/run --evidence is --chunk 0", "--chunk", "1 or more", "0"),
                bad(2, "evaluate F/run --chunk 5", "--chunk", "--evidence"),
                bad(2, "train digits --out E", "--out", "expected a path, found an empty one"),
                bad(2, "evaluate E", "expected a path, found an empty one"),
                bad(2, "train E --out F/o", "data", "or a path, found \"\""),
                bad(2, "evaluate F/run --data E", "data", "or a path, found \"\""),
                bad(2, "train digits --encoding thresholded:x --out F/o", "a number after the colon", "\"x\""),
                bad(2, "train digits --bound elob --out F/o", "did you mean elbo?"),
                bad(2, "train digits --bound renyi --out F/o", "renyi:A"),
                bad(2, "train digits --bound renyi:1 --out F/o", "alpha", "not be 1", "use elbo"),
                bad(2, "train digits --bound renyi:-1 --out F/o", "alpha", "≥ 0", "-1"),
                bad(2, "train digits --bound miwae:2.5 --out F/o", "a whole number after the colon", "2.5"),
                bad(2, "train digits --bound miwae:0 --out F/o", "groups", "≥ 1", "0"),
                bad(2, "train digits --bound miwae:3 --samples 8 --out F/o", "samples", "3 groups", "8"),
                bad(2, "train digits --bound ciwae:2 --out F/o", "beta", "from 0 to 1", "2.0"),
                bad(2, "train digits --bound tvo:0 --out F/o", "intervals", "≥ 1", "0"),
                bad(2, "train digits --gradient drag --out F/o", "--gradient", "did you mean dreg?"),
                bad(2, "train digits --gradient stl --bound elbo --out F/o", "stl", "elbo-sampled", "use pathwise"),
                bad(
                        2,
                        "train digits --gradient stl --bound iw --out F/o",
                        "iw of 5 samples",
                        "biased",
                        "use pathwise, dreg"),
                bad(2, "train digits --gradient vimco --samples 1 --out F/o", "vimco", "2 samples", "use pathwise"),
                bad(2, "train digits --gradient score --samples 1 --out F/o", "2 samples", "score of 2 samples"),
                bad(
                        2,
                        "train digits --posterior bernoulli --bound iw --gradient enumerate --out F/o",
                        "iw of 5 samples",
                        "use score, score-plain, vimco"),
                bad(2, "evaluate F/run --evidence closed-form", "an affine decoder", "found another model"),
                bad(2, "evaluate F/layers --inference per-datum", "one layer of latent variables, found several"),
                bad(2, "train digits --gradient rws --bound renyi:0.5 --out F/o", "rws", "climbs iw", "use pathwise"),
                bad(2, "train digits --posterior flow:iaff --out F/o", "--posterior", "did you mean iaf?"),
                bad(2, "train digits --posterior lowrank:0 --out F/o", "--posterior", "above 0"),
                bad(2, "train digits --posterior lowrank:1.5 --out F/o", "whole number", "1.5"),
                bad(2, "train digits --posterior full --prior vamp:x --out F/o", "a number after the colon", "\"x\""),
                bad(2, "train digits --prior vamp:5000 --out F/o", "--prior vamp", "training data", "5000"),
                bad(2, "train digits --posterior flow:iaf --bound elbo --out F/o", "no closed form", "elbo-sampled"),
                bad(2, "train digits --optimiser adm --out F/o", "did you mean adam?"),
                bad(2, "train digits --schedule exponential:-1 --out F/o", "factor", "> 0"),
                bad(2, "train digits --precision float16 --out F/o", "float32", "did you mean float"),
                bad(2, "train digits --device gpu --out F/o", "cpu, cuda or cuda:N"),
                bad(2, "train digits --epoch 3 --out F/o", "unknown option --epoch", "did you mean --epochs?"),
                bad(2, "train digits --epochs 3 --epochs 4 --out F/o", "--epochs", "only once"),
                bad(2, "train digits --epochs three --out F/o", "--epochs", "three"),
                bad(2, "train F/levels.csv --network conv --out F/o", "--network conv", "found vectors"),
                bad(2, "train --out F/o", "DATA"),
                bad(2, "trian digits", "trian", "did you mean train?"),
                bad(2, "train digits --out F/file", "--out", "file"),
                bad(1, "train digits --out F/file/run", "cannot make the folder F/file/run: "),
                bad(1, "train digits --learning-rate 1e20 --out F/o", "step 2", "is not a finite number", "rows"),
                bad(
                        1,
                        "train F/huge.csv --likelihood normal --validation 20 --epochs 2 --out F/o",
                        "after step 1: the validation ELBO is not a finite number at row " + HUGE),
                bad(3, "evaluate F/nowhere", "nowhere", "the folder of a run"),
                bad(3, "evaluate F/images", "experiment.json"),
                bad(3, "evaluate F/run --data F/unlike.csv", "64 values a row", "2 values a row"),
                bad(3, "encode F/run mnist:test --out F/c.csv", "64 values a row", "784 values a row"),
                bad(2, "evaluate F/run --rows 361", "--rows", "360", "361"),
                bad(2, "evaluate F/run --samples 0", "--samples", "1 or more"),
                bad(2, "encode F/run digits --out F/c.txt", "--out", ".csv or .npy"),
                bad(2, "sample F/run --out F/s.jpg", "--out", ".png"),
                bad(2, "sample F/run --count 0 --out F/s.png", "--count"),
                bad(1, "sample F/run --out F/file/s.png", "s.png"),
                bad(2, "reconstruct F/run --rows 5,400 --out F/r.png", "--rows", "359", "400"),
                bad(2, "reconstruct F/run --rows 5;6 --out F/r.png", "--rows", "5;6"),
                bad(2, "morph F/run --rows 1 --out F/m.png", "at least 2 rows"),
                bad(2, "manifold F/run --out F/p.png", "4 latent dimensions", "--dimensions"),
                bad(2, "manifold F/run --dimensions 0,1 --grid 2000 --out F/p.png", "grid", "at most 146", "2000"),
                bad(2, "sample F/run --count 2000000000 --out F/s.npy", "--count", "at most 33554431", "2000000000"),
                bad(2, "train digits --posterior categorical:2147483647 --out F/o", "--posterior and --latent", "2^31"),
                bad(2, "train digits --posterior mixture:2147483647 --out F/o", "--posterior and --latent", "2^31"),
                bad(2, "train digits --latent 60000 --posterior full --out F/o", "--posterior and --latent", "2^31"),
                bad(
                        2,
                        "train digits --likelihood categorical:1e9 --encoding binarised --out F/o",
                        "--likelihood",
                        "2^31"),
                bad(2, "train digits --samples 100000000 --out F/o", "too large", "draws", "2^31"),
                bad(1, "train digits --latent 999999999 --out F/o", "out of memory: native memory", "bytes more"),
                bad(2, "manifold F/run --dimensions 0,4 --out F/p.png", "0 to 3", "4"),
                bad(3, "data F/ragged.csv", "row 3"),
                bad(3, "resume F/images", "experiment.json"));
    }

    private Set<String> before = Set.of();

    @BeforeEach
    void look() throws IOException {
        before = files();
    }

    private static Set<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("inputs")
    void isRefusedInOneLine(int code, String args, List<String> said) throws IOException {
        Jensen.Ran ran =
                Jensen.run(Arrays.stream(args.replace("F/", folder + "/").split(" "))
                        .map(arg -> arg.equals("E") ? "" : arg)
                        .toArray(String[]::new));
        assertThat(ran.err().lines()).as(ran.err()).hasSize(1);
        assertThat(ran.code()).as(ran.err()).isEqualTo(code);
        assertThat(ran.err())
                .startsWith("jensen")
                .contains(said.stream()
                        .map(words -> words.replace("F/", folder + "/"))
                        .toList());
        assertThat(ran.err()).doesNotContain("Exception", "\tat ", "=[");
        assertThat(ran.out()).isEmpty();
        assertThat(files()).isEqualTo(before);
    }

    private static Jensen.Ran altered(String name, Alteration alteration, String... command) throws IOException {
        Path copy = folder.resolve("copy");
        Files.createDirectories(copy);
        try (Stream<Path> files = Files.list(run)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
            }
        }
        alteration.of(copy.resolve(name));
        List<String> args = new ArrayList<>(List.of(command));
        args.add(1, copy.toString());
        Jensen.Ran ran = Jensen.run(args.toArray(String[]::new));
        try (Stream<Path> files = Files.list(copy)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(copy);
        return ran;
    }

    private interface Alteration {
        void of(Path file) throws IOException;
    }

    private static void truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    }

    static Stream<Arguments> alterations() {
        Alteration truncated = BadInputTest::truncate;
        Alteration flipped = file -> {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 3] ^= 1;
            Files.write(file, bytes);
        };
        Alteration unreadable = file -> {
            Files.delete(file);
            Files.createDirectory(file);
        };
        Alteration newer = file ->
                Files.writeString(file, Files.readString(file).replaceFirst("\"format\" : \\d+", "\"format\" : 99"));
        return Stream.of(
                Arguments.of("weights.safetensors", truncated, "SHA-256"),
                Arguments.of("weights.safetensors", flipped, "SHA-256"),
                Arguments.of("weights.safetensors", (Alteration) Files::delete, "none"),
                Arguments.of("experiment.json", truncated, "JSON that describes"),
                Arguments.of("experiment.json", flipped, "experiment.json"),
                Arguments.of("experiment.json", (Alteration) Files::delete, "none"),
                Arguments.of("experiment.json", newer, "a newer version of jensen wrote"),
                Arguments.of("provenance.json", truncated, "JSON that describes"),
                Arguments.of("provenance.json", unreadable, "a readable file"),
                Arguments.of("provenance.json", (Alteration) Files::delete, "a finished run"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("alterations")
    void anAlteredRunIsRefused(String name, Alteration alteration, String said) throws IOException {
        Jensen.Ran ran = altered(name, alteration, "evaluate", "--rows", "2", "--samples", "2");
        assertThat(ran.code()).as(ran.err()).isEqualTo(3);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resume", "resume --json", "reproduce"})
    void aFinishedRunIsTakenForOneOnlyWithItsFiles(String command) throws IOException {
        String[] args = command.split(" ");
        Jensen.Ran without = altered("weights.safetensors", Files::delete, args);
        Jensen.Ran truncated = altered("weights.safetensors", BadInputTest::truncate, args);
        Jensen.Ran unjudged = altered("evaluation.json", Files::delete, args);
        for (Jensen.Ran ran : List.of(without, truncated, unjudged)) {
            assertThat(ran.code()).as(ran.err()).isEqualTo(3);
            assertThat(ran.err().lines()).as(ran.err()).hasSize(1);
            assertThat(ran.out()).isEmpty();
        }
        assertThat(without.err()).contains("weights.safetensors: expected a file of this name, found none");
        assertThat(truncated.err()).contains("weights.safetensors: expected the file that the run wrote, SHA-256");
        assertThat(unjudged.err()).contains("evaluation.json: expected a file of this name, found none");
    }

    @Test
    void debuggingShowsWhere() {
        assertThat(Jensen.run(true, "evaluate", folder.resolve("nowhere").toString())
                        .err())
                .contains("\tat jensen.experiment.RunDirectory");
    }
}
