package jensen.evaluate;

/**
 * A number with its standard error, both in the same unit.
 *
 * @param value the estimate
 * @param standardError the standard deviation of the estimate; 0 where it is exact
 */
public record Estimate(double value, double standardError) {
    /** The mean of numbers, with the error that the numbers are a sample. */
    public static Estimate mean(double[] sample) {
        double mean = java.util.Arrays.stream(sample).average().orElse(Double.NaN);
        if (sample.length < 2) {
            return new Estimate(mean, Double.NaN);
        }
        double squares = java.util.Arrays.stream(sample)
                .map(x -> (x - mean) * (x - mean))
                .sum();
        return new Estimate(mean, Math.sqrt(squares / (sample.length - 1) / sample.length));
    }

    /** The sum of two independent estimates. */
    Estimate plus(Estimate other) {
        return new Estimate(value + other.value, Math.hypot(standardError, other.standardError));
    }

    /** The difference of two independent estimates. */
    Estimate minus(Estimate other) {
        return new Estimate(value - other.value, Math.hypot(standardError, other.standardError));
    }

    /** The estimate of a multiple. */
    public Estimate times(double factor) {
        return new Estimate(value * factor, standardError * Math.abs(factor));
    }

    @Override
    public String toString() {
        return String.format(java.util.Locale.ROOT, "%.4f ± %.4f", value, standardError);
    }
}
