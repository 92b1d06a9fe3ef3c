package jensen.statcheck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reference values: comment lines starting with {@code #}, a header, then rows of unquoted cells separated by commas.
 *
 * @param name what messages call the file
 * @param columns the header's names
 * @param rows at least one row, in the file's order
 */
public record GoldenFile(String name, List<String> columns, List<Row> rows) {
    public GoldenFile {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected at least one row, found none");
        }
    }

    /**
     * Reads {@code golden/name} from the class path of {@code test}.
     *
     * @throws IllegalArgumentException if there is no such resource, or it is malformed; names the line
     */
    public static GoldenFile of(Class<?> test, String name) {
        try (InputStream stream = test.getResourceAsStream("/golden/" + name)) {
            if (stream == null) {
                throw new IllegalArgumentException("golden/" + name + ": expected on the class path, found nothing");
            }
            return read(name, new InputStreamReader(stream, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GoldenFile read(String name, Reader reader) throws IOException {
        List<String> columns = List.of();
        List<Row> rows = new ArrayList<>();
        BufferedReader lines = new BufferedReader(reader);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.startsWith("#")) {
                continue;
            }
            List<String> cells = Arrays.asList(line.split(",", -1));
            if (columns.isEmpty()) {
                columns = cells;
            } else {
                rows.add(new Row(name + ":" + number, columns, cells));
            }
        }
        return new GoldenFile(name, columns, rows);
    }

    /** The rows whose cell in {@code column} is exactly {@code value}; at least one. */
    public GoldenFile where(String column, String value) {
        List<Row> kept =
                rows.stream().filter(row -> row.text(column).equals(value)).toList();
        return new GoldenFile(name + " where " + column + " = " + value, columns, kept);
    }

    /** A column as numbers, in the order of the rows. */
    public double[] numbers(String column) {
        return rows.stream().mapToDouble(row -> row.number(column)).toArray();
    }

    /**
     * One row of cells, read by column name.
     *
     * @param place file and line, for messages
     */
    public record Row(String place, List<String> columns, List<String> cells) {
        public Row {
            columns = List.copyOf(columns);
            cells = List.copyOf(cells);
            if (cells.size() != columns.size()) {
                throw new IllegalArgumentException(
                        place + ": expected " + columns.size() + " cells, found " + cells.size());
            }
        }

        /** The cell as it stands; {@link IllegalArgumentException} if there is no such column. */
        public String text(String column) {
            int index = columns.indexOf(column);
            if (index < 0) {
                throw new IllegalArgumentException(place + ": expected a column of " + columns + ", found " + column);
            }
            return cells.get(index);
        }

        /** The cell as the nearest double; {@link IllegalArgumentException} if it is not a number. */
        public double number(String column) {
            return parse(column, text(column));
        }

        /** The cell as an integer of 64 bits; {@link IllegalArgumentException} if it is not one. */
        public long integer(String column) {
            String text = text(column);
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wrong(column, "an integer", text), e);
            }
        }

        /** The cell as numbers separated by spaces; {@link IllegalArgumentException} if one of them is not a number. */
        public double[] vector(String column) {
            return Arrays.stream(text(column).split(" ", -1))
                    .mapToDouble(word -> parse(column, word))
                    .toArray();
        }

        private double parse(String column, String word) {
            try {
                return Double.parseDouble(word);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wrong(column, "a number", word), e);
            }
        }

        private String wrong(String column, String expected, String found) {
            return place + ", " + column + ": expected " + expected + ", found '" + found + "'";
        }

        /** The place and the cells, as a parameterised test shows them. */
        @Override
        public String toString() {
            return place + " " + cells;
        }
    }
}
