package jensen.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The tests of the Python beside this module, which need nothing but Python's own library. */
class ScriptsTest {
    @Test
    void theScriptsPassTheirTests() throws IOException, InterruptedException {
        assumeTrue(python("-c", "import sys; assert sys.version_info >= (3, 9)").code() == 0, "no Python 3.9 here");
        String here = Files.isDirectory(Path.of("benchmarks")) ? "benchmarks" : ".";
        Ended tests = python("-m", "unittest", "discover", here);
        assertThat(tests.code()).as(tests.said()).isZero();
        assertThat(tests.said()).containsPattern("Ran [1-9][0-9]* tests");
    }

    private record Ended(int code, String said) {}

    private static Ended python(String... args) throws InterruptedException, IOException {
        ProcessBuilder builder = new ProcessBuilder("python3");
        builder.command().addAll(List.of(args));
        try {
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1, said);
        } catch (IOException e) {
            return new Ended(-1, String.valueOf(e.getMessage()));
        }
    }
}
