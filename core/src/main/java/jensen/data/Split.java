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
     * @throws DataException if there are too few rows for three parts
     * @throws IllegalArgumentException if a part would be empty
     */
    public static Split of(Dataset data, int validation, int test, Generator rng) {
        int size = data.size();
        if (size < 3) {
            throw DataException.in(
                    data.name(), "3 rows or more, to train on, for validation and to test on", rows(size));
        }
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
     * As {@link #of(Dataset, int, int, Generator)} for a data set that has a test set of its own, whose values are taken as of
     * the same kind.
     *
     * @throws DataException if there are too few rows for two parts, or the two sets differ in shape or kind of values
     * @throws IllegalArgumentException if a part would be empty
     */
    public static Split of(Dataset data, Dataset test, int validation, Generator rng) {
        if (!data.shape().equals(test.shape())) {
            throw DataException.in(test.name(), "data of " + data.shape() + " as in " + data.name(), "" + test.shape());
        }
        int size = data.size();
        if (size < 2) {
            throw DataException.in(data.name(), "2 rows or more, to train on and for validation", rows(size));
        }
        if (validation < 1 || validation >= size) {
            throw new IllegalArgumentException(
                    "validation: expected from 1 to %d rows, found %d".formatted(size - 1, validation));
        }
        int[] order = rng.permutation(size);
        int train = size - validation;
        return new Split(part(data, order, 0, train), part(data, order, train, size), test.as(data.values()));
    }

    private static String rows(int size) {
        return size + (size == 1 ? " row" : " rows");
    }

    // within a part the rows keep their order, so that reading a mapped file in order moves forward
    private static Dataset part(Dataset data, int[] order, int from, int to) {
        int[] rows = Arrays.copyOfRange(order, from, to);
        Arrays.sort(rows);
        return data.select(rows);
    }
}
