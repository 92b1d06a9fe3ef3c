package jensen.evaluate;

import java.util.List;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * z ~ N(0, I), x|z ~ N(W z + b, σ² I) with a W of no particular form, where log p(x) and the posterior are known.
 *
 * @param w W, {@code [X, D]}
 * @param b b, {@code [X]}
 * @param variance σ²
 */
record LinearExample(RealMatrix w, double[] b, double variance) {
    static LinearExample of(int width, int latent, long seed) {
        SplitMix stream = new SplitMix(seed);
        RealMatrix w = new Array2DRowRealMatrix(width, latent);
        for (int i = 0; i < width; i++) {
            w.setRow(i, stream.normals(latent));
        }
        return new LinearExample(w, stream.normals(width), 0.5);
    }

    private RealMatrix noise(int n) {
        return MatrixUtils.createRealIdentityMatrix(n).scalarMultiply(variance);
    }

    /** log N(x; b, W Wᵀ + σ² I). */
    double logEvidence(float[] x) {
        LUDecomposition covariance =
                new LUDecomposition(w.multiply(w.transpose()).add(noise(b.length)));
        double[] off = new double[b.length];
        for (int i = 0; i < off.length; i++) {
            off[i] = x[i] - b[i];
        }
        RealMatrix column = MatrixUtils.createColumnRealMatrix(off);
        double square = column.transpose()
                .multiply(covariance.getSolver().getInverse())
                .multiply(column)
                .getEntry(0, 0);
        return -0.5 * (b.length * Math.log(2 * Math.PI) + Math.log(covariance.getDeterminant()) + square);
    }

    /** Data that the model makes, by a stream that is not the library's. */
    float[][] simulate(int n, long seed) {
        SplitMix stream = new SplitMix(seed);
        float[][] x = new float[n][b.length];
        for (float[] row : x) {
            double[] mean = w.operate(stream.normals(w.getColumnDimension()));
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) (mean[i] + b[i] + Math.sqrt(variance) * stream.normal());
            }
        }
        return x;
    }

    Dataset data(float[][] x) {
        float[] flat = new float[x.length * b.length];
        for (int i = 0; i < x.length; i++) {
            System.arraycopy(x[i], 0, flat, i * b.length, b.length);
        }
        return Dataset.of("simulated", Shape.vector(b.length), Values.REAL, flat);
    }

    /** Looks with q = N(posterior mean, factor · diagonal of the posterior covariance), in float64. */
    Evaluator evaluator(double factor, long seed, int threads) {
        int latent = w.getColumnDimension();
        int width = b.length;
        Model model = new Model(
                new Prior.StandardNormal(latent),
                new Head(new Mlp(latent, List.of(), width, Activation.TANH), new Family.NormalShared(), width));
        Amortised guide = new Amortised(
                new Head(new Mlp(width, List.of(), 2 * latent, Activation.TANH), new Family.Normal(), latent));
        Generator any = Generator.of(1);
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        theta.set("likelihood.net.0.weight", tensor(w));
        theta.set("likelihood.net.0.bias", Tensor.of(b, width));
        theta.set("likelihood.family.logVariance", Tensor.of(new double[] {Math.log(variance)}, 1));
        RealMatrix inverse = new LUDecomposition(w.transpose().multiply(w).add(noise(latent)))
                .getSolver()
                .getInverse();
        RealMatrix encode = inverse.multiply(w.transpose());
        double[] offset = encode.operate(b);
        RealMatrix weight = new Array2DRowRealMatrix(2 * latent, width);
        weight.setSubMatrix(encode.getData(), 0, 0);
        double[] bias = new double[2 * latent];
        for (int d = 0; d < latent; d++) {
            bias[d] = -offset[d];
            bias[latent + d] = Math.log(factor * variance * inverse.getEntry(d, d));
        }
        phi.set("encoder.net.0.weight", tensor(weight));
        phi.set("encoder.net.0.bias", Tensor.of(bias, bias.length));
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), Generator.of(seed), threads);
    }

    private static Tensor tensor(RealMatrix m) {
        double[] flat = java.util.Arrays.stream(m.getData())
                .flatMapToDouble(java.util.Arrays::stream)
                .toArray();
        return Tensor.of(flat, m.getRowDimension(), m.getColumnDimension());
    }
}
