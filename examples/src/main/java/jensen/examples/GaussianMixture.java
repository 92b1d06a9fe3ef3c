package jensen.examples;

import java.util.List;
import jensen.infer.Inference;
import jensen.infer.LogDensity;
import jensen.infer.Parameter;
import jensen.infer.Posterior;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** A mixture of two normals: proportions on a simplex, means in ascending order so that the parts have names. */
public final class GaussianMixture {
    private static final int PARTS = 2;

    private GaussianMixture() {}

    /** Numbers of which 30 % are from N(−2, 0.5²), the others from N(1.5, 1). */
    static double[] data(int n, Generator rng) {
        try (Scope scope = new Scope()) {
            double[] noise = rng.normal(DType.FLOAT64, Device.CPU, n).toDoubles();
            double[] x = new double[n];
            for (int i = 0; i < n; i++) {
                x[i] = i % 10 < 3 ? -2 + 0.5 * noise[i] : 1.5 + noise[i];
            }
            return x;
        }
    }

    /** Proportions ~ Dirichlet(2), means ~ N(0, 3²) in ascending order, deviations ~ Gamma(2, 2). */
    public static Posterior posterior(double[] data) {
        Tensor x = Tensor.of(data, data.length, 1, 1);
        return Posterior.of(
                List.of(
                        Parameter.simplex("proportion", PARTS),
                        Parameter.ordered("mean", PARTS),
                        Parameter.positive("deviation", PARTS)),
                at -> {
                    // [K, 1, PARTS, 1] beside data [N, 1, 1], summed over the last axis: [K, N, PARTS]
                    Tensor mean = at.get("mean").unsqueeze(1).unsqueeze(-1);
                    Tensor deviation = at.get("deviation").unsqueeze(1).unsqueeze(-1);
                    Tensor parts = LogDensity.normal(x, mean, deviation)
                            .add(at.get("proportion").log().unsqueeze(1));
                    return parts.logSumExp(-1)
                            .sum(-1)
                            .add(LogDensity.dirichlet(at.get("proportion"), 2))
                            .add(LogDensity.normal(at.get("mean"), 0, 3))
                            .add(Math.log(PARTS)) // PARTS! orders, of which one is allowed
                            .add(LogDensity.gamma(at.get("deviation"), 2, 2));
                });
    }

    /** Prints the fit. */
    public static void main(String[] args) {
        Generator rng = Generator.of(1);
        System.out.println(Inference.fullRank().fit(posterior(data(200, rng.split("data"))), rng));
    }
}
