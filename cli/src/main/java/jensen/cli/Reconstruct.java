package jensen.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jensen.data.Dataset;
import jensen.report.Gallery;
import jensen.report.Png;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws data over their reconstructions. */
@Command(
        name = "reconstruct",
        description =
                "Draws data as the encoder sees them, each over its reconstruction: the mean of p(x|z) at the mean"
                        + " of q(z|x).",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExample:", "  jensen reconstruct runs/mnist-1 --rows 0-49 --out pairs.png"})
final class Reconstruct implements Callable<Integer> {
    private static final int USUAL = 20;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the run's test data).")
    private @Nullable String data;

    @Option(
            names = "--rows",
            paramLabel = "N,N-N",
            description = "Which of the data, counted from 0 (default: the first 20).")
    private @Nullable String rows;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The PNG file to write.")
    private Path out = Path.of("");

    @Mixin
    private WorkOptions work = new WorkOptions();

    Reconstruct(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Trained.format(out, ".png");
        Trained trained = Trained.open(directory, 0, work);
        Gallery gallery = trained.pictures();
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset chosen = trained.data(data, meter);
            String wanted = rows == null ? "0-" + (Math.min(USUAL, chosen.size()) - 1) : rows;
            BufferedImage picture = gallery.reconstructions(chosen, Trained.rows(wanted, chosen));
            Png.write(out, picture);
            meter.close();
            Session.show(terminal, picture);
        }
        terminal.out().println(out);
        return Exit.DONE;
    }
}
