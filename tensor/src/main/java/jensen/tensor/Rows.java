package jensen.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of tensors whose leading axes are taken as one: those by which a derivative is not zero. Of the draws that an
 * importance-weighted bound weighs, often half have no weight that its sum could tell from zero.
 */
final class Rows {
    /** The largest share of all rows for which it pays to pick. */
    private static final double SHARE = 0.85;

    private final int[] chosen;
    private final int count;

    private Rows(int[] chosen, int count) {
        this.chosen = chosen;
        this.count = count;
    }

    /** Those where a tensor, of one number for each row, is not zero; null where these are nearly all, or none. */
    static @Nullable Rows otherThanZero(Tensor numbers) {
        double[] values = numbers.toDoubles();
        int[] chosen =
                IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
        return chosen.length == 0 || chosen.length > SHARE * values.length ? null : new Rows(chosen, values.length);
    }

    /** The numbers of the chosen rows. */
    Tensor pickNumbers(Tensor numbers) {
        return numbers.reshape(-1).rows(index(count, numbers));
    }

    /** The chosen rows of {@code […, n]}, one after the other; rows that leading axes share count as each of them. */
    Tensor pick(Tensor all) {
        long width = all.size(-1);
        int rows = Math.toIntExact(all.count() / width);
        return all.reshape(rows, width).rows(index(rows, all));
    }

    /** All rows, in the shape of {@code like}: the given values for the chosen ones and zero for the others. */
    Tensor spread(Tensor values, Tensor like) {
        Tensor all = Tensor.zeros(values.dtype(), values.device(), count, values.size(-1));
        Tensor index = index(count, values);
        Tensor.guarded(() -> all.pointer.index_copy_(0, index.pointer, values.pointer));
        return all.reshape(like.shape());
    }

    private Tensor index(int rows, Tensor like) {
        return Tensor.of(Arrays.stream(chosen).mapToLong(i -> i % rows).toArray(), like.device(), chosen.length);
    }
}
