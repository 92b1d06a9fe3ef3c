package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.model.Family;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import org.junit.jupiter.api.Test;

class ReciprocalEvidenceTest {
    private static final int LATENT = 3;

    /** Where the posterior is normal, a normal fit is nearly exact. */
    @Test
    void findsTheClosedFormInThreeDimensions() {
        LinearExample linear = LinearExample.of(6, LATENT, 19);
        int n = 16;
        float[][] x = linear.simulate(n, 37);
        ReciprocalEvidence reciprocal = new ReciprocalEvidence(16, 200, 5);
        List<Evidence> found = reciprocal.evidence(
                linear.evaluator(1, 7, 2), linear.data(x), IntStream.range(0, n).toArray(), k -> {});
        int within = 0;
        for (int i = 0; i < n; i++) {
            double error = found.get(i).value() - linear.logEvidence(x[i]);
            assertThat(error).isCloseTo(0, within(0.05));
            within += Math.abs(error) < 3 * found.get(i).standardError() ? 1 : 0;
        }
        assertThat(within).isGreaterThan(n - 3);
    }

    /** A decoder with a hidden layer, whose posteriors are not normal, against the sum over a grid of 64³ points. */
    @Test
    void findsTheIntegralInThreeDimensions() {
        var model = Examples.model(LATENT, List.of(8), new Family.Bernoulli());
        var guide = Examples.guide(LATENT, List.of(8));
        Generator rng = Generator.of(8);
        Parameters theta = Parameters.start(model.slots(), Initialiser.GLOROT, rng, DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.GLOROT, rng, DType.FLOAT64, Device.CPU);
        Evaluator evaluator = new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), rng, 2);
        Dataset data = Examples.digits();
        int[] rows = {0, 5, 9};
        List<Evidence> found = new ReciprocalEvidence(16, 400, 5).evidence(evaluator, data, rows, n -> {});
        for (int i = 0; i < rows.length; i++) {
            double exact = integral(evaluator, data, rows[i]);
            assertThat(found.get(i).standardError()).isLessThan(0.05);
            assertThat(found.get(i).value())
                    .isCloseTo(exact, within(4 * found.get(i).standardError()));
        }
    }

    /** log ∫ p(x, z) dz by the trapezium rule, which converges faster than any power for smooth densities that vanish. */
    private static double integral(Evaluator evaluator, Dataset data, int row) {
        int points = 64;
        double end = 6;
        double width = 2 * end / (points - 1);
        double[] slabs = new double[points];
        for (int a = 0; a < points; a++) {
            double[] z = new double[points * points * LATENT];
            for (int b = 0, i = 0; b < points; b++) {
                for (int c = 0; c < points; c++, i += LATENT) {
                    z[i] = a * width - end;
                    z[i + 1] = b * width - end;
                    z[i + 2] = c * width - end;
                }
            }
            slabs[a] = Native.withoutGradient(() -> {
                try (Scope scope = new Scope()) {
                    Tensor at = Tensor.of(z, z.length / LATENT, LATENT);
                    var model = evaluator.model();
                    Tensor x = evaluator.read(data, new int[] {row}).x();
                    return model.likelihood(evaluator.theta(), at)
                            .logProb(x)
                            .add(model.prior(evaluator.theta()).logProb(at))
                            .logSumExp(0)
                            .item();
                }
            });
        }
        return LogMeanExp.of(slabs).value() + Math.log(points) + LATENT * Math.log(width);
    }

    @Test
    void refusesWhatGivesNoError() {
        Evaluator evaluator = LinearExample.of(6, LATENT, 19).evaluator(1, 7, 1);
        assertThatThrownBy(() -> new ReciprocalEvidence(1, 10, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("chains must be ≥ 2, was 1");
        assertThatThrownBy(() -> new ReciprocalEvidence(2, 3, 1)).hasMessage("draws must be even and ≥ 2, was 3");
        assertThatThrownBy(() ->
                        new ReciprocalEvidence(2, 2, 1).evidence(evaluator, Examples.digits(), new int[] {0}, n -> {}))
                .hasMessageContaining("must be > 3");
    }

    @Test
    void saysThatNoChainMoves() {
        LinearExample linear = LinearExample.of(6, LATENT, 19);
        Evaluator broken = linear.evaluator(1, 7, 1);
        broken.theta().set("likelihood.family.logVariance", Tensor.of(new double[] {Double.NaN}, 1));
        assertThatThrownBy(() -> new ReciprocalEvidence(2, 10, 1)
                        .evidence(broken, linear.data(linear.simulate(2, 37)), new int[] {1}, n -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the chains at row 1 do not move");
    }
}
