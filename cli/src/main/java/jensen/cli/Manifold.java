package jensen.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jensen.report.Gallery;
import jensen.report.Png;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws a plane of the latent space. */
@Command(
        name = "manifold",
        description =
                "Draws the mean of p(x|z) over a plane of the latent space: an even grid on the unit square, through"
                        + " the inverse of the normal distribution function.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nExamples:",
            "  jensen manifold runs/plane --grid 30 --out plane.png",
            "  jensen manifold runs/mnist-1 --dimensions 3,7 --out plane.png"
        })
final class Manifold implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--grid", paramLabel = "N", description = "Pictures across and down (default: 20).")
    private int grid = 20;

    @Option(
            names = "--dimensions",
            paramLabel = "I,J",
            description =
                    "Which dimensions, counted from 0, grow to the right and upwards, the others at 0 (default: 0,1"
                            + " where there are no others).")
    private @Nullable String dimensions;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The PNG file to write.")
    private Path out = Path.of("");

    @Mixin
    private WorkOptions work = new WorkOptions();

    Manifold(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Trained.format(out, ".png");
        if (dimensions != null && !dimensions.matches("\\d{1,9},\\d{1,9}")) {
            throw new IllegalArgumentException("--dimensions: expected two such as 0,1, found \"" + dimensions + "\"");
        }
        Trained trained = Trained.open(directory, 0, work);
        Gallery gallery = trained.pictures();
        boolean real = trained.evaluator().states().isEmpty();
        if (real && dimensions == null && trained.latent() != 2) {
            throw new IllegalArgumentException("--dimensions: the run has " + trained.latent()
                    + " latent dimensions, a plane has 2: expected two of them such as 0,1, found none");
        }
        String[] two = (dimensions == null ? "0,1" : dimensions).split(",");
        BufferedImage picture = gallery.manifold(grid, Integer.parseInt(two[0]), Integer.parseInt(two[1]));
        Png.write(out, picture);
        Session.show(terminal, picture);
        terminal.out().println(out);
        return Exit.DONE;
    }
}
