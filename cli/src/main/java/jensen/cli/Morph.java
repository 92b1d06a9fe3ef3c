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

/** Draws the way from one datum to another. */
@Command(
        name = "morph",
        description = "Draws the way from each datum to the next: codes on the straight line between them, decoded.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExample:", "  jensen morph runs/mnist-1 --rows 0,1,2 --steps 12 --out morph.png"})
final class Morph implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the run's test data).")
    private @Nullable String data;

    @Option(
            names = "--rows",
            paramLabel = "N,N",
            required = true,
            description = "From which datum to which, counted from 0; two or more.")
    private String rows = "";

    @Option(names = "--steps", paramLabel = "N", description = "Pictures from one to the next (default: 10).")
    private int steps = 10;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The PNG file to write.")
    private Path out = Path.of("");

    @Mixin
    private WorkOptions work = new WorkOptions();

    Morph(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Trained.format(out, ".png");
        Trained trained = Trained.open(directory, 0, work);
        Gallery gallery = trained.pictures();
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset chosen = trained.data(data, meter);
            BufferedImage picture = gallery.morph(chosen, Trained.rows(rows, chosen), steps);
            Png.write(out, picture);
            meter.close();
            Session.show(terminal, picture);
        }
        terminal.out().println(out);
        return Exit.DONE;
    }
}
