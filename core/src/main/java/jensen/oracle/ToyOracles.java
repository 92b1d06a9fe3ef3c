package jensen.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.dist.DiagonalNormal;
import jensen.evaluate.Evaluator;
import jensen.evaluate.LinearGaussian;
import jensen.evaluate.Row;
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
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * z ~ N(0, I₂₀), x|z ~ N(z, I₂₀), q = N(x/2, ⅔ I₂₀): the bound loses 10 (4/3 − 1 − log 4/3) nats, and the bound of K draws
 * χ²(p ‖ q)/2K in the limit.
 *
 * @see <a href="https://arxiv.org/abs/1802.04537">Rainforth et al. 2018, arXiv 1802.04537, §4</a>
 */
final class ToyOracles {
    private static final int D = 20;
    private static final double GAP = 0.45651261;
    private static final double LIMIT = 0.90672138 / 2;
    private static final int DRAWS = 200;
    private static final int DATA = 10_000;

    private ToyOracles() {}

    static List<Oracle> all(int threads) {
        float[] flat = new float[DATA * D];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) (random.nextGaussian() * Math.sqrt(2));
        }
        Dataset data = Dataset.of("simulated", Shape.vector(D), Values.REAL, flat);
        return List.of(gap(flat), manyDraws(data, flat, threads));
    }

    private static Oracle gap(float[] flat) {
        try (Scope scope = new Scope()) {
            double[][] identity = new double[D][D];
            for (int i = 0; i < D; i++) {
                identity[i][i] = 1;
            }
            LinearGaussian model = new LinearGaussian(identity, new double[D], 1);
            Tensor x = Tensor.of(Arrays.copyOf(flat, D), 1, D).to(DType.FLOAT64);
            DiagonalNormal q = new DiagonalNormal(x.mul(0.5), x.zerosLike().add(Math.log(2.0 / 3)));
            double found = model.logEvidence(x).sub(model.elbo(x, q)).item();
            return Oracle.close("20-D toy: gap of the ELBO", GAP, found, 1e-8);
        }
    }

    /** log of the mean weight r, less r − 1 whose mean is 0, hardly varies. */
    private static Oracle manyDraws(Dataset data, float[] flat, int threads) {
        List<Double> gaps = new ArrayList<>(DATA);
        int[] rows = IntStream.range(0, DATA).toArray();
        for (Row row : evaluator(threads).rows(data, rows, DRAWS, n -> {})) {
            double exact = 0;
            for (int i = 0; i < D; i++) {
                exact += LinearExample.logNormal(flat[row.index() * D + i], 0, 2);
            }
            double logRatio = row.logEvidence() - exact;
            gaps.add(DRAWS * (Math.expm1(logRatio) - logRatio));
        }
        double mean = gaps.stream().mapToDouble(g -> g).average().orElseThrow();
        double variance =
                gaps.stream().mapToDouble(g -> (g - mean) * (g - mean)).sum() / DATA;
        double error = Math.sqrt(variance / DATA);
        // terms of order 1/K² are not in the limit
        return Oracle.close("20-D toy: K times the gap of K draws", LIMIT, mean, 4 * error + 0.01);
    }

    private static Evaluator evaluator(int threads) {
        Model model = new Model(
                new Prior.StandardNormal(D),
                new Head(new Mlp(D, List.of(), D, Activation.TANH), new Family.NormalShared(), D));
        Amortised guide =
                new Amortised(new Head(new Mlp(D, List.of(), 2 * D, Activation.TANH), new Family.Normal(), D));
        Generator any = Generator.of(1);
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, any, DType.FLOAT64, Device.CPU);
        double[] decode = new double[D * D];
        double[] encode = new double[2 * D * D];
        double[] bias = new double[2 * D];
        for (int i = 0; i < D; i++) {
            decode[i * D + i] = 1;
            encode[i * D + i] = 0.5;
            bias[D + i] = Math.log(2.0 / 3);
        }
        theta.set("likelihood.net.0.weight", Tensor.of(decode, D, D));
        theta.set("likelihood.net.0.bias", Tensor.of(new double[D], D));
        theta.set("likelihood.family.logVariance", Tensor.of(new double[1], 1));
        phi.set("encoder.net.0.weight", Tensor.of(encode, 2 * D, D));
        phi.set("encoder.net.0.bias", Tensor.of(bias, 2 * D));
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), Generator.of(9), threads);
    }
}
