package jensen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jensen.experiment.Experiment;
import jensen.experiment.Fit;
import jensen.experiment.RunDirectory;
import jensen.experiment.RunLock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Goes on with an interrupted run. */
@Command(
        name = "resume",
        description = "Goes on with an interrupted run; the result is the same to the last bit as without the"
                + " interruption.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExample:", "  jensen resume runs/mnist-1"})
final class Resume implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            description = "How often to save within an epoch (default: 30).")
    private double checkpointSeconds = 30;

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Resume(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Choices.seconds("--checkpoint-seconds", checkpointSeconds);
        int threads = work.threads();
        RunDirectory run = new RunDirectory(directory);
        Experiment experiment = run.experiment();
        if (run.finished()) {
            run.check();
        }
        try (Meter meter = Meter.of(terminal, experiment.stop().epochs())) {
            Fit fit = new Fit(experiment, Data.of(experiment, meter), run, work.device(), threads, checkpointSeconds);
            Session session = new Session(terminal, fit, json, false);
            if (!run.finished()) {
                return session.run(meter, true, fit::resume);
            }
            if (!Files.exists(directory.resolve(RunDirectory.REPORT))) {
                try (RunLock lock = run.lock()) {
                    session.report();
                }
            }
            meter.note(directory + " is finished: there is nothing to resume");
            session.tell(new Pace());
            return Exit.DONE;
        }
    }
}
