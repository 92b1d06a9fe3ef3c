package jensen.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The command, run in this process with its words caught, or in one of its own. */
final class Jensen {
    /** A run that takes a second. */
    private static final List<String> TINY = List.of(
            "--epochs",
            "2",
            "--hidden",
            "32",
            "--latent",
            "4",
            "--evaluation-rows",
            "20",
            "--evaluation-samples",
            "50");

    /** What came of a command. */
    record Ran(int code, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    private Jensen() {}

    static Ran run(String... args) {
        return run(false, args);
    }

    static Ran run(boolean debug, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                () -> 80,
                new AtomicReference<>());
        int code = Main.run(terminal, debug, args);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A tiny run on the digits. */
    static Ran train(Path out, String... more) {
        return run(tiny(out, List.of(more)).toArray(String[]::new));
    }

    /** The arguments of a tiny run, some of whose options may be others. */
    static List<String> tiny(Path out, List<String> more) {
        List<String> args = new ArrayList<>(List.of("train", "digits", "--out", out.toString()));
        for (int i = 0; i < TINY.size(); i += 2) {
            if (!more.contains(TINY.get(i))) {
                args.addAll(TINY.subList(i, i + 2));
            }
        }
        args.addAll(more);
        return args;
    }

    /** The command in a process of its own. */
    static ProcessBuilder process(List<String> args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "jensen.cli.Main"));
        command.addAll(args);
        return new ProcessBuilder(command);
    }

    static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
