package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train",
                "evaluate",
                "compare",
                "algorithms",
                "explain",
                "diagnose",
                "selftest",
                "reconstruct",
                "sample",
                "encode",
                "morph",
                "manifold",
                "report",
                "reproduce",
                "resume",
                "data"
            })
    void everyCommandHelps(String command) {
        Jensen.Ran ran = Jensen.run(command, "--help");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .startsWith("Usage: jensen " + command)
                .contains("Example")
                .doesNotContain("%n");
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(Jensen.run("--help").out()).containsPattern("(?m)^ +" + command + " +\\p{Upper}");
    }

    @Test
    void theExitCodesAreDocumented() {
        assertThat(Jensen.run("--help").out()).containsSubsequence("Exit codes:", "0 ", "1 ", "2 ", "3 ", "130 ");
    }

    @Test
    void theVersionNamesTheNativeLayer() {
        assertThat(Jensen.run("train", "--version").out())
                .isEqualTo(Jensen.run("--version").out());
        assertThat(Jensen.run("--version").out().lines().toList())
                .hasSize(3)
                .last()
                .asString()
                .startsWith("libtorch ");
    }

    @Test
    void whatMakesTheNativeLayerSlowIsSaid(@TempDir Path folder) throws Exception {
        List<String> train = new ArrayList<>(Jensen.tiny(folder.resolve("run"), List.of("--epochs", "1")));
        for (List<String> args : List.of(List.of("train", "--version"), train)) {
            Path errors = folder.resolve("errors");
            ProcessBuilder process = Jensen.process(args)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(errors.toFile());
            process.environment().put("ATEN_CPU_CAPABILITY", "default");
            assertThat(process.start().waitFor()).isZero();
            assertThat(Files.readAllLines(errors).get(0)).contains("ATEN_CPU_CAPABILITY=default", "unset it");
        }
    }

    @Test
    void theTrainOptionsOfTheContractAreThere() {
        assertThat(Jensen.run("train", "--help").out())
                .contains(
                        "--out=",
                        "--latent=",
                        "--hidden=",
                        "--network=",
                        "--likelihood=",
                        "--bound=",
                        "--samples=",
                        "--epochs=",
                        "--batch=",
                        "--learning-rate=",
                        "--seed=",
                        "--threads=",
                        "--json",
                        "--force");
    }

    @Test
    void dataAreListedAndDescribed() throws Exception {
        assertThat(Jensen.run("data").out()).contains("mnist ", "digits ", "fashion-mnist ", "a path ");
        Jensen.Ran digits = Jensen.run("data", "digits:test", "--json");
        assertThat(digits.json().get("rows").intValue()).isEqualTo(360);
        assertThat(digits.json().get("labels").intValue()).isEqualTo(10);
        assertThat(digits.json().get("shape").toString()).isEqualTo("[1,8,8]");
        assertThat(digits.json().get("sha256").textValue()).hasSize(64);
        assertThat(Jensen.run("data", "digits").out()).contains("1,437", "1×8×8", "a number from 0 to 1", "10 classes");
    }
}
