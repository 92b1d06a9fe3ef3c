package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jensen.experiment.RunDirectory;
import jensen.experiment.RunLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A run's folder has one writer at a time: another one is refused in a line and changes nothing. */
class OneWriterTest {
    @TempDir
    static Path folder;

    private static Path run = Path.of("");

    @BeforeAll
    static void train() {
        run = folder.resolve("run");
        assertThat(Jensen.train(run).code()).isZero();
    }

    private static List<List<String>> writers(Path out) {
        return List.of(
                Jensen.tiny(out, List.of("--force")),
                List.of("resume", out.toString()),
                List.of("report", out.toString()));
    }

    private static String refusal(Path out) {
        return out + ": expected a folder that nothing else writes to, found one that is being written to";
    }

    private static Map<String, String> content(Path out) throws Exception {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.toList()) {
                content.put(String.valueOf(file.getFileName()), Jensen.sha256(Files.readAllBytes(file)));
            }
        }
        return content;
    }

    @Test
    void oneOfTheSameProcessIsRefused() throws Exception {
        Files.delete(run.resolve("report.html")); // so that resume has something to write
        Map<String, String> before = content(run);
        try (RunLock lock = new RunDirectory(run).lock()) {
            for (List<String> writer : writers(run)) {
                Jensen.Ran ran = Jensen.run(writer.toArray(String[]::new));
                assertThat(ran.code()).as("%s: %s", writer, ran.err()).isEqualTo(Exit.USAGE);
                assertThat(ran.err()).hasLineCount(1).contains(refusal(run));
            }
            // to be refused here has not ended the lock that others see
            assertThat(refusedElsewhere(writers(run).get(0))).contains(refusal(run));
        }
        assertThat(content(run)).isEqualTo(before);
        for (List<String> writer : writers(run)) {
            assertThat(Jensen.run(writer.toArray(String[]::new)).code()).isZero();
        }
        assertThat(run.resolve(".lock")).doesNotExist();
    }

    private static String refusedElsewhere(List<String> command) throws Exception {
        Path err = folder.resolve("err");
        Process process = Jensen.process(command).redirectError(err.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(Exit.USAGE);
        return Files.readString(err);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void oneOfAnotherProcessIsRefusedUntilThatEnds() throws Exception {
        Path out = folder.resolve("long");
        List<String> longer = List.of("--epochs", "1000", "--checkpoint-seconds", "0");
        Process process = Jensen.process(Jensen.tiny(out, longer))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            while (process.isAlive() && epochs(out) < 1) {
                Thread.sleep(10);
            }
            for (List<String> writer : writers(out)) {
                Jensen.Ran ran = Jensen.run(writer.toArray(String[]::new));
                assertThat(ran.code()).as("%s: %s", writer, ran.err()).isEqualTo(Exit.USAGE);
                assertThat(ran.err()).hasLineCount(1).contains(refusal(out));
            }
            int before = epochs(out);
            while (process.isAlive() && epochs(out) < before + 2) {
                Thread.sleep(10);
            }
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(out.resolve(".lock")).exists(); // of a process that is no more: it keeps nobody out
        assertThat(Jensen.train(out, "--force").code()).isZero();
        assertThat(out.resolve(".lock")).doesNotExist();
    }

    @Test
    void onlyAFolderThatTheLockMadeIsRemoved() throws Exception {
        Path made = folder.resolve("made");
        new RunDirectory(made).lock().close();
        assertThat(made).doesNotExist();
        Path mine = Files.createDirectory(folder.resolve("mine"));
        assertThat(Jensen.train(mine, "--learning-rate", "1e30").code()).isEqualTo(Exit.FAILED);
        assertThat(mine).isEmptyDirectory();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatCannotBeMadeIsNoRival() {
        Path nowhere = Path.of("/proc/nowhere");
        Jensen.Ran ran = Jensen.train(nowhere);
        assertThat(ran.code()).isEqualTo(Exit.FAILED);
        assertThat(ran.err()).hasLineCount(1).contains("cannot make the folder " + nowhere + ": ");
    }

    @Test
    void trainingsStartedTogetherGetAFolderEach() throws Exception {
        List<String> unnamed = new ArrayList<>(Jensen.tiny(folder, List.of("--epochs", "1")));
        unnamed.subList(unnamed.indexOf("--out"), unnamed.indexOf("--out") + 2).clear();
        List<Process> both = List.of(start(unnamed), start(unnamed));
        for (Process process : both) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        Path runs = folder.resolve("runs");
        assertThat(content(runs.resolve("digits-1")).keySet()).contains("weights.safetensors");
        assertThat(content(runs.resolve("digits-2")).keySet()).contains("weights.safetensors");
        unnamed.addAll(List.of("--learning-rate", "1e30"));
        Process failing = start(unnamed);
        assertThat(failing.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(failing.exitValue()).isEqualTo(Exit.FAILED);
        assertThat(runs.resolve("digits-3")).doesNotExist();
    }

    private static Process start(List<String> command) throws IOException {
        return Jensen.process(command)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int epochs(Path out) throws IOException {
        Path metrics = out.resolve("metrics.jsonl");
        return Files.exists(metrics) ? Files.readAllLines(metrics).size() : 0;
    }
}
