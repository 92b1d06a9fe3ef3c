package jensen.cli;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a command's words go.
 *
 * @param out for results
 * @param err for progress and failures
 * @param outShown whether a terminal shows {@code out}
 * @param errShown whether a terminal shows {@code err}, and lines on it may be overwritten
 * @param colour whether the terminal shows 24-bit colour
 * @param columns how many characters fit in a line of the terminal, now
 * @param lost why results did not arrive; null while they do, or where their reader has gone
 */
record Terminal(
        PrintStream out,
        PrintStream err,
        boolean outShown,
        boolean errShown,
        boolean colour,
        IntSupplier columns,
        AtomicReference<@Nullable IOException> lost) {
    private static final int COLUMNS = 80;

    /** The terminal, or files and pipes, of this process. */
    static Terminal ofProcess(Map<String, String> environment) {
        boolean plain = set(environment, "NO_COLOR")
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        String colours = environment.getOrDefault("COLORTERM", "");
        AtomicReference<@Nullable IOException> lost = new AtomicReference<>();
        return new Terminal(
                stream(new Watched(new FileOutputStream(FileDescriptor.out), lost)),
                stream(new FileOutputStream(FileDescriptor.err)),
                isShown(1),
                !plain && isShown(2),
                !plain && (colours.equals("truecolor") || colours.equals("24bit")),
                () -> columns(environment),
                lost);
    }

    private static boolean set(Map<String, String> environment, String name) {
        return !environment.getOrDefault(name, "").isEmpty();
    }

    // Terminals understand UTF-8 also where the locale, as in most containers, is not set.
    private static PrintStream stream(OutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    /** A stream that remembers a failure, which a PrintStream does not tell; a reader that stopped reading is none. */
    private static final class Watched extends FilterOutputStream {
        private final AtomicReference<@Nullable IOException> lost;

        Watched(OutputStream to, AtomicReference<@Nullable IOException> lost) {
            super(to);
            this.lost = lost;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("Broken pipe")) {
                    lost.compareAndSet(null, new IOException("cannot write to standard output: " + e.getMessage(), e));
                }
                throw e;
            }
        }
    }

    // Java tells only of standard input and output together whether they are a terminal's.
    private static boolean isShown(int descriptor) {
        ProcessBuilder test = new ProcessBuilder("test", "-t", String.valueOf(descriptor));
        ProcessBuilder shared =
                descriptor == 1 ? test.redirectOutput(Redirect.INHERIT) : test.redirectError(Redirect.INHERIT);
        try {
            return shared.start().waitFor() == 0;
        } catch (IOException noSuchCommand) {
            return false; // as on Windows, where lines will do
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int columns(Map<String, String> environment) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (size.matches("\\d{1,5} [1-9]\\d{0,4}")) {
                return Integer.parseInt(size.substring(size.indexOf(' ') + 1));
            }
            return environmentColumns(environment);
        } catch (IOException noTerminal) {
            return environmentColumns(environment);
        }
    }

    private static int environmentColumns(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[1-9]\\d{0,4}") ? Integer.parseInt(columns) : COLUMNS;
    }

    /** Results, line by line. */
    void print(List<String> lines) {
        lines.forEach(out::println);
    }
}
