package jensen.datasets;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jensen.data.DataException;
import jensen.data.Dataset;
import jensen.data.Idx;

/** The four files that MNIST and the sets made after it consist of, in one folder, each gzipped or not. */
final class IdxFolder {
    private IdxFolder() {}

    static String images(boolean train) {
        return (train ? "train" : "t10k") + "-images-idx3-ubyte";
    }

    static String labels(boolean train) {
        return (train ? "train" : "t10k") + "-labels-idx1-ubyte";
    }

    /** Whether a folder holds such files. */
    static boolean isOne(Path folder) {
        return find(folder, images(true)).isPresent();
    }

    /** Whether a folder holds the files of the part to test on, beside those to train on. */
    static boolean hasTest(Path folder) {
        return isOne(folder) && find(folder, images(false)).isPresent();
    }

    /** The part of the folder's data to train on, or the other. */
    static Dataset open(Path folder, boolean train) {
        return Idx.open(require(folder, images(train)), require(folder, labels(train)));
    }

    /** Fetches what is missing of a part's gzipped files; returns {@code folder}. */
    static Path download(URI home, Path folder, boolean train, Progress progress) {
        for (String file : List.of(images(train), labels(train))) {
            new Download(home.resolve(file + ".gz"), Optional.empty()).fetch(folder, progress);
        }
        return folder;
    }

    private static Optional<Path> find(Path folder, String name) {
        return Stream.of(name, name + ".gz")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static Path require(Path folder, String name) {
        return find(folder, name)
                .orElseThrow(
                        () -> DataException.in(folder, "a folder with " + name + " or " + name + ".gz", "neither"));
    }
}
