package jensen.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.Step;

/** Progress on the last line of a terminal, which it rewrites; what does not fit the terminal's width is left out. */
final class Bar implements Meter {
    private static final long FRAME = 100_000_000;
    private static final long WIDTH = 2_000_000_000;
    private static final int SHORTEST = 8;
    private static final int LONGEST = 40;
    private static final int BEFORE_BAR = 3; // facts that matter more than the bar
    private static final String DONE = "\u001b[36m";
    private static final String TO_DO = "\u001b[90m";
    private static final String RESET = "\u001b[0m";
    private static final String ERASE = "\r\u001b[K";
    // Between these a line that has become too long is cut off instead of going on in the next.
    private static final String CUT = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private final Terminal terminal;
    private final int epochs;
    private final Pace pace = new Pace();
    private final long started = System.nanoTime();
    private long drawn;
    private long measured;
    private int columns;
    private long evaluating;
    private String validation = "";

    Bar(Terminal terminal, int epochs) {
        this.terminal = terminal;
        this.epochs = epochs;
    }

    @Override
    public synchronized void step(Step step, Means soFar, int stepsPerEpoch) {
        pace.step(step, soFar, stepsPerEpoch);
        long all = (long) stepsPerEpoch * epochs;
        show(
                false,
                () -> new Line(
                        "epoch " + (step.epoch() + 1) + "/" + epochs,
                        (double) step.index() / all,
                        List.of(
                                elbo(soFar),
                                left(pace.left(all - step.index())),
                                Fact.of(String.format(Locale.ROOT, "%,.0f/s", pace.examplesPerSecond())),
                                Fact.of(validation))));
    }

    private static Fact elbo(Means m) {
        String brief = String.format(Locale.ROOT, "ELBO %.1f", m.elbo());
        return new Fact(
                brief + String.format(Locale.ROOT, " = %.1f - %.1f", m.reconstruction(), m.divergence()), brief);
    }

    private static Fact left(Duration left) {
        return new Fact(Pace.clock(left) + " left", Pace.clock(left));
    }

    @Override
    public synchronized void epoch(Epoch e) {
        pace.epoch(e);
        validation = String.format(Locale.ROOT, "validation %.1f", e.validationElbo());
    }

    @Override
    public synchronized void evaluated(long done, long of) {
        long now = System.nanoTime();
        evaluating = evaluating == 0 ? now : evaluating;
        Duration left = Duration.ofNanos((long) ((double) (now - evaluating) / done * (of - done)));
        show(done >= of, () -> new Line("evaluating", (double) done / of, List.of(left(left))));
    }

    @Override
    public synchronized void received(String file, long bytes, OptionalLong total) {
        String size = String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
        double part = total.isPresent() ? (double) bytes / total.getAsLong() : 0;
        show(false, () -> new Line("downloading", part, List.of(Fact.of(size), Fact.of(file))));
    }

    @Override
    public synchronized void note(String message) {
        terminal.err().print(ERASE + message + System.lineSeparator());
        terminal.err().flush();
    }

    @Override
    public synchronized void close() {
        if (drawn != 0) {
            terminal.err().print(ERASE);
            terminal.err().flush();
        }
    }

    /**
     * Something that a line may say.
     *
     * @param full where there is room
     * @param brief where there is less
     */
    record Fact(String full, String brief) {
        static Fact of(String text) {
            return new Fact(text, text);
        }
    }

    /**
     * What a line says.
     *
     * @param what is done
     * @param part of it that is done, from 0 to 1
     * @param facts the most important first
     */
    record Line(String what, double part, List<Fact> facts) {
        /** The line, with as many of the facts as fit, and a bar if there is room for one. */
        String text(int columns) {
            int room = columns - 1; // a terminal may break the line once its last column is full
            List<String> shown = new ArrayList<>();
            int length = what.length();
            for (Fact fact : facts) {
                String text = length + 2 + fact.full().length() <= room ? fact.full() : fact.brief();
                int forBar = shown.size() < BEFORE_BAR ? 0 : 2 + SHORTEST;
                if (!text.isEmpty() && length + 2 + text.length() + forBar <= room) {
                    shown.add(text);
                    length += 2 + text.length();
                }
            }
            int bar = Math.min(LONGEST, room - length - 2);
            StringBuilder text = new StringBuilder(what.substring(0, Math.min(what.length(), Math.max(0, room))));
            if (bar >= SHORTEST) {
                int done = (int) Math.round(bar * Math.min(1, Math.max(0, part)));
                text.append("  ").append(DONE).append("━".repeat(done));
                text.append(TO_DO).append("━".repeat(bar - done)).append(RESET);
            }
            shown.forEach(fact -> text.append("  ").append(fact));
            return text.toString();
        }
    }

    private void show(boolean always, Supplier<Line> line) {
        long now = System.nanoTime() - started + 1;
        if (!always && drawn != 0 && now - drawn < FRAME) {
            return;
        }
        if (measured == 0 || now - measured > WIDTH) {
            columns = terminal.columns().getAsInt();
            measured = now;
        }
        drawn = now;
        terminal.err().print(ERASE + CUT + line.get().text(columns) + WRAP);
        terminal.err().flush();
    }
}
