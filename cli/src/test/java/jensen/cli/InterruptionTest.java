package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
    private static final List<String> LONGER = List.of("--epochs", "12", "--batch", "20");

    @TempDir
    Path folder;

    private Process start(List<String> args) throws IOException {
        List<String> command = new ArrayList<>(args);
        command.addAll(List.of("--checkpoint-seconds", "0"));
        return Jensen.process(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    /** Waits for a checkpoint and some epochs more than there were. */
    private static void awaitEpochs(Process process, Path out, int epochs) throws Exception {
        while (process.isAlive() && epochs(out) < epochs) {
            Thread.sleep(10);
        }
    }

    private static int epochs(Path out) throws IOException {
        Path metrics = out.resolve("metrics.jsonl");
        return Files.exists(metrics) ? Files.readAllLines(metrics).size() : 0;
    }

    private String uninterrupted() throws IOException {
        List<String> more = new ArrayList<>(LONGER);
        more.add("--json");
        return Jensen.train(folder.resolve("whole"), more.toArray(String[]::new))
                .json()
                .get("weightsSha256")
                .textValue();
    }

    @Test
    void aKilledRunResumesToTheSameWeights() throws Exception {
        Path out = folder.resolve("killed");
        SplittableRandom random = new SplittableRandom(11);
        int killed = 0;
        Process process = start(Jensen.tiny(out, LONGER));
        for (int round = 1; round <= 3; round++) {
            awaitEpochs(process, out, 3 * round);
            Thread.sleep(random.nextInt(60));
            killed += process.isAlive() ? 1 : 0;
            process.destroyForcibly().waitFor();
            process = start(List.of("resume", out.toString()));
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("err")))
                .isZero();
        assertThat(killed).isGreaterThanOrEqualTo(2);
        assertThat(Jensen.sha256(Files.readAllBytes(out.resolve("weights.safetensors"))))
                .isEqualTo(uninterrupted());
        assertThat(out.resolve("metrics.jsonl"))
                .hasSameBinaryContentAs(folder.resolve("whole").resolve("metrics.jsonl"));
        assertThat(out.resolve("evaluation.json"))
                .hasSameBinaryContentAs(folder.resolve("whole").resolve("evaluation.json"));
        assertThat(out.resolve("checkpoint.safetensors")).doesNotExist();
    }

    @Test
    void aRequestToEndLeavesACheckpoint() throws Exception {
        Path out = folder.resolve("ended");
        Process process = start(Jensen.tiny(out, LONGER));
        awaitEpochs(process, out, 1);
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(folder.resolve("err"), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said).isEqualTo(130);
        assertThat(said).endsWith("interrupted; resume with: jensen resume " + out + System.lineSeparator());
        assertThat(out.resolve("checkpoint.safetensors")).exists();
        assertThat(Jensen.run("evaluate", out.toString()).err()).contains("jensen resume");
        Path half = Files.createFile(out.resolve(".checkpoint.safetensors." + UUID.randomUUID() + ".part"));
        Jensen.Ran resumed = Jensen.run("resume", out.toString(), "--json");
        assertThat(resumed.json().get("weightsSha256").textValue()).isEqualTo(uninterrupted());
        assertThat(half).doesNotExist();
    }
}
