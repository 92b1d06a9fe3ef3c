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
import jensen.algorithm.FullBayes;
import jensen.algorithm.MonteCarloEm;
import jensen.bound.Elbo;
import jensen.data.Dataset;
import jensen.data.Split;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.experiment.Experiment;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.WakeSleep;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.PerDatum;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.optim.Adagrad;
import jensen.optim.Schedule;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.train.Run;
import jensen.train.Training;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains one model by each of the paper's algorithms. */
@Command(
        name = "algorithms",
        description =
                "Trains one model on few data by each of the paper's algorithms, for as many data seen, and finds log p(x)"
                        + " of training and test data with a q for each datum, as figure 3 of the paper does.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExample:", "  jensen algorithms mnist --rows 1000 --epochs 50"})
final class Algorithms implements Callable<Integer> {
    private static final double RATE = 0.02;
    private static final int BATCH = 100;

    private final Terminal terminal;

    @picocli.CommandLine.Parameters(paramLabel = "DATA", description = "A data set's name, or a path.")
    private String data = "";

    @Option(names = "--from", paramLabel = "DIR", description = "Folder with the IDX files of the named data set.")
    private @Nullable Path from;

    @Option(names = "--rows", paramLabel = "N", description = "Training data, spread evenly (default: 1000).")
    private int rows = 1000;

    @Option(names = "--epochs", paramLabel = "N", description = "Times through them (default: 50).")
    private int epochs = 50;

    @Option(
            names = "--evaluation-rows",
            paramLabel = "N",
            description = "Training and test data each, spread evenly, of which log p(x) is estimated (default: 100).")
    private int evaluationRows = 100;

    @Option(
            names = "--evaluation-samples",
            paramLabel = "K",
            description = "Draws of z for each of them (default: 1000).")
    private int evaluationSamples = 1000;

    @Option(names = "--seed", paramLabel = "S", description = "Of everything random (default: 0).")
    private long seed;

