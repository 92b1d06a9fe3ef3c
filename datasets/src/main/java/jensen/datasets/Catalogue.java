package jensen.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jensen.data.Csv;
import jensen.data.Dataset;
import jensen.data.Datasets;
import jensen.data.Idx;
import jensen.data.Shape;
import jensen.data.Values;

/** The data sets that have a name. */
public final class Catalogue {
    /**
     * A named data set.
     *
     * @param name what {@link #open} knows it by
     * @param description what it is, on one line
     */
    public record Entry(String name, String description) {}

    private static final Entry MNIST = new Entry(
            "mnist", "handwritten digits, 28 × 28 grey, 60,000 to train on and 10,000 to test (with the program)");
    private static final Entry DIGITS = new Entry(
            "digits", "handwritten digits, 8 × 8 in 17 levels, 1,437 to train on and 360 to test (with the program)");
    private static final Entry FASHION = new Entry(
            "fashion-mnist",
            "pieces of clothing, 28 × 28 grey, 60,000 to train on and 10,000 to test (downloaded, 30 MB)");
    private static final List<Entry> ENTRIES = List.of(MNIST, DIGITS, FASHION);

    // the public home that the set's authors name; they publish no SHA-256, so the first download is remembered
    private static final URI FASHION_HOME = URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");

    private static final int DIGITS_LEVELS = 16;
    private static final int DIGITS_PIXELS = 64;
    private static final int DIGITS_TEST = 360;

    private Catalogue() {}

    /** The data sets that have a name, in the order to show them. */
    public static List<Entry> entries() {
        return ENTRIES;
    }

    /**
     * The data that a command line names: {@code mnist} and {@code mnist:train} for the part to train on,
     * {@code mnist:test} for the other, or the path of a file or folder; a name goes before a path ({@code ./mnist}).
     *
     * <p>The digits of {@code digits} are numbers from 0 to 1, sixteenths as in the source; {@code digits:test} is the last
     * 360 rows of {@code digits:all}.
     *
     * @param from a folder with the four IDX files of the named set, gzipped or not, to use instead of its own
     * @param progress told about downloads
     * @throws IllegalArgumentException if there is no such name or part
     * @throws jensen.data.DataException if the data cannot be read
     * @throws UncheckedIOException if a download fails
     */
    public static Dataset open(String data, Optional<Path> from, Progress progress) {
        int colon = data.lastIndexOf(':');
        String name = colon < 0 ? data : data.substring(0, colon);
        Optional<Entry> entry =
                ENTRIES.stream().filter(e -> e.name().equals(name)).findFirst();
        if (entry.isPresent()) {
            return part(entry.get(), colon < 0 ? "train" : data.substring(colon + 1), from, progress)
                    .named(data);
        }
        if (from.isPresent()) {
            throw new IllegalArgumentException(
                    "data: expected %s beside a folder of its files, found \"%s\"".formatted(names(), data));
        }
        Path path = Path.of(data);
        List<String> known = ENTRIES.stream().map(Entry::name).toList();
        boolean plain = !data.contains("/") && !data.contains("\\") && !data.contains(".");
        if (plain && (data.isEmpty() || !Files.exists(path))) {
            throw new IllegalArgumentException("data: expected %s or a path, found \"%s\"%s"
                    .formatted(names(), data, Suggestion.instead(name, known)));
        }
        return IdxFolder.isOne(path) ? IdxFolder.open(path, true) : Datasets.open(path);
    }

    /**
     * The data to test on that come with what {@link #open} gives for the same name: the other part of a named set, or of a
     * folder with the files of one.
     *
     * @throws jensen.data.DataException if they cannot be read
     * @throws UncheckedIOException if a download fails
     */
    public static Optional<Dataset> test(String data, Optional<Path> from, Progress progress) {
        String name = data.endsWith(":train") ? data.substring(0, data.length() - ":train".length()) : data;
        Optional<Entry> entry =
                ENTRIES.stream().filter(e -> e.name().equals(name)).findFirst();
        if (entry.isPresent()) {
            return Optional.of(part(entry.get(), "test", from, progress).named(name + ":test"));
        }
        return ENTRIES.stream().anyMatch(e -> data.startsWith(e.name() + ":")) || !IdxFolder.hasTest(Path.of(data))
                ? Optional.empty()
                : Optional.of(IdxFolder.open(Path.of(data), false));
    }

    private static Dataset part(Entry entry, String part, Optional<Path> from, Progress progress) {
        if (entry.equals(DIGITS) && part.equals("all") && from.isEmpty()) {
            return digits();
        }
        if (!part.equals("train") && !part.equals("test")) {
            throw new IllegalArgumentException(
                    "data: expected %1$s:train or %1$s:test, found \"%1$s:%2$s\"".formatted(entry.name(), part));
        }
        boolean train = part.equals("train");
        if (from.isPresent()) {
            return IdxFolder.open(from.get(), train);
        }
        if (entry.equals(DIGITS)) {
            Dataset all = digits();
            int first = all.size() - DIGITS_TEST;
            return train ? all.rows(0, first) : all.rows(first, all.size());
        }
        if (entry.equals(FASHION)) {
            return IdxFolder.open(IdxFolder.download(FASHION_HOME, Cache.folder(entry.name()), train, progress), train);
        }
        return Idx.read(
                entry.name(),
                resource("mnist/" + IdxFolder.images(train) + ".gz"),
                resource("mnist/" + IdxFolder.labels(train) + ".gz"));
    }

    private static Dataset digits() {
        Dataset table = Csv.read("digits", resource("digits/digits.csv.gz"));
        float[] pixels = new float[table.size() * DIGITS_PIXELS];
        int[] labels = new int[table.size()];
        float[] row = new float[DIGITS_PIXELS + 1];
        for (int r = 0; r < labels.length; r++) {
            table.copyRow(r, row, 0);
            labels[r] = (int) row[DIGITS_PIXELS];
            for (int i = 0; i < DIGITS_PIXELS; i++) {
                pixels[r * DIGITS_PIXELS + i] = row[i] / DIGITS_LEVELS;
            }
        }
        return Dataset.of("digits", new Shape(1, 8, 8), Values.UNIT, pixels).labelled(labels);
    }

    private static InputStream resource(String name) {
        InputStream stream = Catalogue.class.getResourceAsStream(name);
        if (stream == null) {
            throw new UncheckedIOException(
                    new IOException("cannot read " + name + ": the program's own files are incomplete"));
        }
        return stream;
    }

    private static String names() {
        return ENTRIES.stream().map(Entry::name).collect(Collectors.joining(", "));
    }
}
