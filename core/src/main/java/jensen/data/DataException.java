package jensen.data;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Data that cannot be used; the message is one line that says where, what was expected and what was found. */
public final class DataException extends RuntimeException {
    private static final int LONGEST = 60;

    private DataException(String where, String expected, String found, @Nullable Throwable cause) {
        super(where + ": expected " + expected + ", found " + found, cause);
    }

    /** Something wrong with a whole file or folder. */
    public static DataException in(Object file, String expected, String found) {
        return new DataException(name(file), expected, found, null);
    }

    /** Something wrong with a whole file or folder, as {@code cause} tells. */
    public static DataException in(Object file, String expected, String found, Throwable cause) {
        return new DataException(name(file), expected, found, cause);
    }

    /** A file that is not there, or cannot be read, as {@code problem} tells. */
    public static DataException unreadable(Path file, IOException problem) {
        return problem instanceof NoSuchFileException
                ? in(file, "a file of this name", "none", problem)
                : in(file, "a readable file", words(problem), problem);
    }

    /** Something wrong with one row, counted from 1. */
    public static DataException inRow(Object file, long row, String expected, String found) {
        return new DataException(name(file) + ", row " + row, expected, found, null);
    }

    /** Something wrong with one value; row and column are counted from 1. */
    public static DataException inCell(Object file, long row, long column, String expected, String found) {
        return new DataException(name(file) + ", row " + row + ", column " + column, expected, found, null);
    }

    /** Text from a file between quotes, on one line and of bounded length, for use as {@code found}. */
    public static String quoted(String text) {
        return '"' + oneLine(text) + '"';
    }

    /** The text of an exception on one line, for use as {@code found}. */
    public static String words(Throwable problem) {
        String message = problem instanceof FileSystemException file ? file.getReason() : problem.getMessage();
        return message == null || message.isBlank()
                ? problem.getClass()
                        .getSimpleName()
                        .replace("Exception", "")
                        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                        .toLowerCase(Locale.ROOT)
                : oneLine(message);
    }

    private static String name(Object file) {
        return file instanceof Path path ? oneLine(path.toString(), Integer.MAX_VALUE) : file.toString();
    }

    private static String oneLine(String text) {
        return oneLine(text, LONGEST);
    }

    private static String oneLine(String text, int longest) {
        String line = text.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029\\uFFFD]+", "?");
        return line.length() <= longest ? line : line.substring(0, longest) + "…";
    }
}
