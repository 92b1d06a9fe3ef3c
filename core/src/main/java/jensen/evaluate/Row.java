package jensen.evaluate;

import java.util.Optional;

/**
 * What is known of one datum, in nats.
 *
 * @param index its row in the data set
 * @param reconstruction E_q[log p(x|z)]
 * @param kl KL(q(z|x) ‖ p(z))
 * @param elboError the standard error of {@code reconstruction − kl}, as the mean over draws
 * @param logEvidence log p(x), by importance sampling: the logarithm of the mean weight
 * @param logEvidenceError its standard error, by the delta method
 * @param effectiveSamples (Σw)² / Σw², the number of equally weighted draws that are worth as much; from 1 to the draws
 * @param paretoShape k̂ of the weights' tail: {@code logEvidence} and its error are to be trusted up to {@value
 *     LogMeanExp#TRUSTED}
 */
public record Row(
        int index,
        double reconstruction,
        double kl,
        double elboError,
        double logEvidence,
        double logEvidenceError,
        double effectiveSamples,
        double paretoShape) {
    /** The evidence lower bound. */
    public double elbo() {
        return reconstruction - kl;
    }

    /**
     * The same bound beside log p(x) as another method found it; effective draws and k̂ are those of importance sampling, and
     * no numbers for other methods.
     */
    public Row with(Evidence evidence) {
        Optional<LogMeanExp> weights =
                evidence.method() instanceof ImportanceSampling ? evidence.weights() : Optional.empty();
        return new Row(
                index,
                reconstruction,
                kl,
                elboError,
                evidence.value(),
                evidence.standardError(),
                weights.map(LogMeanExp::effectiveSamples).orElse(Double.NaN),
                weights.map(LogMeanExp::paretoShape).orElse(Double.NaN));
    }
}
