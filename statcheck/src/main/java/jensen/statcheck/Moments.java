package jensen.statcheck;

import org.apache.commons.math3.special.Erf;

/**
 * Mean and variance of independent draws, and how far an expected mean lies from theirs.
 *
 * @param n number of draws, at least 2
 * @param mean their mean
 * @param variance their unbiased variance (divisor n − 1)
 */
public record Moments(long n, double mean, double variance) {
    public Moments {
        if (n < 2) {
            throw new IllegalArgumentException("n: expected at least 2, found " + n);
        }
        if (!(variance >= 0)) {
            throw new IllegalArgumentException("variance: expected >= 0, found " + variance);
        }
    }

    /** The moments of the given draws, by Welford's recurrence (1962). */
    public static Moments of(double... draws) {
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < draws.length; i++) {
            double delta = draws[i] - mean;
            mean += delta / (i + 1);
            squares += delta * (draws[i] - mean);
        }
        return new Moments(draws.length, mean, squares / (draws.length - 1));
    }

    /** The standard error of the mean, sqrt(variance / n). */
    public double standardError() {
        return Math.sqrt(variance / n);
    }

    /** (mean − expected) in standard errors; 0 if they are equal. */
    public double z(double expected) {
        return mean == expected ? 0 : (mean - expected) / standardError();
    }

    /**
     * The chance of a mean at least this far from {@code expected} on either side, by the central limit theorem; to be
     * compared with {@link GoodnessOfFit#FALSE_ALARM}.
     */
    public double pValue(double expected) {
        return Erf.erfc(Math.abs(z(expected)) / Math.sqrt(2));
    }
}
