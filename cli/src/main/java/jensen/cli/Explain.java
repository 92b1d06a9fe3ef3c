package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import jensen.data.Dataset;
import jensen.evaluate.BestPosterior;
import jensen.evaluate.Derivation;
import jensen.evaluate.DerivationTotal;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evidence;
import jensen.evaluate.ImportanceSampling;
import jensen.experiment.RunDirectory;
import jensen.report.DerivationReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Derives the bound from log p(x) on a datum. */
@Command(
        name = "explain",
        description =
                "Derives the bound from log p(x) on a datum, line by line: each with its number, its error and why, and"
                        + " what was lost on the way.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nNumbers are in nats. The page is DIR/explain-N.html unless --out says otherwise; with --json or --all there is"
                    + " one only with --out.",
            "%nExample:",
            "  jensen explain runs/mnist-1 --datum 7",
            "  jensen explain runs/mnist-1 --all --rows 100 --json"
        })
final class Explain implements Callable<Integer> {
    private static final int DRAWS = 10_000;
    private static final int DRAWS_FOR_ALL = 5000;
    private static final int TOGETHER = 20;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--datum", paramLabel = "N", description = "Which datum, counted from 0 (default: 0).")
    private @Nullable Integer datum;

    @Option(names = "--all", description = "Sums over all the data instead of one datum.")
    private boolean all;

    @Option(names = "--rows", paramLabel = "N", description = "With --all: only N data, spread evenly.")
    private @Nullable Integer rows;

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the run's test data).")
    private @Nullable String data;

    @Option(
            names = "--samples",
            paramLabel = "K",
            description = "Draws of z for each expectation (default: 10000; with --all 5000).")
    private @Nullable Integer samples;

    @Mixin
    private EvidenceOptions evidence = new EvidenceOptions();

    @Option(names = "--seed", paramLabel = "S", description = "Of the draws (default: 0).")
    private long seed;

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    @Option(names = "--out", paramLabel = "FILE.html", description = "The page to write.")
    private @Nullable Path out;

