package jensen.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads NumPy's .npz archives.
 *
 * <p>The data are the array named x, x_train, data, images, train or arr_0, the first of these that there is, or else the
 * only array; the labels, where there are any, the array named y, y_train, label, labels or target.
 */
public final class Npz {
    private static final List<String> DATA = List.of("x", "x_train", "data", "images", "train", "arr_0");
    private static final List<String> LABELS = List.of("y", "y_train", "label", "labels", "target");

    private Npz() {}

    /**
     * The data of an archive.
     *
     * @throws DataException if the file is no such archive, or the arrays cannot be read or told apart
     */
    public static Dataset open(Path file) {
        Input.open(file).close(); // a missing, empty or unreadable file is reported as for any other format
        try (ZipFile zip = new ZipFile(file.toFile())) {
            List<String> names = zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".npy"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
            String data = first(DATA, names)
                    .or(() -> names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty())
                    .orElseThrow(() -> DataException.in(
                            file,
                            "one array, or one named " + String.join(", ", DATA),
                            DataException.quoted(String.join(", ", names))));
            String name = String.valueOf(file.getFileName());
            Dataset rows = read(zip, file, data, in -> Npy.data(in, name));
            Optional<String> labels = first(LABELS, names).filter(other -> !other.equals(data));
            return labels.isEmpty() ? rows : rows.labelled(labels(zip, file, labels.get(), rows.size()));
        } catch (IOException e) {
            throw Input.failure(file, e);
        } catch (IllegalArgumentException e) { // an entry name that is not text
            throw DataException.in(file, "a .npz archive", DataException.words(e), e);
        }
    }

    private static int[] labels(ZipFile zip, Path file, String entry, int size) throws IOException {
        return read(zip, file, entry, in -> {
            StoredArray array = Npy.header(in);
            if (array.size() != size) {
                throw DataException.in(in.file(), size + " labels", Integer.toString(array.size()));
            }
            return array.labels(array.values(in));
        });
    }

    private static Optional<String> first(List<String> wanted, List<String> names) {
        return wanted.stream().filter(names::contains).findFirst();
    }

    // a stored entry's checksum is nobody's business in ZipFile, so it is compared here
    private static <T> T read(ZipFile zip, Path file, String name, Function<Input, T> reader) throws IOException {
        ZipEntry entry = zip.getEntry(name + ".npy");
        try (InputStream raw = zip.getInputStream(entry);
                CheckedInputStream checked = new CheckedInputStream(raw, new CRC32());
                Input in = Input.of(file + ", array " + DataException.quoted(name), checked)) {
            T result = reader.apply(in);
            if (checked.getChecksum().getValue() != entry.getCrc()) {
                throw DataException.in(in.file(), "values whose checksum is the archive's", "altered values");
            }
            return result;
        }
    }
}
