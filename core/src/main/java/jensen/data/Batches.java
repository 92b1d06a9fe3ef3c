package jensen.data;

import java.util.Objects;
import java.util.stream.IntStream;
import jensen.tensor.Generator;

/**
 * How an epoch goes through the rows of a data set, batch by batch; it keeps no position, so (epoch, step) is all that is
 * needed to go on from any point.
 *
 * @param size rows in the data set
 * @param batch rows in a batch; the last of an epoch may be smaller
 * @param shuffled whether each epoch has an order of its own
 */
public record Batches(int size, int batch, boolean shuffled) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public Batches {
        if (size < 1) {
            throw new IllegalArgumentException("size: expected at least 1 row, found " + size);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch: expected at least 1 row, found " + batch);
        }
    }

    /** The order of the rows in an epoch, the same for the same generator. */
    public int[] order(int epoch, Generator rng) {
        return shuffled
                ? rng.split("order").split(epoch).permutation(size)
                : IntStream.range(0, size).toArray();
    }

    /** The number of batches in an epoch. */
    public int stepsPerEpoch() {
        return (size - 1) / batch + 1;
    }

    /**
     * Where the batch of a step begins in the order of its epoch.
     *
     * @throws IndexOutOfBoundsException if an epoch has no such step
     */
    public int from(int step) {
        return Objects.checkIndex(step, stepsPerEpoch()) * batch;
    }

    /**
     * Where the batch of a step ends, exclusive, in the order of its epoch.
     *
     * @throws IndexOutOfBoundsException if an epoch has no such step
     */
    public int to(int step) {
        return (int) Math.min((long) from(step) + batch, size);
    }
}
