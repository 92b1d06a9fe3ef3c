package jensen.data;

import java.util.Arrays;
import jensen.tensor.Generator;

/**
 * A data set in three parts.
 *
 * @param train what parameters are fitted to
 * @param validation what decides when to stop
 * @param test what is reported
 */
public record Split(Dataset train, Dataset validation, Dataset test) {
    /**
     * Rows drawn without replacement: {@code validation} and {@code test} of them, the rest to train on.
     *
     * @throws IllegalArgumentException if a part would be empty
     */
    public static Split of(Dataset data, int validation, int test, Generator rng) {
        int size = data.size();
        if (validation < 1 || test < 1 || (long) validation + test >= size) {
            throw new IllegalArgumentException(
                    "split: expected at least 1 row for validation, 1 to test and 1 of the %d to train on, found %d and %d"
                            .formatted(size, validation, test));
        }
        int[] order = rng.permutation(size);
        int train = size - validation - test;
        return new Split(
                part(data, order, 0, train),
                part(data, order, train, train + validation),
                part(data, order, train + validation, size));
    }

    /**
     * As {@link #of(Dataset, int, int, Generator)} for a data set that has a test set of its own.
     *
     * @throws IllegalArgumentException if a part would be empty, or the two sets differ in shape or kind of values
     */
    public static Split of(Dataset data, Dataset test, int validation, Generator rng) {
        if (!data.shape().equals(test.shape()) || data.values() != test.values()) {
            throw new IllegalArgumentException("test: expected %s %s, found %s %s"
                    .formatted(data.shape(), data.values(), test.shape(), test.values()));
        }
        int size = data.size();
        if (validation < 1 || validation >= size) {
            throw new IllegalArgumentException(
                    "validation: expected from 1 to %d rows, found %d".formatted(size - 1, validation));
        }
        int[] order = rng.permutation(size);
        int train = size - validation;
        return new Split(part(data, order, 0, train), part(data, order, train, size), test);
    }

    // within a part the rows keep their order, so that reading a mapped file in order moves forward
    private static Dataset part(Dataset data, int[] order, int from, int to) {
        int[] rows = Arrays.copyOfRange(order, from, to);
        Arrays.sort(rows);
        return data.select(rows);
    }
}
