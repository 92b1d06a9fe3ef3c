package jensen.evaluate;

import java.util.Arrays;

/**
 * How heavy the tail of a sample of importance weights is: the shape k̂ of a generalised Pareto distribution fitted to the
 * largest of them. Moments of order 1/k and above do not exist, so the mean weight is not to be trusted where k̂ is
 * above 0.7.
 *
 * @see <a href="https://arxiv.org/abs/1507.02646">Vehtari, Simpson, Gelman, Yao and Gabry 2024, arXiv 1507.02646</a>
 */
final class ParetoTail {
    /** The fewest values of a tail to which a shape is fitted. */
    private static final int FEWEST = 5;

    /** The logarithm of the smallest weight, relative to the largest, that does not count as 0. */
    private static final double SMALLEST = Math.log(1e-150);

    private ParetoTail() {}

    /**
     * k̂ of weights given as logarithms, fitted to the ⌈min(K/5, 3√K)⌉ largest; ∞ where fewer than 5 of them exceed the rest,
     * −∞ where all K are equal.
     *
     * @param logWeights of which at least one is finite and none is ∞
     */
    static double shape(double[] logWeights) {
        int k = logWeights.length;
        int tail = (int) Math.ceil(Math.min(k / 5.0, 3 * Math.sqrt(k)));
        if (tail < FEWEST) {
            return Double.POSITIVE_INFINITY;
        }
        double[] largest = largest(logWeights, tail + 1);
        double max = largest[tail];
        if (largest[0] == max && Arrays.stream(logWeights).allMatch(w -> w == max)) {
            return Double.NEGATIVE_INFINITY;
        }
        double cutoff = Math.max(largest[0] - max, SMALLEST);
        double threshold = Math.exp(cutoff);
        double[] exceedances = Arrays.stream(largest, 1, tail + 1)
                .map(w -> w - max)
                .filter(w -> w > cutoff)
                // e^w − e^cutoff without cancellation where the two are near
                .map(w -> threshold * Math.expm1(w - cutoff))
                .toArray();
        return exceedances.length < FEWEST ? Double.POSITIVE_INFINITY : fit(exceedances);
    }

    /** The largest of some values in ascending order: of 5,000 some 200, for which to sort all would take ten times as long. */
    private static double[] largest(double[] values, int count) {
        double[] found = Arrays.copyOf(values, count);
        Arrays.sort(found);
        for (int i = count; i < values.length; i++) {
            if (values[i] > found[0]) {
                int at = Arrays.binarySearch(found, values[i]);
                int below = at >= 0 ? at : -2 - at;
                System.arraycopy(found, 1, found, 0, below);
                found[below] = values[i];
            }
        }
        return found;
    }

    /**
     * The shape of a generalised Pareto distribution: the mean over a grid of profile posteriors of its scale, drawn towards
     * 0.5 by as much as ten observations weigh.
     *
     * @param x positive values in ascending order
     * @see <a href="https://doi.org/10.1198/tech.2009.08017">Zhang and Stephens 2009, A new and efficient estimation method
     *     for the generalized Pareto distribution</a>
     */
    static double fit(double[] x) {
        int n = x.length;
        int points = 30 + (int) Math.sqrt(n);
        double quartile = x[(int) (n / 4.0 + 0.5) - 1];
        double[] b = new double[points];
        double[] profile = new double[points];
        for (int j = 0; j < points; j++) {
            b[j] = 1 / x[n - 1] + (1 - Math.sqrt(points / (j + 0.5))) / (3 * quartile);
            if (b[j] == 0) {
                b[j] = 1e-9 / x[n - 1]; // where b/shape is 0/0, its limit
            }
            double shape = shape(x, b[j]);
            profile[j] = n * (Math.log(-b[j] / shape) - shape - 1);
        }
        double max = Arrays.stream(profile).max().orElseThrow();
        double sum = 0;
        double mean = 0;
        for (int j = 0; j < points; j++) {
            double weight = Math.exp(profile[j] - max);
            sum += weight;
            mean += weight * b[j];
        }
        return (n * shape(x, mean / sum) + 10 * 0.5) / (n + 10);
    }

    /** The likeliest shape given b, the negative of shape over scale. */
    private static double shape(double[] x, double b) {
        return LogMeanExp.sumLog1p(x, -b) / x.length;
    }
}
