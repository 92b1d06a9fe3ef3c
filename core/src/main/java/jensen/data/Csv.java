package jensen.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes comma-separated numbers; semicolons and tabs are recognised too, and gzipped files are decompressed.
 *
 * <p>The first line is a header if none of its cells is a number, or one of them says label or class; the column of that
 * name holds whole numbers, the labels. Rows in messages are lines of the file, the header among them.
 */
public final class Csv {
    private static final int BLOCK = 1 << 20; // values kept in one array
    private static final int LOOK_AHEAD = 1 << 16;

    private final Object file;
    private final Scan scan;
    private final List<float[]> blocks = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private int cells;
    private int labelColumn = -1;
    private int size;

    private Csv(Object file) {
        this.file = file;
        this.scan = new Scan(file);
    }

    /**
     * The data of a file.
     *
     * @throws DataException if it cannot be read, has no row, a cell that is not a finite number or whose whole number
     *     32 bits do not hold, or rows of different lengths
     */
    public static Dataset open(Path file) {
        try (Input in = Input.open(file)) {
            return new Csv(file).read(in, String.valueOf(file.getFileName()));
        }
    }

    /**
     * The names that a file's header gives its columns, that of labels aside; empty where it has no header.
     *
     * @throws DataException if it cannot be read
     */
    static List<String> columns(Path file) {
        try (Input in = Input.open(file)) {
            return new Csv(file).names(in);
        }
    }

    /**
     * The data of a stream, which is read to its end and closed.
     *
     * @throws DataException as {@link #open} does
     */
    public static Dataset read(String name, InputStream stream) {
        try (Input in = Input.of(name, stream)) {
            return new Csv(name).read(in, name);
        }
    }

    /**
     * Writes rows of 32-bit floats, under a header.
     *
     * @throws IllegalArgumentException if the values do not fill the columns
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, List<String> columns, float[] values) {
        write(file, columns, values.length, i -> plain(Float.toString(values[i])));
    }

    /**
     * Writes rows of 64-bit floats, under a header.
     *
     * @throws IllegalArgumentException if the values do not fill the columns
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, List<String> columns, double[] values) {
        write(file, columns, values.length, i -> plain(Double.toString(values[i])));
    }

    /** A number without the zero of a whole one. */
    private static String plain(String number) {
        return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
    }

    private static void write(Path file, List<String> columns, int length, IntFunction<String> text) {
        int n = columns.size();
        if (n == 0 || length % n != 0) {
            throw new IllegalArgumentException(
                    "values: expected whole rows of %d columns, found %d values".formatted(n, length));
        }
        AtomicFile.write(file, out -> {
            CsvWriter writer = CsvWriter.builder().build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            writer.writeRecord(columns);
            List<String> row = new ArrayList<>(columns);
            for (int i = 0; i < length; i += n) {
                for (int c = 0; c < n; c++) {
                    row.set(c, text.apply(i + c));
                }
                writer.writeRecord(row);
            }
            writer.flush();
        });
    }

    private interface Work {
        void on(CsvReader<CsvRecord> records) throws IOException;
    }

    private void records(Input in, Work work) {
        try {
            work.on(CsvReader.builder()
                    .fieldSeparator(separator(in.stream()))
                    .detectBomHeader(true)
                    .trimWhitespacesAroundQuotes(true)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .ofCsvRecord(in.stream()));
        } catch (IOException e) {
            throw Input.failure(file, e);
        } catch (UncheckedIOException e) {
            throw Input.failure(file, e);
        } catch (CsvParseException e) {
            throw e.getCause() instanceof IOException broken
                    ? Input.failure(file, broken)
                    : DataException.in(file, "comma-separated numbers", DataException.words(e), e);
        }
    }

    private List<String> names(Input in) {
        List<String> names = new ArrayList<>();
        records(in, records -> {
            Iterator<CsvRecord> all = records.iterator();
            if (all.hasNext()) {
                CsvRecord first = all.next();
                width(first);
                for (int column = 0; isHeader(first) && column < cells; column++) {
                    if (column != labelColumn) {
                        names.add(first.getField(column).strip());
                    }
                }
            }
        });
        return names;
    }

    private Dataset read(Input in, String name) {
        records(in, records -> {
            boolean first = true;
            float[] row = new float[0];
            for (CsvRecord record : records) {
                if (first) {
                    row = new float[width(record)];
                }
                if (!first || !isHeader(record)) {
                    append(record, row);
                }
                first = false;
            }
        });
        if (size == 0) {
            throw DataException.in(file, "at least one row of numbers", "none");
        }
        return data(name);
    }

