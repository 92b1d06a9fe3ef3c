package jensen.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * How well a model fits some data: means over the rows, in nats per datum unless said otherwise.
 *
 * @param elbo E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))
 * @param elboStandardError of its mean over these rows, from the draws of z
 * @param reconstruction E_q[log p(x|z)]
 * @param kl KL(q(z|x) ‖ p(z))
 * @param klPerDimension each latent dimension's share of it, where it has a closed form
 * @param logLikelihood log p(x), by importance sampling with q: a bound from below whose gap shrinks with the draws
 * @param logLikelihoodStandardError of its mean over its rows, from the draws of z
 * @param rowsStandardError the further error of {@code logLikelihood} as the mean of the population that the rows are a
 *     sample of
 * @param effectiveSamples the median over the rows of the number of equally weighted draws that the draws are worth
 * @param untrusted the rows whose log p(x) is not to be trusted, since k̂ of its weights is above {@value LogMeanExp#TRUSTED}
 * @param activeUnits latent dimensions in use
 * @param bitsPerDimension −{@code logLikelihood} in bits, divided by the number of values of a datum
 * @param rows the number of rows
 * @param logLikelihoodRows the number of them whose log p(x) was estimated
 * @param samples the draws of z for each of those
 */
public record Evaluation(
        double elbo,
        double elboStandardError,
        double reconstruction,
        double kl,
        Optional<double[]> klPerDimension,
        double logLikelihood,
        double logLikelihoodStandardError,
        double rowsStandardError,
        double effectiveSamples,
        int untrusted,
        int activeUnits,
        double bitsPerDimension,
        int rows,
        int logLikelihoodRows,
        int samples) {
    /**
     * Summarises.
     *
     * @param rows whose bound is reported
     * @param evidence whose log p(x) is; all of {@code rows} or some
     * @param codes of {@code rows}
     * @param width the number of values of a datum
     * @param samples the draws of z for each of {@code evidence}
     */
    public static Evaluation of(List<Row> rows, List<Row> evidence, Codes codes, int width, int samples) {
        Estimate logLikelihood =
                Estimate.mean(evidence.stream().mapToDouble(Row::logEvidence).toArray());
        double[] effective =
                evidence.stream().mapToDouble(Row::effectiveSamples).sorted().toArray();
        return new Evaluation(
                mean(rows, Row::elbo),
                error(rows, Row::elboError),
                mean(rows, Row::reconstruction),
                mean(rows, Row::kl),
                codes.klPerDimension(),
                logLikelihood.value(),
                error(evidence, Row::logEvidenceError),
                logLikelihood.standardError(),
                effective[effective.length / 2],
                (int) evidence.stream()
                        .filter(row -> row.paretoShape() > LogMeanExp.TRUSTED)
                        .count(),
                codes.activeUnits(),
                -logLikelihood.value() / (width * Math.log(2)),
                rows.size(),
                evidence.size(),
                samples);
    }

    private static double mean(List<Row> rows, java.util.function.ToDoubleFunction<Row> of) {
        return rows.stream().mapToDouble(of).average().orElse(Double.NaN);
    }

    /** The error of a mean of independent estimates. */
    private static double error(List<Row> rows, java.util.function.ToDoubleFunction<Row> of) {
        double squares = rows.stream().mapToDouble(of).map(e -> e * e).sum();
        return Math.sqrt(squares) / rows.size();
    }
}
