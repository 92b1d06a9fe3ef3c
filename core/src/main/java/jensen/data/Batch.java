package jensen.data;

import jensen.tensor.Tensor;

/**
 * Some data, encoded for a likelihood.
 *
 * @param x the values, {@code [B, X]}
 * @param index the row of each datum in its data set, which a posterior per datum is looked up by
 */
public record Batch(Tensor x, int[] index) {
    /** B, the number of data. */
    public int size() {
        return index.length;
    }
}
