package jensen.data;

import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * Some data, encoded for a likelihood.
 *
 * @param x the values, {@code [B, X]}
 * @param index the row of each datum in its data set, which a posterior per datum is looked up by
 */
public record Batch(Tensor x, int[] index) {
    /**
     * Rows of a data set as a likelihood sees them.
     *
     * @param rng where an encoding's noise comes from
     * @param like of the type and on the device that x shall be
     */
    public static Batch read(Dataset data, int[] rows, Encoding encoding, Generator rng, Tensor like) {
        Tensor x = Tensor.ofRows(
                rows.length,
                data.shape().size(),
                (row, i) -> encoding.encode(data, rows, i, i + 1, rng, row),
                like.device());
        return new Batch(x.to(like.dtype()), rows);
    }

    /** B, the number of data. */
    public int size() {
        return index.length;
    }
}
