package jensen.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import jensen.data.Csv;
import jensen.data.Npy;
import jensen.data.Shape;
import jensen.experiment.Experiment;
import jensen.report.Gallery;
import jensen.report.Png;
import jensen.tensor.Generator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes new data. */
@Command(
        name = "sample",
        description = "Makes new data: draws z from the prior and takes the mean of p(x|z), or a draw from it.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nA .npy file holds an array [N, values] or [N, channels, height, width], a .csv file a row for each datum, under"
                    + " the names of the run's own table, in the units that the likelihood sees; where the data were standardised, in the data's own.",
            "%nExamples:",
            "  jensen sample runs/mnist-1 --count 100 --out samples.png",
            "  jensen sample runs/table-1 --count 5000 --draw --out new.csv"
        })
final class Sample implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--count", paramLabel = "N", description = "How many (default: 100).")
    private int count = 100;

    @Option(names = "--draw", description = "Draw x from p(x|z) instead of taking its mean.")
    private boolean draw;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "The .png, .npy or .csv file to write.")
    private Path out = Path.of("");

    @Option(names = "--seed", paramLabel = "S", description = "Of the draws (default: 0).")
    private long seed;

    @Mixin
    private WorkOptions work = new WorkOptions();

    Sample(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        String format = Trained.format(out, ".png", ".npy", ".csv");
        Choices.atLeast("--count", count, 1);
        Trained trained = Trained.open(directory, seed, work);
        int most = Integer.MAX_VALUE / trained.experiment().data().shape().size();
        if (count > most) {
            throw new IllegalArgumentException(
                    "--count: expected at most " + most + ", of fewer than 2^31 values together, found " + count);
        }
        Gallery gallery =
                format.equals(".png") ? trained.pictures() : new Gallery(trained.experiment(), trained.evaluator());
        Generator rng = trained.evaluator().rng().split("samples");
        double[][] z = trained.evaluator().prior(count, rng);
        float[] x = draw
                ? trained.evaluator().draw(z, rng.split("draw"))
                : trained.evaluator().decode(z);
        Shape shape = trained.experiment().data().shape();
        if (format.equals(".png")) {
            BufferedImage picture = gallery.grid(x);
            Png.write(out, picture);
            Session.show(terminal, picture);
        } else if (format.equals(".npy")) {
            Npy.write(
                    out,
                    x,
                    shape.isImage()
                            ? new long[] {count, shape.channels(), shape.height(), shape.width()}
                            : new long[] {count, shape.size()});
        } else {
            Csv.write(out, columns(trained.experiment().data()), x);
        }
        terminal.out().println(out);
        return Exit.DONE;
    }

    private static List<String> columns(Experiment.Source data) {
        return data.columns()
                .orElseGet(() -> IntStream.range(0, data.shape().size())
                        .mapToObj(i -> "x" + i)
                        .toList());
    }
}
