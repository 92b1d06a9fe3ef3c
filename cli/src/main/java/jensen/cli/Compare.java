package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import jensen.data.Dataset;
import jensen.evaluate.Difference;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets trained models side by side on the same data. */
@Command(
        name = "compare",
        description = "Sets trained models side by side on the same data, with the same noise: their bounds, and by how"
                + " much each is better than the first, paired row by row.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nExample:",
            "  jensen compare runs/mnist-1 runs/mnist-2 --rows 1000",
            "  jensen compare runs/table-1 runs/table-2 --data new.csv"
        })
final class Compare implements Callable<Integer> {
    private static final int ROWS = 1000;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", arity = "2..*", description = "The folders of the runs.")
    private List<Path> directories = List.of();

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the runs' test data).")
    private @Nullable String data;

    @Option(names = "--samples", paramLabel = "K", description = "Draws of z for each datum (default: 500).")
    private int samples = 500;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Only N data, spread evenly (default: 1000, or all if they are fewer).")
    private int rows = ROWS;

    @Option(names = "--seed", paramLabel = "S", description = "Of the draws (default: 0).")
    private long seed;

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Compare(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A run beside the first one. */
    private record Side(boolean first, Path directory, Evaluation evaluation, int latent, Difference gain) {}

    @Override
    public Integer call() throws IOException {
        Choices.atLeast("--rows", rows, 2);
        Choices.atLeast("--samples", samples, 1);
        List<Trained> runs = new ArrayList<>();
        for (Path directory : directories) {
            runs.add(Trained.open(directory, seed, work));
        }
        List<Side> sides;
        String what;
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset shared = shared(runs, meter);
            if (shared.size() < 2) {
                throw new IllegalArgumentException(
                        "expected 2 rows or more to compare on, found " + shared.size() + " in " + shared.name());
            }
            what = data == null ? "the test data" : shared.name();
            sides = sides(runs, shared, shared.spread(Math.min(rows, shared.size())), meter);
        }
        if (json) {
            terminal.out().println(Results.json(fields(sides)));
        } else {
            terminal.print(lines(sides, what));
        }
        return Exit.DONE;
    }

    /** The data that are named, or else the test data of all runs, which each of them takes and sees alike. */
    private Dataset shared(List<Trained> runs, Meter meter) {
        Dataset first = runs.get(0).data(data, meter);
        for (int i = 1; i < runs.size(); i++) {
            Dataset other = runs.get(i).data(data, meter);
            if (!other.sha256().equals(first.sha256())) {
                throw new IllegalArgumentException("expected runs with the same test data, found " + directories.get(0)
                        + " with " + Results.count(first.size(), "row") + " of " + first.name() + " and "
                        + directories.get(i) + " with "
                        + (other.name().equals(first.name()) ? "others" : "some of " + other.name()));
            }
            if (!encoding(runs.get(i)).equals(encoding(runs.get(0)))) {
                throw new IllegalArgumentException("expected runs that see the data alike, found " + directories.get(0)
                        + " with --encoding " + encoding(runs.get(0)) + " and " + directories.get(i)
                        + " with --encoding " + encoding(runs.get(i)));
            }
        }
        return first;
    }

    private static Object encoding(Trained run) {
        return run.evaluator().encoding();
    }

    private List<Side> sides(List<Trained> runs, Dataset data, int[] numbers, Meter meter) {
        AtomicLong done = new AtomicLong();
        long all = runs.stream().mapToLong(run -> numbers.length * run.passes()).sum();
        List<Side> sides = new ArrayList<>();
        List<Row> first = List.of();
        for (int i = 0; i < runs.size(); i++) {
            Trained run = runs.get(i);
            IntConsumer more = n -> meter.evaluated(done.addAndGet(n), all);
            Evaluator once = run.evaluator().settled(data, numbers, more);
            List<Row> found = once.rows(data, numbers, samples, more);
            first = i == 0 ? found : first;
            Evaluation evaluation = Evaluation.of(
                    found, found, once.codes(data, numbers), data.shape().size(), samples);
            sides.add(new Side(i == 0, directories.get(i), evaluation, run.latent(), Difference.of(first, found)));
        }
        return sides;
    }

    private static Map<String, Object> fields(List<Side> sides) {
        List<Map<String, Object>> runs = new ArrayList<>();
        for (Side side : sides) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("directory", side.directory().toString());
            fields.putAll(Results.numbers(side.evaluation()));
            put(fields, "elboGain", side.gain().elbo());
            put(fields, "logLikelihoodGain", side.gain().logLikelihood());
            runs.add(fields);
        }
        return Map.of("runs", runs);
    }

    private static void put(Map<String, Object> fields, String name, Estimate e) {
        Results.put(fields, name, e.value());
        Results.put(fields, name + "StandardError", e.standardError());
    }

    private static List<String> lines(List<Side> sides, String what) {
        Evaluation first = sides.get(0).evaluation();
        int width = sides.stream()
                .mapToInt(s -> s.directory().toString().length())
                .max()
                .orElseThrow();
        List<String> lines = new ArrayList<>();
        lines.add("nats per datum, " + Results.count(first.rows(), "row") + " of " + what + ", "
                + Results.count(first.samples(), "draw") + " each; gains over the first run, paired");
        lines.add(" ".repeat(width) + "      ELBO  log p(x)        KL  active          ELBO gain      log p(x) gain");
        for (Side side : sides) {
            Evaluation e = side.evaluation();
            lines.add(String.format(
                            Locale.ROOT,
                            "%-" + width + "s %9.3f %9.3f %9.3f  %3d/%-3d %18s %18s",
                            side.directory(),
                            e.elbo(),
                            e.logLikelihood(),
                            e.kl(),
                            e.activeUnits(),
                            side.latent(),
                            gain(side, side.gain().elbo()),
                            gain(side, side.gain().logLikelihood()))
                    .stripTrailing());
        }
        return lines;
    }

    private static String gain(Side side, Estimate e) {
        return side.first() ? "" : String.format(Locale.ROOT, "%+.3f ± %.3f", e.value(), e.standardError());
    }
}