    Explain(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        check();
        evidence.check();
        Trained trained = Trained.open(directory, seed, work);
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset chosen = trained.data(data, meter);
            DerivationReport report = new DerivationReport(trained.experiment(), trained.evaluator(), chosen);
            int[] numbers = all ? some(chosen) : new int[] {one(chosen)};
            List<Derivation> found = derive(trained, chosen, numbers, meter);
            meter.close();
            if (all) {
                tell(report, DerivationTotal.of(found));
            } else {
                tell(report, found.get(0));
            }
            List<Evidence> evidences = found.stream().map(Derivation::evidence).toList();
            return evidence.tell(terminal, "jensen explain", evidences);
        }
    }

    private void check() {
        Choices.atLeast("--samples", samples, 2);
        if (all && datum != null) {
            throw new IllegalArgumentException("--datum and --all: expected one of them, found both");
        }
        if (!all && rows != null) {
            throw new IllegalArgumentException("--rows: expected --all with it, found none");
        }
        if (out != null) {
            Trained.format(out, ".html");
        }
    }

    private int one(Dataset chosen) {
        int row = datum == null ? 0 : datum;
        if (row < 0 || row >= chosen.size()) {
            throw new IllegalArgumentException("--datum: expected a number from 0 to %d, the last of %s, found %d"
                    .formatted(chosen.size() - 1, chosen.name(), row));
        }
        return row;
    }

    private int[] some(Dataset chosen) {
        int n = rows == null ? chosen.size() : rows;
        if (n < 1 || n > chosen.size()) {
            throw new IllegalArgumentException("--rows: expected a number from 1 to %d, the size of %s, found %d"
                    .formatted(chosen.size(), chosen.name(), n));
        }
        return chosen.spread(n);
    }

    /** In groups, so that progress shows all of the work. */
    private List<Derivation> derive(Trained trained, Dataset chosen, int[] numbers, Meter meter) {
        int draws = samples != null ? samples : all ? DRAWS_FOR_ALL : DRAWS;
        List<Derivation> found = new ArrayList<>(numbers.length);
        for (int from = 0; from < numbers.length; from += TOGETHER) {
            int[] part = Arrays.copyOfRange(numbers, from, Math.min(numbers.length, from + TOGETHER));
            found.addAll(Derivation.of(
                    trained.evaluator(), chosen, part, evidence.method(), BestPosterior.standard(), draws, n -> {}));
            meter.evaluated(found.size(), numbers.length);
        }
        return found;
    }

    private void tell(DerivationReport report, Derivation d) {
        if (json) {
            terminal.out().println(Results.json(fields(report, d)));
        } else {
            terminal.print(table().of(report, d));
        }
        if (out != null || !json) {
            page(out != null ? out : new RunDirectory(directory).explanation(d.index()), p -> report.write(p, d));
        }
    }

    private void tell(DerivationReport report, DerivationTotal total) {
        if (json) {
            terminal.out().println(Results.json(fields(report, total)));
        } else {
            terminal.print(table().of(report, total));
        }
        if (out != null) {
            page(out, p -> report.write(p, total));
        }
    }

    private DerivationTable table() {
        return new DerivationTable(terminal.outShown() ? terminal.columns().getAsInt() : DerivationTable.COLUMNS);
    }

    /** Comes after the numbers, which are not lost where it cannot be written. */
    private void page(Path file, Consumer<Path> write) {
        write.accept(file);
        if (!json) {
            terminal.out().println(file);
        }
    }

    private Map<String, Object> fields(DerivationReport report, Derivation d) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("directory", directory.toString());
        fields.put("data", report.data().name());
        fields.put("datum", d.index());
        fields.put("lines", d.lines().stream().map(Explain::line).toList());
        fields.put("route", d.route().stream().map(Explain::line).toList());
        Evidence e = d.evidence();
        put(fields, "logEvidence", new Estimate(e.value(), e.standardError()));
        fields.put("evidenceMethod", e.method().name());
        fields.put("evidenceReached", e.reached());
        fields.put("evaluations", e.evaluations());
        e.weights()
                .filter(w -> e.method() instanceof ImportanceSampling)
                .ifPresent(w -> Results.put(fields, "paretoShape", w.paretoShape()));
        put(fields, "elbo", d.elbo());
        put(fields, "reconstruction", d.reconstruction());
        put(fields, "kl", d.kl());
        put(fields, "gap", d.gap());
        put(fields, "approximationGap", d.approximationGap());
        put(fields, "amortisationGap", d.amortisationGap());
        put(fields, "bestElbo", d.best());
        fields.put(
                "bounds",
                d.bounds().stream().map(b -> bound(b.draws(), b.value())).toList());
        fields.put("checks", d.checks().stream().map(Explain::check).toList());
        return fields;
    }

    private Map<String, Object> fields(DerivationReport report, DerivationTotal t) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("directory", directory.toString());
        fields.put("data", report.data().name());
        fields.put("rows", t.rows());
        fields.put("lines", t.lines().stream().map(Explain::line).toList());
        put(fields, "logEvidence", t.logEvidence());
        fields.put("evidenceMethod", evidence.method().name());
        fields.put("evidenceRows", t.methods());
        fields.put("unreachedRows", t.unreached());
        put(fields, "elbo", t.elbo());
        put(fields, "reconstruction", t.reconstruction());
        put(fields, "kl", t.kl());
        put(fields, "gap", t.gap());
        put(fields, "approximationGap", t.approximationGap());
        put(fields, "amortisationGap", t.amortisationGap());
        fields.put("bounds", t.bounds().stream().map(Explain::bound).toList());
        fields.put("coveredRows", t.covered());
        fields.put("checks", t.checks().stream().map(Explain::check).toList());
        fields.put("failedChecks", t.failed());
        return fields;
    }

    private static Map<String, Object> bound(int draws, Estimate value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("samples", draws);
        put(fields, "value", value);
        return fields;
    }

    private static Map<String, Object> bound(DerivationTotal.Tightness t) {
        Map<String, Object> fields = bound(t.draws(), t.value());
        put(fields, "gap", t.gap());
        Results.put(fields, "gapRowsStandardError", t.spread());
        return fields;
    }

    private static Map<String, Object> check(DerivationTotal.Checked check) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("label", check.label());
        fields.put("rows", check.rows());
        fields.put("failed", check.failed());
        Results.put(fields, "largestDifference", check.largest());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, Estimate e) {
        Results.put(fields, name, e.value());
        Results.put(fields, name.equals("value") ? "standardError" : name + "StandardError", e.standardError());
    }

    private static Map<String, Object> line(Derivation.Line line) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("label", line.label());
        Results.put(fields, "value", line.value());
        Results.put(fields, "standardError", line.standardError());
        fields.put("reason", line.reason());
        fields.put("method", "jensen." + line.method());
        return fields;
    }

    private static Map<String, Object> check(Derivation.Check check) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("label", check.label());
        Results.put(fields, "left", check.left());
        Results.put(fields, "right", check.right());
        Results.put(fields, "tolerance", check.tolerance());
        fields.put("holds", check.holds());
        return fields;
    }
}
