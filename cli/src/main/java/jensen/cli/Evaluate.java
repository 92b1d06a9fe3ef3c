package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.evaluate.ChiUpperBound;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evidence;
import jensen.evaluate.EvidenceMethod;
import jensen.evaluate.Row;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Evaluates a trained model. */
@Command(
        name = "evaluate",
        description =
                "Evaluates a trained model: the ELBO and its parts, and log p(x) by importance sampling or as --evidence"
                        + " says.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nExample:",
            "  jensen evaluate runs/mnist-1 --rows 1000 --json",
            "  jensen evaluate runs/mnist-1 --rows 100 --evidence auto --error 0.1",
            "  jensen evaluate runs/mnist-2d --rows 100 --evidence is --against quadrature",
            "  jensen evaluate runs/mnist-1 --rows 100 --inference per-datum",
            "  jensen evaluate runs/table-1 --data new.csv --out scores.csv"
        })
final class Evaluate implements Callable<Integer> {
    private static final int DRAWS = 5000;
    private static final int DRAWS_FOR_BOUND = 500;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the run's test data).")
    private @Nullable String data;

    @Option(
            names = "--samples",
            paramLabel = "K",
            description =
                    "Draws of z for each datum (default: 5000; with --evidence, which chooses its own for log p(x),"
                            + " 500 for the ELBO).")
    private @Nullable Integer samples;

    @Mixin
    private EvidenceOptions evidence = new EvidenceOptions();

    @Option(
            names = "--against",
            paramLabel = "METHOD",
            description = "Also find log p(x) by another method than --evidence, and say on how many data they agree.")
    private EvidenceOptions.@Nullable Name against;

    @Option(
            names = "--inference",
            paramLabel = "NAME",
            description = "Choose q in another way than the run did, for the same model: amortised,"
                    + " semi-amortised[:STEPS] or per-datum[:STEPS] (default: the run's).")
    private @Nullable Inference inference;

    @Option(
            names = "--upper-bound",
            description = "Also estimate the chi-squared upper bound on log p(x), 1/2 log E[w^2]; with few draws the"
                    + " estimate may lie below it.")
    private boolean upperBound;

