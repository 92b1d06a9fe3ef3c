package jensen.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads a folder of PNG and JPEG images of one size, in the order of their names: grey if all of them are grey, in colour
 * otherwise.
 *
 * <p>Where the images lie in sub-folders, each sub-folder is a class: the number it is named after if all of them are named
 * after numbers, its place in the order of names otherwise.
 */
public final class ImageFolder {
    private ImageFolder() {}

    /**
     * The data of a folder.
     *
     * @throws DataException if there is no image, an image cannot be read, or the images differ in size
     */
    public static Dataset open(Path folder) {
        List<Path> files = files(folder);
        List<Picture> pictures = new ArrayList<>(files.size());
        for (Path file : files) {
            Picture picture = Picture.read(file);
            Picture first = pictures.isEmpty() ? picture : pictures.get(0);
            if (picture.width() != first.width() || picture.height() != first.height()) {
                throw DataException.in(
                        file,
                        "an image of %d × %d pixels like %s".formatted(first.width(), first.height(), files.get(0)),
                        "%d × %d".formatted(picture.width(), picture.height()));
            }
            pictures.add(picture);
        }
        int channels = pictures.stream().allMatch(Picture::isGrey) ? 1 : 3;
        Shape shape =
                new Shape(channels, pictures.get(0).height(), pictures.get(0).width());
        List<Picture> kept = List.copyOf(pictures);
        Rows.Source source = (row, to, offset) -> kept.get(row).copy(channels, to, offset);
        Path name = folder.toAbsolutePath().normalize().getFileName();
        Dataset data = new Rows(
                name == null ? folder.toString() : name.toString(), files.size(), shape, Values.GREY, source, null);
        List<String> classes = files.stream().map(file -> parent(folder, file)).toList();
        return classes.stream().allMatch(String::isEmpty) ? data : data.labelled(labels(folder, classes));
    }

    private static List<Path> files(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw DataException.in(folder, "a folder", "a file");
        }
        try (Stream<Path> walk = Files.walk(folder, 2)) {
            List<Path> files = walk.filter(ImageFolder::isImage)
                    .sorted((a, b) -> key(folder, a).compareTo(key(folder, b)))
                    .toList();
            if (files.isEmpty()) {
                throw DataException.in(folder, "PNG or JPEG images, in the folder or in one below", "none");
            }
            return files;
        } catch (IOException e) {
            throw Input.failure(folder, e);
        } catch (UncheckedIOException e) {
            throw Input.failure(folder, e);
        }
    }

    // the same order whatever the system's separator
    private static String key(Path folder, Path file) {
        return parent(folder, file) + "/" + file.getFileName();
    }

    private static String parent(Path folder, Path file) {
        Path parent = folder.relativize(file).getParent();
        return parent == null ? "" : parent.toString();
    }

    private static boolean isImage(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        boolean image = name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
        return image && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private static int[] labels(Path folder, List<String> classes) {
        List<String> names = new ArrayList<>(new TreeSet<>(classes));
        if (names.contains("")) {
            throw DataException.in(
                    folder, "images either all in sub-folders, one for each class, or all in the folder", "both");
        }
        boolean numbers = names.stream().allMatch(name -> name.matches("\\d{1,9}"));
        return classes.stream()
                .mapToInt(name -> numbers ? Integer.parseInt(name) : names.indexOf(name))
                .toArray();
    }
}
