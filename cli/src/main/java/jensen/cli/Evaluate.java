package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import jensen.data.Dataset;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.experiment.Experiment;
import jensen.experiment.RunDirectory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Evaluates a trained model. */
@Command(
        name = "evaluate",
        description = "Evaluates a trained model: the ELBO and its parts, and log p(x) by importance sampling.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExample:", "  jensen evaluate runs/mnist-1 --rows 1000 --json"})
final class Evaluate implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the run's test data).")
    private @Nullable String data;

    @Option(names = "--samples", paramLabel = "K", description = "Draws of z for each datum (default: 5000).")
    private int samples = 5000;

    @Option(names = "--rows", paramLabel = "N", description = "Only N data, spread evenly (default: all).")
    private @Nullable Integer rows;

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
        if (rows != null && rows < 1) {
            throw new IllegalArgumentException("--rows: expected 1 or more, found " + rows);
        }
        if (samples < 1) {
            throw new IllegalArgumentException("--samples: expected 1 or more, found " + samples);
        }
        int threads = work.threads();
        RunDirectory run = new RunDirectory(directory);
        Experiment experiment = run.experiment();
        try (Meter meter = Meter.of(terminal, 0)) {
            Evaluator evaluator = run.evaluator(work.device(), seed, threads);
            Dataset chosen = data == null ? Data.of(experiment, meter).test() : Data.like(experiment, data, meter);
            int n = rows == null ? chosen.size() : rows;
            if (n > chosen.size()) {
                throw new IllegalArgumentException(
                        "--rows: expected at most the %d of %s, found %d".formatted(chosen.size(), chosen.name(), n));
            }
            Evaluation evaluation = evaluate(evaluator, chosen, chosen.spread(n), meter);
            meter.close();
            tell(experiment, evaluation);
        }
        return Exit.DONE;
    }

    private Evaluation evaluate(Evaluator evaluator, Dataset chosen, int[] numbers, Meter meter) {
        AtomicLong done = new AtomicLong();
        List<Row> found =
                evaluator.rows(chosen, numbers, samples, n -> meter.evaluated(done.addAndGet(n), numbers.length));
        return Evaluation.of(
                found, found, evaluator.codes(chosen, numbers), chosen.shape().size(), samples);
    }

    private void tell(Experiment experiment, Evaluation evaluation) {
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("directory", directory.toString());
            fields.putAll(Results.numbers(evaluation));
            terminal.out().println(Results.json(fields));
        } else {
            terminal.print(Results.lines(
                    evaluation, experiment.training().model().prior().latent()));
        }
    }
}
