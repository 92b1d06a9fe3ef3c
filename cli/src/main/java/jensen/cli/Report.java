package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jensen.experiment.Experiment;
import jensen.experiment.RunDirectory;
import jensen.experiment.RunLock;
import jensen.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Draws a run again. */
@Command(
        name = "report",
        description = "Writes the pictures and report.html of a finished run again.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExample:", "  jensen report runs/mnist-1"})
final class Report implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Mixin
    private WorkOptions work = new WorkOptions();

    Report(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        RunDirectory run = new RunDirectory(directory);
        Experiment experiment = run.experiment();
        try (RunLock lock = run.lock();
                Meter meter = Meter.of(terminal, 0)) {
            Trained trained = Trained.open(directory, experiment.training().seed(), work);
            RunReport.write(run, trained.evaluator(), trained.data(null, meter));
        }
        terminal.out().println(directory.resolve(RunDirectory.REPORT));
        return Exit.DONE;
    }
}
