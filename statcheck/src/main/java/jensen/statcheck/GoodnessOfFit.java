package jensen.statcheck;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Gamma;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;

/**
 * Whether a sample follows a law: the outcome of one test.
 *
 * <p>A test asserts {@code pValue > FALSE_ALARM}.
 *
 * @param test the test's name
 * @param n number of observations
 * @param statistic Kolmogorov's D, or Pearson's χ²
 * @param pValue the chance of a statistic at least this large if the sample does follow the law
 */
public record GoodnessOfFit(String test, long n, double statistic, double pValue) {
    /**
     * The chance that one right sampler fails one test. With a few hundred such tests and fixed seeds, a change of
     * the draws raises a false alarm somewhere with probability below one in a thousand.
     */
    public static final double FALSE_ALARM = 1e-6;

    private static final double LEAST_EXPECTED = 10;

    /**
     * Kolmogorov–Smirnov test of a continuous law.
     *
     * @param cdf the law's cumulative distribution function
     * @throws IllegalArgumentException if the sample has fewer than 10 values or one of them is not a number
     */
    public static GoodnessOfFit kolmogorovSmirnov(double[] sample, DoubleUnaryOperator cdf) {
        int n = sample.length;
        if (n < 10) {
            throw new IllegalArgumentException("sample: expected at least 10 values, found " + n);
        }
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        double d = 0;
        for (int i = 0; i < n; i++) {
            double f = cdf.applyAsDouble(sorted[i]);
            if (!(f >= 0 && f <= 1)) {
                throw new IllegalArgumentException("cdf(" + sorted[i] + "): expected in [0, 1], found " + f);
            }
            d = Math.max(d, Math.max(f - (double) i / n, (i + 1.0) / n - f));
        }
        double p = 1 - new KolmogorovSmirnovTest().cdf(d, n);
        return new GoodnessOfFit("Kolmogorov-Smirnov", n, d, Math.max(0, p));
    }

    /**
     * Pearson's χ² test of a discrete law; neighbouring outcomes are pooled until each pool expects at least 10.
     *
     * @param counts how often each outcome was seen
     * @param probabilities of the outcomes, summing to one within 1e-9
     * @throws IllegalArgumentException if the lengths differ, a probability is negative, the sum is not one, or
     *     pooling leaves fewer than two pools
     */
    public static GoodnessOfFit chiSquared(long[] counts, double[] probabilities) {
        requireLaw(counts, probabilities);
        long n = Arrays.stream(counts).sum();
        double statistic = 0;
        int pools = 0;
        double expected = 0;
        double observed = 0;
        double remaining = n;
        for (int i = 0; i < counts.length; i++) {
            if (probabilities[i] == 0 && counts[i] > 0) {
                return new GoodnessOfFit("chi-squared", n, Double.POSITIVE_INFINITY, 0);
            }
            expected += n * probabilities[i];
            observed += counts[i];
            remaining -= n * probabilities[i];
            boolean last = i == counts.length - 1;
            if (last || (expected >= LEAST_EXPECTED && remaining >= LEAST_EXPECTED)) {
                statistic += (observed - expected) * (observed - expected) / expected;
                pools++;
                expected = 0;
                observed = 0;
            }
        }
        if (pools < 2) {
            throw new IllegalArgumentException("counts: expected enough for two pools of 10, found " + n);
        }
        return new GoodnessOfFit(
                "chi-squared", n, statistic, Gamma.regularizedGammaQ((pools - 1) / 2.0, statistic / 2));
    }

    private static void requireLaw(long[] counts, double[] probabilities) {
        if (counts.length != probabilities.length) {
            throw new IllegalArgumentException(
                    "probabilities: expected " + counts.length + " as there are counts, found " + probabilities.length);
        }
        for (double p : probabilities) {
            if (!(p >= 0)) {
                throw new IllegalArgumentException("probabilities: expected none negative, found " + p);
            }
        }
        double sum = Arrays.stream(probabilities).sum();
        if (!(Math.abs(sum - 1) <= 1e-9)) {
            throw new IllegalArgumentException("probabilities: expected a sum of 1, found " + sum);
        }
    }
}