    private Dataset data(String name) {
        int n = cells - (labelColumn < 0 ? 0 : 1);
        int perBlock = perBlock();
        Values values = scan.values();
        List<float[]> kept = List.copyOf(blocks);
        Rows.Source source =
                (row, to, offset) -> System.arraycopy(kept.get(row / perBlock), row % perBlock * n, to, offset, n);
        int @Nullable [] classes = labelColumn < 0
                ? null
                : labels.stream().mapToInt(Integer::intValue).toArray();
        return new Rows(name, size, Shape.guess(n, values), values, source, classes);
    }

    private static char separator(InputStream in) throws IOException {
        in.mark(LOOK_AHEAD);
        String start = new String(in.readNBytes(LOOK_AHEAD), StandardCharsets.UTF_8);
        in.reset();
        String line = start.lines().filter(text -> !text.isBlank()).findFirst().orElse("");
        for (char candidate : new char[] {',', ';', '\t'}) {
            if (line.indexOf(candidate) >= 0) {
                return candidate;
            }
        }
        return ',';
    }

    // notes the label column, if the first line is a header that has one, and counts the others
    private int width(CsvRecord first) {
        cells = first.getFieldCount();
        for (int column = 0; column < cells; column++) {
            if (isLabel(first.getField(column))) {
                if (labelColumn >= 0) {
                    throw DataException.inRow(
                            file,
                            first.getStartingLineNumber(),
                            "one column of labels",
                            "%s and %s"
                                    .formatted(
                                            first.getField(labelColumn).strip(),
                                            first.getField(column).strip()));
                }
                labelColumn = column;
            }
        }
        int columns = cells - (labelColumn < 0 ? 0 : 1);
        if (columns == 0) {
            throw DataException.in(file, "a column of numbers beside the labels", "none");
        }
        return columns;
    }

    private boolean isHeader(CsvRecord first) {
        return labelColumn >= 0
                || first.getFields().stream().allMatch(cell -> Double.isNaN(parse(cell)) && !isNan(cell));
    }

    private static boolean isLabel(String cell) {
        String name = cell.strip().toLowerCase(Locale.ROOT);
        return name.equals("label") || name.equals("class");
    }

    private static boolean isNan(String cell) {
        return cell.isBlank() || cell.strip().equalsIgnoreCase("nan");
    }

    private int perBlock() {
        return Math.max(1, BLOCK / cells);
    }

    private void append(CsvRecord record, float[] row) {
        long line = record.getStartingLineNumber();
        if (record.getFieldCount() != cells) {
            throw DataException.inRow(
                    file,
                    line,
                    cells + (cells == 1 ? " column" : " columns") + " as in the first row",
                    Integer.toString(record.getFieldCount()));
        }
        int at = 0;
        for (int column = 0; column < cells; column++) {
            String cell = record.getField(column);
            double value = parse(cell);
            if (!Float.isFinite((float) value)) {
                throw DataException.inCell(file, line, column + 1L, "a finite number", found(cell));
            }
            if (column == labelColumn) {
                labels.add(label(value, line, cell));
            } else {
                row[at++] = narrowed(value, line, column, cell);
            }
        }
        scan.row(line, row);
        int within = size % perBlock();
        if (within == 0) {
            blocks.add(new float[perBlock() * row.length]);
        }
        System.arraycopy(row, 0, blocks.get(blocks.size() - 1), within * row.length, row.length);
        size++;
    }

    /** A number in 32 bits, which have to hold it where it is written as a whole one: an identifier or a time. */
    private float narrowed(double value, long line, int column, String cell) {
        float narrow = (float) value;
        if (narrow != value && value == Math.rint(value) && cell.strip().matches("[+-]?\\d+")) {
            throw DataException.inCell(
                    file,
                    line,
                    column + 1L,
                    "a whole number that 32-bit precision holds (less a constant, say, or with .0 after it, to be rounded)",
                    found(cell));
        }
        return narrow;
    }

    private int label(double value, long line, String cell) {
        if (value != Math.rint(value) || value < 0 || value > Integer.MAX_VALUE) {
            throw DataException.inCell(
                    file, line, labelColumn + 1L, "a whole number from 0 on, the label", found(cell));
        }
        return (int) value;
    }

    private static String found(String cell) {
        return cell.isBlank() ? "an empty cell" : DataException.quoted(cell);
    }

    /** The number a cell holds, or NaN where it holds none. */
    private static double parse(String cell) {
        int length = cell.length();
        int whole = 0;
        for (int i = 0; i < length && length < 9; i++) { // most cells are short whole numbers
            char c = cell.charAt(i);
            if (c < '0' || c > '9') {
                break;
            }
            whole = 10 * whole + (c - '0');
            if (i == length - 1) {
                return whole;
            }
        }
        String text = cell.strip();
        char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
        if ((last != '.' && (last < '0' || last > '9')) || text.indexOf('x') >= 0 || text.indexOf('X') >= 0) {
            return Double.NaN; // among these what Java reads as numbers: 1d, 0x1p3, Infinity
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
