package jensen.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * The principal axes of some data, which determine the best linear-Gaussian model of them.
 *
 * @param mean of the data, {@code [X]}
 * @param eigenvalues of their covariance (with divisor N), the largest first, {@code [X]}
 * @param axes its eigenvectors in the same order, {@code [X][X]}: {@code axes[i]} belongs to {@code eigenvalues[i]}
 * @see <a href="https://doi.org/10.1111/1467-9868.00196">Tipping and Bishop 1999, Probabilistic principal component
 *     analysis</a>
 */
public record PrincipalComponents(double[] mean, double[] eigenvalues, double[][] axes) {
    private static final int BLOCK = 1000;

    /** Of all rows of a data set as the encoding gives them. */
    public static PrincipalComponents of(Dataset data, Encoding encoding, Generator rng) {
        int width = data.shape().size();
        int n = data.size();
        double[] mean = new double[width];
        float[] values = new float[BLOCK * width];
        for (int from = 0; from < n; from += BLOCK) {
            int rows = encode(data, encoding, rng, from, values);
            for (int i = 0; i < rows * width; i++) {
                mean[i % width] += values[i];
            }
        }
        for (int i = 0; i < width; i++) {
            mean[i] /= n;
        }
        try (Scope scope = new Scope()) {
            Tensor covariance = Tensor.of(new double[width * width], width, width);
            for (int from = 0; from < n; from += BLOCK) {
                try (Scope inner = new Scope()) {
                    int rows = encode(data, encoding, rng, from, values);
                    double[] centred = new double[rows * width];
                    for (int i = 0; i < centred.length; i++) {
                        centred[i] = values[i] - mean[i % width];
                    }
                    Tensor block = Tensor.of(centred, rows, width);
                    covariance.addInPlace(block.transpose(0, 1).matmul(block), 1.0 / n);
                }
            }
            List<Tensor> eigen = covariance.symmetricEigen();
            double[] ascending = eigen.get(0).toDoubles();
            double[] vectors = eigen.get(1).transpose(0, 1).copy().toDoubles();
            double[] eigenvalues = new double[width];
            double[][] axes = new double[width][];
            for (int i = 0; i < width; i++) {
                int at = width - 1 - i;
                eigenvalues[i] = ascending[at];
                axes[i] = Arrays.copyOfRange(vectors, at * width, (at + 1) * width);
            }
            return new PrincipalComponents(mean, eigenvalues, axes);
        }
    }

    private static int encode(Dataset data, Encoding encoding, Generator rng, int from, float[] values) {
        int rows = Math.min(BLOCK, data.size() - from);
        int[] numbers = IntStream.range(from, from + rows).toArray();
        encoding.encode(data, numbers, 0, rows, rng, values);
        return rows;
    }

    /**
     * The linear-Gaussian model of greatest likelihood: σ² is the mean of the eigenvalues beyond the k-th.
     *
     * @param k the number of its latent dimensions
     * @throws IllegalArgumentException unless 1 ≤ k < X and the data vary in more than k directions
     */
    public LinearGaussian model(int k) {
        if (k < 1 || k >= eigenvalues.length) {
            throw new IllegalArgumentException(
                    "k must be from 1 to " + (eigenvalues.length - 1) + " for data of this width, was " + k);
        }
        double noise = Arrays.stream(eigenvalues).skip(k).average().orElseThrow();
        if (!(noise > 1e-12 * eigenvalues[0])) {
            throw new IllegalArgumentException(
                    "k must be less than the number of directions in which the data vary, was " + k);
        }
        return model(k, noise);
    }

    /**
     * The linear-Gaussian model of greatest likelihood for a given σ²: column i of W is √max(0, λ_i − σ²) along axis i.
     *
     * @param k the number of its latent dimensions, at most X
     */
    public LinearGaussian model(int k, double noiseVariance) {
        double[][] weight = new double[mean.length][k];
        for (int j = 0; j < k; j++) {
            double length = Math.sqrt(Math.max(0, eigenvalues[j] - noiseVariance));
            for (int i = 0; i < mean.length; i++) {
                weight[i][j] = length * axes[j][i];
            }
        }
        return new LinearGaussian(weight, mean.clone(), noiseVariance);
    }

    /**
     * How many of k latent dimensions collapse at the maximum of likelihood and bound: those with λ_i ≤ σ².
     *
     * @see <a href="https://arxiv.org/abs/1911.02469">Lucas, Tucker, Grosse and Norouzi 2019, arXiv 1911.02469</a>
     */
    public int collapsed(int k, double noiseVariance) {
        return (int) IntStream.range(0, k)
                .filter(i -> eigenvalues[i] <= noiseVariance)
                .count();
    }
}
