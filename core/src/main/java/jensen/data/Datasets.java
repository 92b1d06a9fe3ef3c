package jensen.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Opens data in any format that has a reader. */
public final class Datasets {
    private Datasets() {}

    /**
     * The data of a file (IDX, .npy, .npz, CSV; IDX and CSV gzipped or not) or of a folder of PNG and JPEG images: by the
     * file's extension or, if that says nothing, by its first bytes.
     *
     * @throws DataException if there is nothing there, or nothing that can be read
     */
    public static Dataset open(Path path) {
        if (Files.isDirectory(path)) {
            return ImageFolder.open(path);
        }
        String plain = plain(String.valueOf(path.getFileName()));
        if (plain.endsWith(".npy")) {
            return Npy.open(path);
        }
        if (plain.endsWith(".npz")) {
            return Npz.open(path);
        }
        if (isTable(plain)) {
            return Csv.open(path);
        }
        if (plain.endsWith(".idx") || plain.matches(".*[.-]idx\\d(-.*)?")) {
            return Idx.open(path);
        }
        return byContent(path);
    }

    /**
     * The names that a table's header gives its columns of data; empty where the file has no such header, is no table by its
     * extension, or is not there.
     *
     * @throws DataException if it cannot be read
     */
    public static List<String> columns(String path) {
        return isTable(plain(path)) && Files.exists(Path.of(path)) ? Csv.columns(Path.of(path)) : List.of();
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
    }

    private static boolean isTable(String plain) {
        return plain.endsWith(".csv") || plain.endsWith(".tsv") || plain.endsWith(".txt");
    }

    private static Dataset byContent(Path path) {
        byte[] start;
        try (Input in = Input.open(path);
                InputStream stream = in.stream()) {
            start = stream.readNBytes(4);
        } catch (IOException e) {
            throw Input.failure(path, e);
        }
        if (start.length == 4 && (start[0] & 0xFF) == 0x93 && start[1] == 'N') {
            return Npy.open(path);
        }
        if (start.length == 4 && start[0] == 'P' && start[1] == 'K') {
            return Npz.open(path);
        }
        if (start.length == 4 && start[0] == 0 && start[1] == 0) {
            return Idx.open(path);
        }
        throw DataException.in(
                path, "IDX, .npy, .npz, .csv or a folder of PNG or JPEG images", "a file that is none of these");
    }
}