    @Mixin(name = "Model")
    private ModelOptions model = new ModelOptions();

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Algorithms(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What an algorithm came to. */
    private record Outcome(String name, Estimate train, Estimate test, double seconds) {}

    @Override
    public Integer call() throws IOException {
        model.check();
        if (model.family().discrete()) {
            throw new IllegalArgumentException(
                    "--posterior: expected one of a real z, through which these algorithms move, found "
                            + model.family().name());
        }
        if (!model.closedFormKl()) {
            throw new IllegalArgumentException(
                    "--posterior and --prior: expected a pair whose KL(q || p) has a closed form,"
                            + " as diagonal and normal, which these algorithms climb; found one without");
        }
        Choices.atLeast("--rows", rows, 1);
        Choices.atLeast("--epochs", epochs, 1);
        Choices.atLeast("--evaluation-rows", evaluationRows, 1);
        Choices.atLeast("--evaluation-samples", evaluationSamples, 1);
        Native.load();
        List<Outcome> outcomes = new ArrayList<>();
        try (Meter meter = Meter.of(terminal, 0)) {
            Data opened = Data.open(data, Optional.ofNullable(from), meter);
            Dataset all = model.taken(opened.all());
            opened.test().ifPresent(model::taken);
            Split split = Experiment.Source.of(
                            opened.name(), opened.from(), all, opened.test(), 1, Math.max(1, all.size() / 10))
                    .split(all, opened.test(), seed);
            Dataset train = split.train()
                    .select(split.train().spread(Math.min(rows, split.train().size())));
            model.checkFit(train);
            Training training = training(train);
            Training wakeSleep = training.with(new Objective(Elbo.analytic(), new WakeSleep(), 1));
            long steps = (long) epochs * ((train.size() - 1) / training.batch() + 1);
            for (Trainer trainer : List.of(
                    new Trainer("aevb", this::amortised),
                    new Trainer("wake-sleep", (same, on, s) -> amortised(wakeSleep, on, s)),
                    new Trainer("monte-carlo-em", this::monteCarloEm),
                    new Trainer("full-bayes", this::fullBayes))) {
                long begun = System.nanoTime();
                Parameters theta = trainer.way().theta(training, train, steps);
                double seconds = (System.nanoTime() - begun) / 1e9;
                outcomes.add(new Outcome(
                        trainer.name(),
                        evidence(training, theta, train),
                        evidence(training, theta, split.test()),
                        seconds));
                meter.evaluated(outcomes.size(), 4);
            }
        }
        if (json) {
            terminal.out().println(Results.json(fields(outcomes)));
        } else {
            terminal.print(lines(outcomes));
        }
        return Exit.DONE;
    }

    private Training training(Dataset train) {
        return new Training(
                model.model(train),
                model.guide(train),
                Objective.elbo(),
                Adagrad.standard(),
                new Schedule.Constant(RATE),
                KlWeight.one(),
                0,
                model.encoding(train),
                BATCH,
                Training.shardsFor(BATCH, 1),
                model.initialiser(),
                seed);
    }

    private interface Way {
        /** θ after so many steps. */
        Parameters theta(Training training, Dataset train, long steps);
    }

    private record Trainer(String name, Way way) {}

    private Parameters amortised(Training training, Dataset train, long steps) {
        try (Run run = new Run(training, train, start(training, train), phi(training), work.threads())) {
            for (long i = 0; i < steps; i++) {
                run.next();
            }
            return run.theta();
        }
    }

    private Parameters monteCarloEm(Training training, Dataset train, long steps) {
        MonteCarloEm em = new MonteCarloEm(training, train, start(training, train));
        for (long i = 0; i < steps; i++) {
            em.next();
        }
        return em.theta();
    }

    private Parameters fullBayes(Training training, Dataset train, long steps) {
        FullBayes bayes = new FullBayes(training, train, start(training, train), phi(training));
        for (long i = 0; i < steps; i++) {
            bayes.next();
        }
        return bayes.mean();
    }

    private Parameters start(Training training, Dataset train) {
        Parameters theta = training.theta(model.precision(), work.device());
        training.centre(theta, train);
        return theta;
    }

    private Parameters phi(Training training) {
        return training.phi(model.precision(), work.device());
    }

    /** The mean log p(x), by importance sampling from a q of each datum's own: the same for all, whoever has an encoder. */
    private Estimate evidence(Training training, Parameters theta, Dataset of) {
        Guide guide = new PerDatum(new Family.Normal(), training.model().prior().latent(), 0, Inference.MANY);
        Parameters phi = Parameters.start(
                guide.slots(), Initialiser.GLOROT, Generator.of(seed), model.precision(), work.device());
        Evaluator evaluator = new Evaluator(
                training.model(),
                theta,
                guide,
                phi,
                training.encoding(),
                Generator.of(seed).split("evaluation"),
                work.threads());
        int[] chosen = of.spread(Math.min(evaluationRows, of.size()));
        return Estimate.mean(evaluator.rows(of, chosen, evaluationSamples, n -> {}).stream()
                .mapToDouble(Row::logEvidence)
                .toArray());
    }

    private static Map<String, Object> fields(List<Outcome> outcomes) {
        List<Map<String, Object>> runs = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("algorithm", outcome.name());
            Results.put(fields, "trainLogLikelihood", outcome.train().value());
            Results.put(fields, "trainRowsStandardError", outcome.train().standardError());
            Results.put(fields, "testLogLikelihood", outcome.test().value());
            Results.put(fields, "testRowsStandardError", outcome.test().standardError());
            Results.put(fields, "seconds", outcome.seconds());
            runs.add(fields);
        }
        return Map.of("algorithms", runs);
    }

    private static List<String> lines(List<Outcome> outcomes) {
        List<String> lines = new ArrayList<>();
        lines.add("algorithm        log p(x), training         log p(x), test   seconds");
        for (Outcome o : outcomes) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-15s %13.3f%-10s %13.3f%-10s %7.1f",
                    o.name(),
                    o.train().value(),
                    Results.plusMinus(o.train().standardError()),
                    o.test().value(),
                    Results.plusMinus(o.test().standardError()),
                    o.seconds()));
        }
        return lines;
    }
}
