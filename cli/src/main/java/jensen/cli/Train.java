package jensen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import jensen.data.Dataset;
import jensen.data.Split;
import jensen.experiment.Experiment;
import jensen.experiment.Fit;
import jensen.experiment.RunDirectory;
import jensen.tensor.Native;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains, evaluates and draws. */
@Command(
        name = "train",
        description = "Trains a variational autoencoder, evaluates it on test data and draws it.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nThe folder then holds experiment.json, weights.safetensors, metrics.jsonl, evaluation.json,"
                    + " provenance.json, a TensorBoard event file, pictures and report.html. Ctrl-C leaves a checkpoint:"
                    + " jensen resume DIR goes on from there.",
            "%nExamples:",
            "  jensen train mnist --epochs 100",
            "  jensen train digits --latent 2 --hidden 200,200 --out runs/plane",
            "  jensen train measurements.csv --likelihood normal --json"
        })
final class Train implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DATA", description = "A data set's name, or a path (jensen data lists what there is).")
    private String data = "";

    @Option(names = "--from", paramLabel = "DIR", description = "Folder with the IDX files of the named data set.")
    private @Nullable Path from;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the run goes (default: runs/DATA-1, -2, …).")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace the run that is in DIR.")
    private boolean force;

    @Mixin(name = "Model")
    private ModelOptions model = new ModelOptions();

    @Mixin(name = "Training and evaluation")
    private LearningOptions learning = new LearningOptions();

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            description = "How often to save within an epoch (default: 30).")
    private double checkpointSeconds = 30;

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(
            names = "--profile",
            description =
                    "Say after training where the time of its steps went: data, forward, backward, reduce (adding up the"
                            + " threads' gradients), update (the optimiser) and waiting.")
    private boolean profiled;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Train(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        long begun = System.nanoTime();
        model.check();
        learning.check(model);
        Choices.seconds("--checkpoint-seconds", checkpointSeconds);
        int threads = work.threads();
        if (out != null) {
            refuse(new RunDirectory(out));
        }
        Native.load();
        int code;
        try (Meter meter = Meter.of(terminal, learning.stop().epochs())) {
            Data opened = Data.open(data, Optional.ofNullable(from), meter);
            Dataset all = model.taken(opened.all());
            opened.test().ifPresent(model::taken);
            Experiment.Source source = Experiment.Source.of(
                    opened.name(),
                    opened.from(),
                    all,
                    opened.test(),
                    learning.validation(all.size()),
                    learning.test(all.size()));
            Split split = source.split(all, opened.test(), learning.seed());
            model.checkFit(split.train());
            Experiment experiment = new Experiment(
                    Experiment.FORMAT,
                    source,
                    learning.training(model, split.train()),
                    learning.stop(),
                    model.precision(),
                    learning.protocol());
            String weighted = experiment
                    .training()
                    .klWeight()
                    .inWords(experiment.training().objective());
            if (!weighted.isEmpty()) {
                terminal.err()
                        .println("what is climbed is not the ELBO but " + weighted
                                + "; every ELBO below is the unweighted one");
            }
            RunDirectory directory = out == null ? claim(data) : new RunDirectory(out);
            try {
                Fit fit = new Fit(experiment, split, directory, work.device(), threads, checkpointSeconds);
                code = new Session(terminal, fit, json, profiled)
                        .run(meter, false, (stop, observer) -> fit.start(force, stop, observer));
            } finally {
                if (out == null) {
                    directory.removeIfEmpty();
                }
            }
        }
        if (code == Exit.DONE && learning.usualLength()) {
            terminal.err()
                    .printf(
                            Locale.ROOT,
                            "this took %s; more epochs fit better: jensen train %s --epochs %d%n",
                            Pace.clock(Duration.ofNanos(System.nanoTime() - begun)),
                            data,
                            5 * LearningOptions.EPOCHS);
        }
        return code;
    }

    /** The options for the command's help: first those of the command, then the model's and the training's. */
    static String options(Help help) {
        List<OptionSpec> own = new ArrayList<>(help.commandSpec().options());
        StringBuilder groups = new StringBuilder();
        for (String name : List.of("Model", "Training and evaluation")) {
            List<OptionSpec> group = Objects.requireNonNull(
                            help.commandSpec().mixins().get(name))
                    .options();
            own.removeIf(option -> group.stream().anyMatch(o -> o.longestName().equals(option.longestName())));
            groups.append(System.lineSeparator()).append(name).append(System.lineSeparator());
            groups.append(help.optionListExcludingGroups(group));
        }
        String end = System.lineSeparator();
        return help.optionListExcludingGroups(own)
                + groups
                + end
                + "Gradients that go with each bound, for K above 1, and with each kind of z"
                + end
                + String.join(end, LearningOptions.pairs())
                + end;
    }

    private void refuse(RunDirectory directory) {
        Path path = directory.path();
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IllegalArgumentException("--out: expected a folder, found the file " + path);
        }
        if (directory.exists() && !force) {
            throw new IllegalArgumentException(
                    "--out: " + path + " already holds a run: expected another folder, or --force to replace it");
        }
    }

    /** Makes the first of runs/DATA-1, runs/DATA-2, … that is not there yet, so that no other training takes it. */
    private static RunDirectory claim(String data) {
        String name = data.replaceAll("[/\\\\]+$", "")
                .replaceAll(".*[/\\\\]", "")
                .replaceAll("(?<=.)\\.[A-Za-z]+$", "")
                .replaceAll("[^\\p{L}\\p{N}._-]", "-");
        for (int n = 1; ; n++) {
            Path path = Path.of("runs", (name.isEmpty() ? "data" : name) + "-" + n);
            RunDirectory directory = new RunDirectory(path);
            if (!Files.exists(path) && directory.make()) {
                return directory;
            }
        }
    }
}
