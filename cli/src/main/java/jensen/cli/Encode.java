package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.data.Csv;
import jensen.data.Dataset;
import jensen.data.Npy;
import jensen.evaluate.Codes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the codes of data. */
@Command(
        name = "encode",
        description = "Writes the code of each datum: the mean and standard deviation of q(z|x).",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nA .csv file has a row for each datum: mean0 …, sd0 … and, where it is known, label. A .npy file holds an array"
                    + " [2, rows, D], in NumPy: mean, sd = numpy.load(\"codes.npy\").",
            "%nExample:",
            "  jensen encode runs/mnist-1 mnist:test --out codes.csv"
        })
final class Encode implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Parameters(index = "1", paramLabel = "DATA", description = "A data set's name, or a path.")
    private String data = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The .csv or .npy file to write.")
    private Path out = Path.of("");

    @Mixin
    private WorkOptions work = new WorkOptions();

    Encode(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        String format = Trained.format(out, ".csv", ".npy");
        Trained trained = Trained.open(directory, 0, work);
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset chosen = trained.data(data, meter);
            Codes codes = trained.evaluator()
                    .codes(chosen, IntStream.range(0, chosen.size()).toArray());
            if (format.equals(".csv")) {
                table(codes, chosen);
            } else {
                array(codes);
            }
        }
        terminal.out().println(out);
        return Exit.DONE;
    }

    private void table(Codes codes, Dataset chosen) {
        int latent = codes.mean()[0].length;
        boolean labelled = chosen.label(0).isPresent();
        List<String> columns = new ArrayList<>();
        IntStream.range(0, latent).forEach(d -> columns.add("mean" + d));
        IntStream.range(0, latent).forEach(d -> columns.add("sd" + d));
        if (labelled) {
            columns.add("label");
        }
        int width = columns.size();
        double[] cells = new double[Math.multiplyExact(codes.mean().length, width)];
        for (int row = 0; row < codes.mean().length; row++) {
            System.arraycopy(codes.mean()[row], 0, cells, row * width, latent);
            System.arraycopy(codes.standardDeviation()[row], 0, cells, row * width + latent, latent);
            if (labelled) {
                cells[row * width + 2 * latent] = chosen.label(row).orElseThrow();
            }
        }
        Csv.write(out, columns, cells);
    }

    private void array(Codes codes) {
        double[] values = Stream.of(codes.mean(), codes.standardDeviation())
                .flatMap(Arrays::stream)
                .flatMapToDouble(Arrays::stream)
                .toArray();
        Npy.write(out, values, 2, codes.mean().length, codes.mean()[0].length);
    }
}
