package jensen.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Values;
import jensen.datasets.Catalogue;
import jensen.report.Pictures;
import jensen.report.TerminalPicture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells of data sets. */
@Command(
        name = "data",
        description = "Lists the data sets that have a name, or describes one, or what is at a path.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nExamples:", "  jensen data", "  jensen data mnist:test", "  jensen data measurements.csv --json"})
final class ListData implements Callable<Integer> {
    private static final int SHOWN = 8;

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "DATA", description = "A data set's name, or a path.")
    private @Nullable String data;

    @Option(names = "--from", paramLabel = "DIR", description = "Folder with the IDX files of the named data set.")
    private @Nullable Path from;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    ListData(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (data == null) {
            list();
            return Exit.DONE;
        }
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset found = Catalogue.open(data, Optional.ofNullable(from), meter);
            meter.close();
            describe(found);
        }
        return Exit.DONE;
    }

    private void list() {
        if (json) {
            Map<String, Object> names = new LinkedHashMap<>();
            Catalogue.entries().forEach(e -> names.put(e.name(), e.description()));
            terminal.out().println(Results.json(names));
            return;
        }
        Catalogue.entries().forEach(e -> terminal.out().printf(Locale.ROOT, "%-14s %s%n", e.name(), e.description()));
        terminal.out()
                .printf(Locale.ROOT, "%-14s %s%n", "a path", "IDX, .npy, .npz, .csv or a folder of PNG or JPEG images");
    }

    private void describe(Dataset found) {
        long labels = IntStream.range(0, found.label(0).isPresent() ? found.size() : 0)
                .map(row -> found.label(row).orElseThrow())
                .distinct()
                .count();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", found.name());
            fields.put("rows", found.size());
            fields.put("shape", new int[] {
                found.shape().channels(), found.shape().height(), found.shape().width()
            });
            fields.put("values", found.values().name().toLowerCase(Locale.ROOT));
            fields.put("labels", labels);
            fields.put("sha256", found.sha256());
            terminal.out().println(Results.json(fields));
            return;
        }
        terminal.out().printf("%-8s %s%n", "name", found.name());
        terminal.out().printf(Locale.ROOT, "%-8s %,d%n", "rows", found.size());
        terminal.out().printf("%-8s %s%n", "shape", found.shape());
        terminal.out().printf("%-8s each %s%n", "values", found.values().inWords());
        terminal.out().printf("%-8s %s%n", "labels", labels == 0 ? "none" : labels + " classes");
        terminal.out().printf("%-8s %s%n", "SHA-256", found.sha256());
        if (terminal.outShown() && found.shape().isImage() && found.values() != Values.REAL) {
            show(found);
        }
    }

    private void show(Dataset found) {
        int n = Math.min(SHOWN, found.size());
        int size = found.shape().size();
        float[] pixels = new float[n * size];
        for (int row = 0; row < n; row++) {
            found.copyRow(row, pixels, row * size);
        }
        float white = found.values() == Values.GREY ? 255 : 1;
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] /= white;
        }
        BufferedImage picture = Pictures.grid(found.shape(), pixels, n, 0);
        terminal.out()
                .print(TerminalPicture.render(
                        picture, Math.min(100, terminal.columns().getAsInt()), terminal.colour()));
    }
}
