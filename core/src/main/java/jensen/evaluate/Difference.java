package jensen.evaluate;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How much better one model, or one way of choosing q, does than another on the same data: means over the rows of their
 * differences row by row, in nats per datum. The errors are those of means over a population that the rows are a sample of;
 * what makes a row hard for both does not enter them.
 *
 * @param elbo of the evidence lower bounds
 * @param logLikelihood of the estimates of log p(x)
 */
public record Difference(Estimate elbo, Estimate logLikelihood) {
    /**
     * The gain of {@code to} over {@code from}.
     *
     * @throws IllegalArgumentException if they are not of the same rows
     */
    public static Difference of(List<Row> from, List<Row> to) {
        if (!rows(from).equals(rows(to))) {
            throw new IllegalArgumentException(
                    "to: expected the " + from.size() + " rows of from, found " + to.size() + " that are not the same");
        }
        return new Difference(mean(from, to, Row::elbo), mean(from, to, Row::logEvidence));
    }

    private static List<Integer> rows(List<Row> rows) {
        return rows.stream().map(Row::index).toList();
    }

    private static Estimate mean(List<Row> from, List<Row> to, ToDoubleFunction<Row> of) {
        return Estimate.mean(IntStream.range(0, from.size())
                .mapToDouble(i -> of.applyAsDouble(to.get(i)) - of.applyAsDouble(from.get(i)))
                .toArray());
    }
}
