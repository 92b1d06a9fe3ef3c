package jensen.tensor;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.bytedeco.javacpp.IntPointer;
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

    private static final int BLOCK = 8;

    /** Columns of a block: sums of 256 take 0.57 ms where half of those of 500 take 0.82. */
    private static final long COLUMNS = 256;

    /** Reads of each row, and additions in all, from which copies pay. */
    private static final long READS = 16;

    private static final long ADDITIONS = 8_000_000;
    private static final int ONE = Float.floatToRawIntBits(1);

    private static final OperatorHandle SUMS = Operators.find("aten::_embedding_bag_forward_only");
    private static final IValue NO_WEIGHTS = Operators.kept(new IValue());

    private final int[] starts; // of each row in columns
    private final int[] columns; // ascending within a row
    private final float @Nullable [] values; // of the elements; all are 1 where there are none

    private SparseRows(int[] starts, int[] columns, float @Nullable [] values) {
        this.starts = starts;
        this.columns = columns;
        this.values = values;
    }

    /** A matrix {@code [n, m]} on the CPU in float32 so, or null where too few of its elements are zero. */
    static @Nullable SparseRows of(Tensor x) {
        int n = Math.toIntExact(x.size(0));
        int width = Math.toIntExact(x.size(1));
        int most = (int) (SHARE * n * width);
        if (most == 0 || (double) Float.BYTES * n * width > Integer.MAX_VALUE || !x.pointer.is_contiguous()) {
            return null;
        }
        IntBuffer elements = new IntPointer(x.pointer.data_ptr_float())
                .capacity((long) n * width)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
        int[] row = new int[width];
        int[] columns = new int[most + width];
        int[] starts = new int[n + 1];
        int odd = 0;
        int count = 0;
        for (int r = 0; r < n; r++) {
            elements.get(row);
            for (int c = 0; c < width; ) {
                int end = Math.min(c + BLOCK, width);
                if (end - c == BLOCK && isZero(row, c)) {
                    c = end;
                }
                for (; c < end; c++) {
                    int bits = row[c];
                    int other = (-bits | bits) >>> 31; // 1 unless all bits are 0
                    columns[count] = c; // stays only if the next does not overwrite it, which is faster than to ask
                    count += other;
                    odd |= (bits ^ ONE) & -other;
                }
            }
            starts[r + 1] = count;
            // so many in the first row that looking at all would be in vain
            if (count > most || (r == 0 && count > 2 * SHARE * width)) {
                return null;
            }
        }
        return new SparseRows(
                starts, Arrays.copyOf(columns, count), odd == 0 ? null : values(elements, width, starts, columns));
    }

    /** Whether a block has zeros alone. */
    private static boolean isZero(int[] row, int at) {
        return (row[at]
                        | row[at + 1]
                        | row[at + 2]
                        | row[at + 3]
                        | row[at + 4]
                        | row[at + 5]
                        | row[at + 6]
                        | row[at + 7])
                == 0;
    }

    private static float[] values(IntBuffer elements, int width, int[] starts, int[] columns) {
        int n = starts.length - 1;
        float[] values = new float[starts[n]];
        for (int r = 0; r < n; r++) {
            for (int i = starts[r]; i < starts[r + 1]; i++) {
                values[i] = Float.intBitsToFloat(elements.get(r * width + columns[i]));
            }
        }
        return values;
    }

    /** x b, {@code [n, k]}, for b {@code [m, k]} whose rows lie one after the other. */
    Tensor times(Tensor b) {
        List<Tensor> blocks = new ArrayList<>();
        sums(List.of(b), columns, starts, values, (block, from) -> blocks.add(block));
        return joined(blocks, 1);
    }

    /**
     * Rows {@code from} to {@code from + count} − 1 of Σ xᵀ b over some x and as many b, {@code [n, k]}: one sum for each row, so
     * that nothing is written and read once more for another x.
     *
     * @param to takes the columns of the sum from the given one on
     */
    static void sumOfTransposedTimes(
            List<SparseRows> xs, List<Tensor> bs, int from, int count, ObjLongConsumer<Tensor> to) {
        int[] bounds = new int[count + 1]; // of each column's elements, which are sorted by counting
        for (SparseRows x : xs) {
            for (int r = 0; r < x.rows(); r++) {
                int end = x.place(r, from + count);
                for (int i = x.place(r, from); i < end; i++) {
                    bounds[x.columns[i] - from + 1]++;
                }
            }
        }
        for (int c = 0; c < count; c++) {
            bounds[c + 1] += bounds[c];
        }
        boolean ones = xs.stream().allMatch(x -> x.values == null);
        int[] numbers = new int[bounds[count]];
        float[] weights = new float[ones ? 0 : bounds[count]];
        int[] next = bounds.clone();
        int row = 0; // of the b one under the other
        for (SparseRows x : xs) {
            for (int r = 0; r < x.rows(); r++, row++) {
                int end = x.place(r, from + count);
                for (int i = x.place(r, from); i < end; i++) {
                    int at = next[x.columns[i] - from]++;
                    numbers[at] = row;
                    if (!ones) {
                        weights[at] = x.values == null ? 1 : x.values[i];
                    }
                }
            }
        }
        sums(bs, numbers, bounds, ones ? null : weights, to);
    }

    private int rows() {
        return starts.length - 1;
    }

    /** Where a row's elements from a column on begin in {@code columns}. */
    private int place(int row, int column) {
        int found = Arrays.binarySearch(columns, starts[row], starts[row + 1], column);
        return found >= 0 ? found : -1 - found;
    }

    /**
     * For each stretch of {@code numbers} between two bounds the sum of those rows of the b, one under the other, each times its
     * weight. Where each row is read many times, of copies of their columns in blocks, in which rows begin with a cache line and
     * more of them fit the cache.
     *
     * @param to takes the columns of the sums from the given one on
     */
    private static void sums(
            List<Tensor> bs, int[] numbers, int[] bounds, float @Nullable [] weights, ObjLongConsumer<Tensor> to) {
        Tensor.guarded(() -> {
            IValue places = new IValue(org.bytedeco.pytorch.Tensor.create(numbers));
            IValue ends = new IValue(org.bytedeco.pytorch.Tensor.create(bounds));
            IValue each = weights == null ? NO_WEIGHTS : new IValue(org.bytedeco.pytorch.Tensor.create(weights));
            long width = bs.get(0).size(1);
            long rows = bs.stream().mapToLong(b -> b.size(0)).sum();
            boolean whole = width <= COLUMNS || numbers.length < READS * rows || numbers.length * width < ADDITIONS;
            long step = whole ? width : COLUMNS;
            for (long from = 0; from < width; from += step) {
                // the last block is as wide as the others, so that some columns are in two
                long start = Math.min(from, width - step);
                List<Tensor> parts = whole
                        ? bs
                        : bs.stream().map(b -> b.narrow(1, start, step)).toList();
                Tensor block = sums(joined(parts, 0), places, ends, each);
                to.accept(from == start ? block : block.narrow(1, from - start, step - (from - start)), from);
            }
            return to;
        });
    }

    private static Tensor joined(List<Tensor> parts, int dim) {
        return parts.size() == 1 ? parts.get(0) : Tensor.concat(parts, dim);
    }

    private static Tensor sums(Tensor b, IValue numbers, IValue bounds, IValue weights) {
        IValueVector stack = new IValueVector();
        stack.push_back(new IValue(b.pointer.contiguous()));
        stack.push_back(numbers);
        stack.push_back(bounds);
        stack.push_back(new IValue(false)); // scale by frequency
        stack.push_back(new IValue(0L)); // the sum
        stack.push_back(new IValue(false)); // sparse gradient
        stack.push_back(weights);
        stack.push_back(new IValue(true)); // bounds include the end
        stack.push_back(new IValue(-1L)); // no row is left out
        SUMS.callBoxed(stack);
        return Tensor.owned(stack.get(0).toTensor());
    }
}