    @Option(names = "--rows", paramLabel = "N", description = "Only N data, spread evenly (default: all).")
    private @Nullable Integer rows;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Also write each datum's ELBO and log p(x), with their errors, as a row of this .csv file; the least"
                            + " likely data are the anomalies.")
    private @Nullable Path out;

    @Option(names = "--seed", paramLabel = "S", description = "Of the draws (default: 0).")
    private long seed;

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Evaluate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Choices.atLeast("--rows", rows, 1);
        Choices.atLeast("--samples", samples, 1);
        evidence.check();
        if (out != null) {
            Trained.format(out, ".csv");
        }
        boolean byMethod = evidence.isGiven() || against != null;
        if (!byMethod) {
            evidence.checkUnused();
        }
        Trained opened = Trained.open(directory, seed, work);
        Trained trained = inference == null ? opened : opened.with(inference);
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset chosen = trained.data(data, meter);
            int n = rows == null ? chosen.size() : rows;
            if (n > chosen.size()) {
                throw new IllegalArgumentException(
                        "--rows: expected at most the %d of %s, found %d".formatted(chosen.size(), chosen.name(), n));
            }
            int[] numbers = chosen.spread(n);
            if (against != null) { // of no rows there is nothing to find, but a model to refuse
                evidence.other(against).evidence(trained.evaluator(), chosen, new int[0], none -> {});
            }
            IntConsumer progress = progress(meter, numbers.length * trained.passes());
            Trained once = trained.settled(chosen, numbers, progress);
            return byMethod
                    ? byMethod(once, chosen, numbers, meter, progress)
                    : byDraws(once, chosen, numbers, meter, progress);
        }
    }

    private int byDraws(Trained trained, Dataset chosen, int[] numbers, Meter meter, IntConsumer progress) {
        int draws = samples == null ? DRAWS : samples;
        List<Row> found = trained.evaluator().rows(chosen, numbers, draws, progress);
        Evaluation evaluation = evaluation(trained, chosen, numbers, found, found, draws);
        Optional<ChiUpperBound> upper = upper(trained, chosen, numbers, draws);
        meter.close();
        write(found, chosen);
        tell(Results.numbers(evaluation), Map.of(), Results.lines(evaluation, trained.latent()), upper);
        return Exit.DONE;
    }

    private int byMethod(Trained trained, Dataset chosen, int[] numbers, Meter meter, IntConsumer progress) {
        int draws = samples == null ? DRAWS_FOR_BOUND : samples;
        EvidenceMethod method = evidence.method();
        List<Evidence> found = method.evidence(trained.evaluator(), chosen, numbers, progress);
        Optional<Agreement> agreement = Optional.ofNullable(against).map(name -> {
            EvidenceMethod other = evidence.other(name);
            return Agreement.of(other.name(), found, other.evidence(trained.evaluator(), chosen, numbers, n -> {}));
        });
        List<Row> bounds = trained.evaluator().rows(chosen, numbers, draws, n -> {});
        List<Row> both = IntStream.range(0, numbers.length)
                .mapToObj(i -> bounds.get(i).with(found.get(i)))
                .toList();
        Evaluation evaluation = evaluation(trained, chosen, numbers, bounds, both, draws);
        Optional<ChiUpperBound> upper = upper(trained, chosen, numbers, draws);
        meter.close();
        write(both, chosen);
        String how = Results.counts(found).entrySet().stream()
                .map(e -> e.getKey() + (found.size() == e.getValue() ? "" : " " + e.getValue()))
                .collect(Collectors.joining(", "));
        Map<String, Object> more = Results.numbers(method, found);
        agreement.ifPresent(a -> more.putAll(a.numbers()));
        List<String> lines = new ArrayList<>(Results.lines(evaluation, trained.latent(), how));
        agreement.ifPresent(a -> lines.add(a.line()));
        tell(Results.numbers(evaluation), more, lines, upper);
        return evidence.tell(terminal, "jensen evaluate", found);
    }

    private void write(List<Row> rows, Dataset chosen) {
        if (out != null) {
            Scores.write(out, rows, chosen);
        }
    }

    private static IntConsumer progress(Meter meter, long rows) {
        AtomicLong done = new AtomicLong();
        return n -> meter.evaluated(done.addAndGet(n), rows);
    }

    private static Evaluation evaluation(
            Trained trained, Dataset chosen, int[] numbers, List<Row> bounds, List<Row> evidence, int draws) {
        return Evaluation.of(
                bounds,
                evidence,
                trained.evaluator().codes(chosen, numbers),
                chosen.shape().size(),
                draws);
    }

    private Optional<ChiUpperBound> upper(Trained trained, Dataset chosen, int[] numbers, int draws) {
        return upperBound
                ? Optional.of(ChiUpperBound.of(trained.evaluator(), chosen, numbers, draws, n -> {}))
                : Optional.empty();
    }

    private void tell(
            Map<String, Object> evaluation,
            Map<String, Object> more,
            List<String> lines,
            Optional<ChiUpperBound> upper) {
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("directory", directory.toString());
            fields.putAll(evaluation);
            fields.putAll(more);
            upper.ifPresent(u -> {
                Results.put(fields, "upperBound", u.mean().value());
                Results.put(fields, "upperBoundStandardError", u.mean().standardError());
                fields.put("upperBoundUntrusted", u.untrusted());
            });
            terminal.out().println(Results.json(fields));
        } else {
            terminal.print(lines);
            upper.ifPresent(u -> terminal.print(List.of(String.format(
                    Locale.ROOT,
                    "log p(x) at most %.3f%s, by the chi-squared bound: not to be trusted for %d of %s",
                    u.mean().value(),
                    Results.plusMinus(u.mean().standardError()),
                    u.untrusted(),
                    Results.count(u.rows(), "row")))));
        }
    }
}
