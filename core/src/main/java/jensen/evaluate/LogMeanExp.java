package jensen.evaluate;

/**
 * log 1/K Σ w_k of importance weights w_k given as logarithms, and how well it is known.
 *
 * @param value the logarithm of the mean weight, in nats
 * @param standardError by the delta method: the relative standard error of the mean weight
 * @param effectiveSamples (Σw)² / Σw²
 */
public record LogMeanExp(double value, double standardError, double effectiveSamples) {
    /** Of logarithms of weights; infinite ones are weights of 0 or ∞. */
    public static LogMeanExp of(double[] logWeights) {
        int k = logWeights.length;
        double max = Double.NEGATIVE_INFINITY;
        for (double w : logWeights) {
            max = Math.max(max, w);
        }
        if (Double.isInfinite(max)) {
            return new LogMeanExp(max, Double.POSITIVE_INFINITY, max > 0 ? 1 : 0);
        }
        double sum = 0;
        double squares = 0;
        for (double w : logWeights) {
            double relative = Math.exp(w - max);
            sum += relative;
            squares += relative * relative;
        }
        double effective = sum * sum / squares;
        // Var(mean)/mean² with the unbiased variance: (K Σw²/(Σw)² − 1)/(K − 1)
        double relativeVariance = k < 2 ? Double.NaN : (k / effective - 1) / (k - 1);
        return new LogMeanExp(max + Math.log(sum / k), Math.sqrt(Math.max(0, relativeVariance)), effective);
    }
}
