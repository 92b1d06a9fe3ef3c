package jensen.evaluate;

import java.util.Arrays;
import java.util.Optional;

/**
 * What q(z|x) says of some data.
 *
 * @param mean of each datum's code, {@code [rows][D]}
 * @param standardDeviation of each datum's code, {@code [rows][D]}
 * @param kl each dimension's share of KL(q(z|x) ‖ p(z)) in nats, {@code [rows][D]}, where the divergence has a closed form
 */
public record Codes(double[][] mean, double[][] standardDeviation, Optional<double[][]> kl) {
    /** Above this variance over the data of its mean, a latent dimension counts as active. */
    public static final double ACTIVE = 0.01;

    /**
     * The number of latent dimensions whose mean varies over the data by more than {@link #ACTIVE}.
     *
     * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, §5.2</a>
     */
    public int activeUnits() {
        return (int) Arrays.stream(variances()).filter(v -> v > ACTIVE).count();
    }

    /** The variance over the data of the mean of q(z|x), by dimension. */
    public double[] variances() {
        double[] variances = new double[mean[0].length];
        for (int d = 0; d < variances.length; d++) {
            double average = columnMean(mean, d);
            for (double[] row : mean) {
                variances[d] += (row[d] - average) * (row[d] - average) / mean.length;
            }
        }
        return variances;
    }

    /** The mean over the data of each dimension's share of the divergence, in nats. */
    public Optional<double[]> klPerDimension() {
        return kl.map(shares -> {
            double[] means = new double[shares[0].length];
            for (int d = 0; d < means.length; d++) {
                means[d] = columnMean(shares, d);
            }
            return means;
        });
    }

    private static double columnMean(double[][] rows, int column) {
        double sum = 0;
        for (double[] row : rows) {
            sum += row[column];
        }
        return sum / rows.length;
    }
}
