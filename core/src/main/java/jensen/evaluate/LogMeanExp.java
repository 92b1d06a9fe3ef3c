package jensen.evaluate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * log 1/K Σ w_k of importance weights w_k given as logarithms, and how well it is known.
 *
 * @param value the logarithm of the mean weight, in nats: below the logarithm of the expected weight in expectation
 * @param standardError by the delta method: the relative standard error of the mean weight
 * @param jackknife the value less the jackknife's estimate of its bias, which leaves a bias of order 1/K²; ∞ where one weight
 *     is so large that the others do not count
 * @param effectiveSamples (Σw)² / Σw²
 * @param paretoShape k̂, how heavy the weights' tail is: {@code value} and {@code standardError} are to be trusted below
 *     {@value #TRUSTED}; ∞ where a weight is infinite or no number, or K too small to say
 * @see <a href="https://arxiv.org/abs/1507.02646">Vehtari et al. 2024, arXiv 1507.02646</a>
 */
public record LogMeanExp(
        double value, double standardError, double jackknife, double effectiveSamples, double paretoShape) {
    /** The largest k̂ at which estimates of this kind are reliable. */
    public static final double TRUSTED = 0.7;

    /** Where a product is replaced by its logarithm: any factor can still be multiplied. */
    private static final double SMALLEST = 1e-150;

    private static final double LARGEST = 1e150;

    /**
     * Of logarithms of weights. Those of −∞ are weights of 0; where one is ∞ the value is ∞, where one is no number −∞, and the
     * standard error and k̂ are infinite in both cases.
     */
    public static LogMeanExp of(double[] logWeights) {
        int k = logWeights.length;
        double max = Double.NEGATIVE_INFINITY;
        for (double w : logWeights) {
            max = Math.max(max, w);
        }
        if (!Double.isFinite(max)) {
            return unknown(max > 0 ? max : Double.NEGATIVE_INFINITY);
        }
        double[] relative = relative(logWeights, max);
        double sum = Arrays.stream(relative).sum();
        double effective = effectiveSamples(relative, sum);
        // Var(mean)/mean² with the unbiased variance: (K Σw²/(Σw)² − 1)/(K − 1)
        double relativeVariance = k < 2 ? Double.NaN : (k / effective - 1) / (k - 1);
        double value = max + Math.log(sum / k);
        return new LogMeanExp(
                value,
                Math.sqrt(Math.max(0, relativeVariance)),
                value - bias(relative, sum),
                effective,
                ParetoTail.shape(logWeights));
    }

    private static double[] relative(double[] logWeights, double max) {
        double[] relative = new double[logWeights.length];
        for (int i = 0; i < relative.length; i++) {
            relative[i] = Math.exp(logWeights[i] - max);
        }
        return relative;
    }

    /**
     * Of logarithms of weights whose draws come in fixed shares from the parts of a mixture: the same, but for the standard error,
     * to which only the spread within each part contributes: √(Σ_j n_j s_j²)/Σw for n_j weights of variance s_j² in part j.
     *
     * @param strata {@code [part][]}, at least two of each part for an error
     * @see <a href="https://doi.org/10.1080/01621459.2000.10473909">Owen and Zhou 2000, Safe and effective importance
     *     sampling, §2.2</a>
     */
    static LogMeanExp ofStrata(double[][] strata) {
        if (strata.length == 1) {
            return of(strata[0]);
        }
        LogMeanExp all =
                of(Arrays.stream(strata).flatMapToDouble(Arrays::stream).toArray());
        if (!Double.isFinite(all.standardError)) {
            return all;
        }
        int k = Arrays.stream(strata).mapToInt(part -> part.length).sum();
        double variance = 0;
        for (double[] part : strata) {
            int n = part.length;
            // relative to the mean weight, so that the sum of all weights is k
            double[] relative =
                    Arrays.stream(part).map(w -> Math.exp(w - all.value)).toArray();
            double mean = Arrays.stream(relative).sum() / n;
            double squares =
                    Arrays.stream(relative).map(w -> (w - mean) * (w - mean)).sum();
            variance += n * (squares / (n - 1)) / ((double) k * k);
        }
        return new LogMeanExp(all.value, Math.sqrt(variance), all.jackknife, all.effectiveSamples, all.paretoShape);
    }

    /**
     * The bound of K draws, E[log 1/K Σ w_k], as the mean over as many groups of K as there are; of one group, the error is
     * that of the delta method.
     *
     * @param draws K, at most the number of weights
     */
    public static Estimate bound(double[] logWeights, int draws) {
        int groups = logWeights.length / draws;
        if (groups == 1) {
            LogMeanExp all = of(Arrays.copyOf(logWeights, draws));
            return new Estimate(all.value(), all.standardError());
        }
        return Estimate.mean(IntStream.range(0, groups)
                .mapToDouble(g -> of(Arrays.copyOfRange(logWeights, g * draws, (g + 1) * draws)).value)
                .toArray());
    }

    /** (Σw)² / Σw² of weights of which at least one is finite and none infinite. */
    static double effectiveSamples(double[] logWeights) {
        double[] relative = relative(logWeights, Arrays.stream(logWeights).max().orElseThrow());
        return effectiveSamples(relative, Arrays.stream(relative).sum());
    }

    private static double effectiveSamples(double[] weights, double sum) {
        double squares = 0;
        for (double w : weights) {
            squares += w * w;
        }
        return sum * sum / squares;
    }

    private static LogMeanExp unknown(double value) {
        return new LogMeanExp(value, Double.POSITIVE_INFINITY, value, value > 0 ? 1 : 0, Double.POSITIVE_INFINITY);
    }

    /** (K − 1) times the mean, over the draws, of the change of the value when that draw is left out. */
    private static double bias(double[] weights, double sum) {
        int k = weights.length;
        if (k < 2) {
            return 0;
        }
        return (k - 1) * (sumLog1p(weights, -1 / sum) / k + Math.log1p(1.0 / (k - 1)));
    }

    /** Σ log(1 + scale · v) by logarithms of products, as a logarithm takes ten times as long as a product. */
    static double sumLog1p(double[] values, double scale) {
        double sum = 0;
        double product = 1;
        for (double v : values) {
            product *= Math.max(0, 1 + scale * v); // a weight over the sum of all may round to more than 1
            if (product < SMALLEST || product > LARGEST) {
                sum += Math.log(product);
                product = 1;
            }
        }
        return sum + Math.log(product);
    }

    /** Whether the tail of the weights is light enough for the value and its error to be trusted. */
    public boolean trusted() {
        return paretoShape <= TRUSTED;
    }
}
