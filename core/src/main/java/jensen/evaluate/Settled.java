package jensen.evaluate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * What a search came to for some data, to be looked up where it would be made again.
 *
 * @param data in which they are
 * @param numbers that each row's q is made of
 */
record Settled(Dataset data, Map<Integer, double[]> numbers) {
    /** Rows that are searched for together. */
    private static final int TOGETHER = 20;

    /**
     * Searches.
     *
     * @param rows at least one
     * @param done told how many more rows are done, from any thread
     */
    static Settled of(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        List<double[]> found = evaluator.blocks(rows, TOGETHER, done, part -> {
            try (Scope scope = new Scope()) {
                double[][] each = new double[part.length][];
                Evaluator.split(
                        evaluator.local(data, evaluator.read(data, part)).parameters(), each, 0);
                return List.of(each);
            }
        });
        Map<Integer, double[]> numbers = new HashMap<>();
        for (int i = 0; i < rows.length; i++) {
            numbers.put(rows[i], found.get(i));
        }
        return new Settled(data, numbers);
    }

    /** What was found for a batch of a data set, {@code [B, P]}; empty where some of it was not searched for. */
    Optional<Tensor> of(Dataset from, Batch batch) {
        if (!from.equals(data) || !Arrays.stream(batch.index()).allMatch(numbers::containsKey)) {
            return Optional.empty();
        }
        double[] flat = Arrays.stream(batch.index())
                .mapToObj(numbers::get)
                .flatMapToDouble(Arrays::stream)
                .toArray();
        Tensor x = batch.x();
        return Optional.of(Tensor.of(flat, x.device(), batch.size(), flat.length / batch.size())
                .to(x.dtype()));
    }
}
