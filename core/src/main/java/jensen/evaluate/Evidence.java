package jensen.evaluate;

import java.util.Optional;

/**
 * log p(x) of one datum, how well it is known and how it was found.
 *
 * @param index the datum's row in its data set
 * @param value log p(x), in nats
 * @param standardError of {@code value}, in nats: by sampling its standard deviation, by quadrature a bound on its error, and 0
 *     for a closed form
 * @param method how it was found
 * @param evaluations how many times p(x|z) was evaluated
 * @param reached whether what the method was asked for was reached; where not, {@code value} and {@code standardError} are
 *     what its budget allowed
 * @param weights the importance weights, where there are any
 */
public record Evidence(
        int index,
        double value,
        double standardError,
        EvidenceMethod method,
        long evaluations,
        boolean reached,
        Optional<LogMeanExp> weights) {
    /** This, or what was found before where this is not finite, with the evaluations of both. */
    Evidence after(Evidence before) {
        Evidence kept = Double.isFinite(standardError) ? this : before;
        return kept.spent(before.evaluations + evaluations, kept.reached);
    }

    /** The same with other costs. */
    Evidence spent(long evaluations, boolean reached) {
        return new Evidence(index, value, standardError, method, evaluations, reached, weights);
    }
}
