package jensen.oracle;

import java.util.List;
import java.util.SplittableRandom;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.evaluate.Evaluator;
import jensen.evaluate.LinearGaussian;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * z ~ N(0, I₂), x|z ~ N(W z + b, σ² I₄) with a W of no particular form; what is known of it is found here by plain arithmetic,
 * on ways that the library does not take.
 */
final class LinearExample {
    static final int WIDTH = 4;
    static final double VARIANCE = 0.5;
    private static final double[][] W = {{0.9, -0.4}, {1.3, 0.7}, {-0.2, 1.1}, {0.6, 0.5}};
    private static final double[] B = {0.3, -0.1, 0.7, 0.2};

    private LinearExample() {}

    static LinearGaussian model() {
        return new LinearGaussian(W, B, VARIANCE);
    }

    /** WᵀW + σ² I, entry (i, j). */
    static double m(int i, int j) {
        double sum = i == j ? VARIANCE : 0;
        for (double[] row : W) {
            sum += row[i] * row[j];
        }
        return sum;
    }

    static double determinant() {
        return m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0);
    }

    /** log N(x; b, W Wᵀ + σ² I), by elimination. */
    static double logEvidence(float[] x) {
        double[][] c = new double[WIDTH][WIDTH + 1];
        double[] off = new double[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            off[i] = x[i] - B[i];
            c[i][WIDTH] = off[i];
            for (int j = 0; j < WIDTH; j++) {
                c[i][j] = W[i][0] * W[j][0] + W[i][1] * W[j][1] + (i == j ? VARIANCE : 0);
            }
        }
        double logDeterminant = 0;
        for (int k = 0; k < WIDTH; k++) {
            logDeterminant += Math.log(c[k][k]);
            for (int i = k + 1; i < WIDTH; i++) {
                double factor = c[i][k] / c[k][k];
                for (int j = k; j <= WIDTH; j++) {
                    c[i][j] -= factor * c[k][j];
                }
            }
        }
        double square = 0;
        double[] solved = new double[WIDTH];
        for (int i = WIDTH - 1; i >= 0; i--) {
            solved[i] = c[i][WIDTH];
            for (int j = i + 1; j < WIDTH; j++) {
                solved[i] -= c[i][j] * solved[j];
            }
            solved[i] /= c[i][i];
            square += solved[i] * off[i];
        }
        return -0.5 * (WIDTH * Math.log(2 * Math.PI) + logDeterminant + square);
    }

    /** log p(x, z) by the densities of six independent normals. */
    static double logJoint(float[] x, double[] z) {
        double sum = logNormal(z[0], 0, 1) + logNormal(z[1], 0, 1);
        for (int i = 0; i < WIDTH; i++) {
            sum += logNormal(x[i], W[i][0] * z[0] + W[i][1] * z[1] + B[i], VARIANCE);
        }
        return sum;
    }

    static double logNormal(double x, double mean, double variance) {
        return -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) * (x - mean) / variance);
    }

    /** KL(q ‖ p(z|x)) for the posterior's mean moved by {@code shift} and variances {@code factor} · σ²/M_ii. */
    static double gap(double shift, double factor) {
        double trace = 0;
        double distance = 0;
        for (int i = 0; i < 2; i++) {
            trace += factor;
            for (int j = 0; j < 2; j++) {
                distance += shift * shift * m(i, j) / VARIANCE;
            }
        }
        double logRatio = 2 * Math.log(factor) - Math.log(m(0, 0)) - Math.log(m(1, 1)) + Math.log(determinant());
        return 0.5 * (trace + distance - 2 - logRatio);
    }

    /** Data that the model makes, by a generator that is not the library's. */
    static float[][] simulate(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] x = new float[n][WIDTH];
        for (float[] row : x) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            for (int i = 0; i < WIDTH; i++) {
                row[i] = (float) (W[i][0] * a + W[i][1] * b + B[i] + Math.sqrt(VARIANCE) * random.nextGaussian());
            }
        }
        return x;
    }

    static Dataset data(float[][] x) {
        float[] flat = new float[x.length * WIDTH];
        for (int i = 0; i < x.length; i++) {
            System.arraycopy(x[i], 0, flat, i * WIDTH, WIDTH);
        }
        return Dataset.of("simulated", Shape.vector(WIDTH), Values.REAL, flat);
    }

    /** The model with the q of {@link #gap}, in float64. */
    static Evaluator evaluator(double shift, double factor, int threads) {
        Model model = new Model(
                new Prior.StandardNormal(2),
                new Head(new Mlp(2, List.of(), WIDTH, Activation.TANH), new Family.NormalShared(), WIDTH));
        Amortised guide =
                new Amortised(new Head(new Mlp(WIDTH, List.of(), 4, Activation.TANH), new Family.Normal(), 2));
        Generator any = Generator.of(1);
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        double[] flat = new double[2 * WIDTH];
        double[] weight = new double[4 * WIDTH];
        double[] bias = new double[4];
        for (int i = 0; i < WIDTH; i++) {
            flat[2 * i] = W[i][0];
            flat[2 * i + 1] = W[i][1];
            weight[i] = (m(1, 1) * W[i][0] - m(0, 1) * W[i][1]) / determinant();
            weight[WIDTH + i] = (m(0, 0) * W[i][1] - m(0, 1) * W[i][0]) / determinant();
            bias[0] -= weight[i] * B[i];
            bias[1] -= weight[WIDTH + i] * B[i];
        }
        for (int d = 0; d < 2; d++) {
            bias[d] += shift;
            bias[2 + d] = Math.log(factor * VARIANCE / m(d, d));
        }
        theta.set("likelihood.net.0.weight", Tensor.of(flat, WIDTH, 2));
        theta.set("likelihood.net.0.bias", Tensor.of(B, WIDTH));
        theta.set("likelihood.family.logVariance", Tensor.of(new double[] {Math.log(VARIANCE)}, 1));
        phi.set("encoder.net.0.weight", Tensor.of(weight, 4, WIDTH));
        phi.set("encoder.net.0.bias", Tensor.of(bias, 4));
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), Generator.of(5), threads);
    }
}
