package jensen.model;

import java.util.List;
import jensen.data.Batch;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * x = W z + b + noise with z standard normal, where everything has a closed form; the columns of W are orthogonal, so the
 * exact posterior has independent components.
 *
 * @param columns W's columns, each of the length of x
 * @param bias b
 * @param variance of the noise
 */
public record LinearGaussian(double[][] columns, double[] bias, double variance) {
    /** Two latent dimensions, three observed. */
    public static LinearGaussian small() {
        return new LinearGaussian(new double[][] {{1, 2, 2}, {1, 0.5, -1}}, new double[] {0.3, -0.1, 0.7}, 0.6);
    }

    /** The number of latent dimensions. */
    public int latent() {
        return columns.length;
    }

    /** The length of x. */
    public int observed() {
        return bias.length;
    }

    /** The same as a model of the library. */
    public Model model() {
        return new Model(
                new Prior.StandardNormal(latent()),
                new Head(
                        new Mlp(latent(), List.of(), observed(), Activation.TANH),
                        new Family.NormalShared(),
                        observed()));
    }

    /** Its parameters. */
    public Parameters theta() {
        Parameters theta = start(model().slots());
        double[] w = new double[observed() * latent()];
        for (int i = 0; i < observed(); i++) {
            for (int j = 0; j < latent(); j++) {
                w[i * latent() + j] = columns[j][i];
            }
        }
        Parameters likelihood = theta.at("likelihood");
        likelihood.set("net.0.weight", Tensor.of(w, observed(), latent()));
        likelihood.set("net.0.bias", Tensor.of(bias, observed()));
        likelihood.set("family.logVariance", Tensor.of(new double[] {Math.log(variance)}, 1));
        return theta;
    }

    private static Parameters start(List<jensen.net.Slot> slots) {
        return Parameters.start(slots, Initialiser.PAPER, Generator.of(0), DType.FLOAT64, Device.CPU);
    }

    /** An encoder that can represent the exact posterior. */
    public Amortised guide() {
        return new Amortised(
                new Head(new Mlp(observed(), List.of(), 2 * latent(), Activation.TANH), new Family.Normal(), latent()));
    }

    /** The encoder's parameters at the exact posterior: mean v cᵀ(x − b)/s², variance v = 1/(1 + |c|²/s²). */
    public Parameters exactPhi() {
        Parameters phi = start(guide().slots());
        int d = latent();
        double[] weight = new double[2 * d * observed()];
        double[] offset = new double[2 * d];
        for (int j = 0; j < d; j++) {
            double v = 1 / (1 + dot(columns[j], columns[j]) / variance);
            for (int i = 0; i < observed(); i++) {
                weight[j * observed() + i] = v * columns[j][i] / variance;
            }
            offset[j] = -v * dot(columns[j], bias) / variance;
            offset[d + j] = Math.log(v);
        }
        phi.at("encoder").set("net.0.weight", Tensor.of(weight, 2L * d, observed()));
        phi.at("encoder").set("net.0.bias", Tensor.of(offset, 2L * d));
        return phi;
    }

    /** log p(x) = log N(x; b, W Wᵀ + s² I), by the eigenvectors of the covariance: W's columns, and what is left. */
    public double logEvidence(double... x) {
        double rest = 0;
        for (int i = 0; i < x.length; i++) {
            rest += (x[i] - bias[i]) * (x[i] - bias[i]);
        }
        double logDeterminant = (observed() - latent()) * Math.log(variance);
        double distance = 0;
        for (double[] column : columns) {
            double squared = dot(column, column);
            double along = dot(column, x) - dot(column, bias);
            distance += along * along / squared / (squared + variance);
            rest -= along * along / squared;
            logDeterminant += Math.log(squared + variance);
        }
        return -0.5 * (observed() * Math.log(2 * Math.PI) + logDeterminant + distance + rest / variance);
    }

    /** log N(x; mean, variance) of one number. */
    public static double logNormal(double x, double mean, double variance) {
        return -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) * (x - mean) / variance);
    }

    private static double dot(double[] a, double... b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Data one after the other as a batch. */
    public static Batch batch(int rows, double... x) {
        return new Batch(Tensor.of(x, rows, x.length / rows), new int[rows]);
    }
}
