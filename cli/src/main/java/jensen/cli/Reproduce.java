package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import jensen.experiment.Experiment;
import jensen.experiment.Reproduction;
import jensen.experiment.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Carries out a run again and compares. */
@Command(
        name = "reproduce",
        description =
                "Carries out a finished run again, in a temporary folder, and says whether the weights, every number"
                        + " of each epoch and the evaluation are the same to the last bit.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExit code 0 if they are, 1 if not.", "%nExample:", "  jensen reproduce runs/mnist-1"})
final class Reproduce implements Callable<Integer> {
    private static final int SHOWN = 20;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Reproduce(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        int threads = work.threads();
        RunDirectory run = new RunDirectory(directory);
        Experiment experiment = run.experiment();
        run.check();
        Optional<Reproduction> found;
        try (Meter meter = Meter.of(terminal, experiment.stop().epochs());
                Interruption interruption = new Interruption()) {
            found = Reproduction.of(run, Data.of(experiment, meter), work.device(), threads, interruption, meter);
        }
        if (found.isEmpty()) {
            return Exit.INTERRUPTED;
        }
        tell(run, found.get());
        return found.get().differences().isEmpty() ? Exit.DONE : Exit.FAILED;
    }

    private void tell(RunDirectory run, Reproduction reproduction) throws IOException {
        var differences = reproduction.differences();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("directory", directory.toString());
            fields.put("same", differences.isEmpty());
            fields.put("differences", differences);
            terminal.out().println(Results.json(fields));
            return;
        }
        if (differences.isEmpty()) {
            terminal.out()
                    .println("the same to the last bit: weights " + run.weightsSha256() + ", "
                            + Results.count(run.epochs().size(), "epoch") + ", evaluation");
            return;
        }
        differences.stream()
                .limit(SHOWN)
                .forEach(
                        d -> terminal.out().println(d.what() + ": " + d.expected() + " before, " + d.found() + " now"));
        terminal.out()
                .println("not the same: " + Results.count(differences.size(), "difference") + "; the run was made with "
                        + run.provenance().java() + " and " + run.provenance().nativeLayer());
    }
}
