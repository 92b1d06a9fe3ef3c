package jensen.tensor;

import java.util.Arrays;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.jspecify.annotations.Nullable;

/**
 * A matrix most of whose elements are zero, as the places and values of the others: pixels that are mostly off, words that
 * mostly do not occur. A product with it adds up rows of the other factor, as many as there are other elements.
 *
 * <p>Multiplying 50 binarised digits by a layer of 500 units so takes half of the time that all products would.
 */
final class SparseRows {
    /** The largest share of elements other than zero for which this pays. */
    private static final double SHARE = 0.2;

    private static final OperatorHandle SUMS = Operators.find("aten::_embedding_bag_forward_only");
    private static final IValue NO_WEIGHTS = Operators.kept(new IValue());

    private final int[] starts; // of each row in columns
    private final int[] columns;
    private final float @Nullable [] values; // of the elements by rows; all are 1 where there are none
    private final int[] columnStarts;
    private final int[] rows;
    private final float @Nullable [] valuesByColumn;

    private SparseRows(int width, int[] starts, int[] columns, float[] x) {
        int n = starts.length - 1;

        this.starts = starts;
        this.columns = columns;
        this.columnStarts = new int[width + 1];
        for (int column : columns) {
            columnStarts[column + 1]++;
        }
        for (int c = 0; c < width; c++) {
            columnStarts[c + 1] += columnStarts[c];
        }
        this.rows = new int[columns.length];
        float[] byRow = new float[columns.length];
        float[] byColumn = new float[columns.length];
        int[] next = columnStarts.clone();
        boolean ones = true;
        for (int r = 0; r < n; r++) {
            for (int i = starts[r]; i < starts[r + 1]; i++) {
                float value = x[r * width + columns[i]];
                int place = next[columns[i]]++;
                rows[place] = r;
                byRow[i] = value;
                byColumn[place] = value;
                ones &= value == 1;
            }
        }
        this.values = ones ? null : byRow;
        this.valuesByColumn = ones ? null : byColumn;
    }

    /** A matrix {@code [n, m]} on the CPU in float32 so, or null where too few of its elements are zero. */
    static @Nullable SparseRows of(Tensor x) {
        int n = Math.toIntExact(x.size(0));
        int width = Math.toIntExact(x.size(1));
        int most = (int) (SHARE * n * width);
        if (most == 0 || n * (double) width > Integer.MAX_VALUE || !x.pointer.is_contiguous()) {
            return null;
        }
        if (others(elements(x, width)) > 2 * SHARE * width) {
            return null; // so many in the first row that looking at all would be in vain
        }
        float[] values = elements(x, n * width);
        int[] columns = new int[most + width];
        int[] starts = new int[n + 1];
        int found = 0;
        for (int r = 0; r < n && found <= most; r++) {
            for (int c = 0, i = r * width; c < width; c++, i++) {
                columns[found] = c; // stays only if the next does not overwrite it, which is faster than to ask
                found += values[i] != 0 ? 1 : 0;
            }
            starts[r + 1] = found;
        }
        return found > most ? null : new SparseRows(width, starts, Arrays.copyOf(columns, found), values);
    }

    private static float[] elements(Tensor x, int first) {
        float[] values = new float[first];
        x.pointer.data_ptr_float().capacity(first).get(values);
        return values;
    }

    private static int others(float[] values) {
        int others = 0;
        for (float value : values) {
            others += value != 0 ? 1 : 0;
        }
        return others;
    }

    /** x b, {@code [n, k]}, for b {@code [m, k]} whose rows lie one after the other. */
    Tensor times(Tensor b) {
        return sums(b, columns, starts, values);
    }

    /** Rows {@code from} to {@code from + count} − 1 of xᵀ b, for b {@code [n, k]}. */
    Tensor transposedTimes(Tensor b, int from, int count) {
        int first = columnStarts[from];
        int last = columnStarts[from + count];
        int[] bounds = Arrays.copyOfRange(columnStarts, from, from + count + 1);
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] -= first;
        }
        float[] of = valuesByColumn;
        return sums(
                b,
                Arrays.copyOfRange(rows, first, last),
                bounds,
                of == null ? null : Arrays.copyOfRange(of, first, last));
    }

    /** For each stretch of {@code numbers} between two bounds the sum of those rows of b, each times its weight. */
    private static Tensor sums(Tensor b, int[] numbers, int[] bounds, float @Nullable [] weights) {
        return Tensor.guarded(() -> {
            IValueVector stack = new IValueVector();
            stack.push_back(new IValue(b.pointer.contiguous()));
            stack.push_back(new IValue(org.bytedeco.pytorch.Tensor.create(numbers)));
            stack.push_back(new IValue(org.bytedeco.pytorch.Tensor.create(bounds)));
            stack.push_back(new IValue(false)); // scale by frequency
            stack.push_back(new IValue(0L)); // the sum
            stack.push_back(new IValue(false)); // sparse gradient
            stack.push_back(weights == null ? NO_WEIGHTS : new IValue(org.bytedeco.pytorch.Tensor.create(weights)));
            stack.push_back(new IValue(true)); // bounds include the end
            stack.push_back(new IValue(-1L)); // no row is left out
            SUMS.callBoxed(stack);
            return Tensor.owned(stack.get(0).toTensor());
        });
    }
}
