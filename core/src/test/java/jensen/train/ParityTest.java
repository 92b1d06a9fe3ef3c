package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Reparameterised;
import jensen.gradient.Estimate;
import jensen.gradient.Pathwise;
import jensen.gradient.Target;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Convolutional;
import jensen.net.Deconvolutional;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.statcheck.GoldenFile;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Gradient;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The first 50 steps are PyTorch's: same start, same data, same noise; {@code reference/parity.py} wrote the bounds.
 */
class ParityTest {
    private static final int ROWS = 200;
    private static final int BATCH = 20;
    private static final int PIXELS = 64;

    @ParameterizedTest
    @CsvSource({
        "mlp, elbo-analytic, FLOAT64, 1e-9",
        "mlp, elbo-sampled, FLOAT64, 1e-9",
        "mlp, iwae, FLOAT64, 1e-9",
        "conv, elbo-analytic, FLOAT64, 1e-9",
        "conv, elbo-sampled, FLOAT64, 1e-9",
        "conv, iwae, FLOAT64, 1e-9",
        "mlp, elbo-analytic, FLOAT32, 1e-5",
        "mlp, elbo-sampled, FLOAT32, 1e-5",
        "mlp, iwae, FLOAT32, 1e-5",
        "conv, elbo-analytic, FLOAT32, 1e-5",
        "conv, elbo-sampled, FLOAT32, 1e-5",
        "conv, iwae, FLOAT32, 1e-5"
    })
    void theFirstFiftyBoundsAreThoseOfPyTorch(String net, String objective, DType dtype, double relative) {
        double[] expected = GoldenFile.of(ParityTest.class, "parity.csv")
                .where("case", net + " " + objective)
                .where("dtype", dtype == DType.FLOAT32 ? "float32" : "float64")
                .numbers("bound");
        assertThat(expected).hasSize(50);
        double[] found = climb(net, objective, dtype, expected.length);
        for (int s = 0; s < expected.length; s++) {
            assertThat(found[s]).as("step %d", s).isCloseTo(expected[s], within(relative * Math.abs(expected[s])));
        }
    }

    private static double[] climb(String net, String objective, DType dtype, int steps) {
        boolean mlp = net.equals("mlp");
        int latent = mlp ? 5 : 3;
        Network encoder = mlp
                ? new Mlp(PIXELS, List.of(32), 2 * latent, Activation.TANH)
                : new Convolutional(1, 8, 8, List.of(4, 8), List.of(16), 2 * latent, Activation.RELU);
        Network decoder = mlp
                ? new Mlp(latent, List.of(32), PIXELS, Activation.TANH)
                : new Deconvolutional(latent, List.of(16), List.of(8, 4), 1, 1, 8, 8, Activation.RELU);
        Model model = new Model(new Prior.StandardNormal(latent), new Head(decoder, new Family.Bernoulli(), PIXELS));
        Guide guide = new Amortised(new Head(encoder, new Family.Normal(), latent));
        Bound bound = objective.equals("iwae")
                ? new ImportanceWeighted()
                : objective.equals("elbo-analytic") ? Elbo.analytic() : Elbo.sampled();
        int samples = objective.equals("iwae") ? 5 : 1;

        Generator unused = Generator.of(0);
        Parameters theta = Parameters.start(model.slots(), Initialiser.GLOROT, unused, dtype, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.GLOROT, unused, dtype, Device.CPU);
        SplitMix weights = new SplitMix(1);
        fill(phi, weights);
        fill(theta, weights);

        GoldenFile digits = GoldenFile.of(ParityTest.class, "digits-binary.csv");
        SplitMix noise = new SplitMix(2);
        Ascent up = new Ascent(theta, Adam.standard(), 1);
        Ascent phiUp = new Ascent(phi, Adam.standard(), 1);
        double[] bounds = new double[steps];
        for (int s = 0; s < steps; s++) {
            try (Scope scope = new Scope()) {
                int first = s * BATCH % ROWS;
                double[] x = new double[BATCH * PIXELS];
                for (int i = 0; i < BATCH; i++) {
                    System.arraycopy(digits.rows().get(first + i).vector("pixels"), 0, x, i * PIXELS, PIXELS);
                }
                Batch batch = new Batch(
                        Tensor.of(x, BATCH, PIXELS).to(dtype),
                        IntStream.range(first, first + BATCH).toArray());
                Tensor eps = Tensor.of(noise.normals(samples * BATCH * latent), samples, BATCH, latent)
                        .to(dtype);
                Estimate e = new Pathwise()
                        .estimate(new Given(model, theta, guide, phi, batch, eps), bound, samples, 1, Generator.of(0));
                bounds[s] = e.bound().mean().item();
                List<Tensor> leaves = new ArrayList<>(up.leaves);
                leaves.addAll(phiUp.leaves);
                List<Gradient> g = Autograd.gradients(e.forTheta(), 1.0 / BATCH, leaves, false);
                up.reduce(0, List.of(g.subList(0, up.leaves.size())));
                phiUp.reduce(0, List.of(g.subList(up.leaves.size(), g.size())));
                up.update(0, 1, 1e-3, s + 1);
                phiUp.update(0, 1, 1e-3, s + 1);
            }
        }
        return bounds;
    }

    /** Draws with the noise that the golden file's script made. */
    private record Given(Model model, Parameters theta, Guide guide, Parameters phi, Batch batch, Tensor eps)
            implements Target {
        @Override
        public Distribution posterior() {
            return guide.posterior(phi, batch);
        }

        @Override
        public Draw draw(Distribution q, int samples, Generator rng) {
            return Draw.of(((Reparameterised) q).reparameterise(eps));
        }

        @Override
        public LogWeights logWeights(Draw draw, Distribution q) {
            return model.logWeights(theta, batch, draw, q);
        }
    }

    /** Weights are normals scaled by 1/√(fan-in), in the order of the slots; biases are 0. */
    private static void fill(Parameters parameters, SplitMix stream) {
        parameters.all().forEach((name, leaf) -> {
            int count = Math.toIntExact(leaf.count());
            double[] values = new double[count];
            if (name.endsWith("weight")) {
                double scale = Math.sqrt(1.0 / fanIn(name, leaf.shape()));
                values =
                        Arrays.stream(stream.normals(count)).map(v -> v * scale).toArray();
            }
            parameters.set(name, Tensor.of(values, leaf.shape()).to(leaf.dtype()));
        });
    }

    private static long fanIn(String name, long[] shape) {
        boolean transposed = name.contains("likelihood");
        return shape.length == 2 ? shape[1] : shape[transposed ? 0 : 1] * shape[2] * shape[3];
    }
}
