package jensen.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.NormalMixture;
import jensen.model.LogWeights;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.Moments;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every estimator through draws, of every bound that it serves unbiased, where q is a mixture: against the derivative of the
 * bound of two draws, an integral over both of them. n = 20,000; |z| > 4 is a false alarm with probability 6e-5 for each of the
 * six parameters.
 */
class MixturePosteriorTest {
    private static final int N = 20_000;
    private static final int K = 2;

    /** Points of the trapezium rule, and how far they go: beyond it q has no mass worth 1e-9. */
    private static final int POINTS = 160;

    private static final double REACH = 7;

    /** Two logits, two means and two logarithms of variances. */
    private static final double[] PHI = {0.4, -0.3, -1.1, 0.9, -0.7, -0.2};

    private record Pair(Bound bound, GradientEstimator gradient) {
        @Override
        public String toString() {
            return bound.name() + " × " + gradient.name();
        }
    }

    static Stream<Pair> pairs() {
        List<GradientEstimator> throughDraws =
                List.of(new Pathwise(), new StickTheLanding(), new DoublyReparameterised());
        return Bound.all().stream()
                .filter(bound -> !bound.equals(Elbo.analytic()))
                .flatMap(bound -> throughDraws.stream().map(gradient -> new Pair(bound, gradient)))
                .filter(pair -> pair.gradient().serves(pair.bound(), K) instanceof Verdict.Unbiased);
    }

    /** φ of n copies, {@code [n, 2]}, {@code [n, 2, 1]} and {@code [n, 2, 1]}. */
    private static List<Tensor> parameters(double[] phi, int n) {
        return Stream.of(0, 2, 4)
                .map(from -> {
                    Tensor t = Tensor.of(Arrays.copyOfRange(phi, from, from + 2), 1, 2)
                            .expand(n, 2)
                            .copy();
                    return (from == 0 ? t : t.unsqueeze(-1)).requiresGradient();
                })
                .toList();
    }

    private static NormalMixture q(List<Tensor> parameters) {
        return new NormalMixture(parameters.get(0), new DiagonalNormal(parameters.get(1), parameters.get(2)));
    }

    /** log p(x, z), of two modes and no normal: {@code [K, n]}. */
    private static Tensor logJoint(Tensor z) {
        Tensor x = z.select(-1, 0);
        return x.square().add(-1.5).square().mul(-0.4).add(x.mul(0.3)).add(-2);
    }

    private record Copies(List<Tensor> parameters) implements Target {
        @Override
        public Distribution posterior() {
            return q(parameters);
        }

        @Override
        public LogWeights logWeights(Draw draw, Distribution q) {
            return LogWeights.of(logJoint(draw.z()), draw.logProb(q));
        }
    }

    /** E[bound of two draws], a sum over the pairs of points of a grid. */
    private static double integral(Bound bound, double... phi) {
        try (Scope scope = new Scope()) {
            NormalMixture q = q(parameters(phi, 1));
            double step = 2 * REACH / (POINTS - 1);
            double[] first = new double[POINTS * POINTS];
            double[] second = new double[first.length];
            for (int i = 0; i < first.length; i++) {
                int across = i % POINTS;
                int down = i / POINTS;
                first[i] = -REACH + step * down;
                second[i] = -REACH + step * across;
            }
            Tensor z = Tensor.stack(List.of(Tensor.of(first, first.length, 1), Tensor.of(second, first.length, 1)), 0);
            Tensor logQ = q.logProb(z);
            Tensor value = bound.value(LogWeights.of(logJoint(z), logQ));
            return value.mul(logQ.sum(0).exp()).sum().item() * step * step;
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void gradientsHaveTheMeanOfTheBoundsDerivative(Pair pair) {
        double[] expected =
                FiniteDifference.gradient(phi -> integral(pair.bound().forPhi(), phi), PHI);
        try (Scope scope = new Scope()) {
            List<Tensor> leaves = parameters(PHI, N);
            Estimate e = pair.gradient().estimate(new Copies(leaves), pair.bound(), K, 1, Generator.of(23));
            List<Tensor> found = Autograd.gradient(e.forPhi().sum(), leaves);
            for (int i = 0; i < PHI.length; i++) {
                Moments own = Moments.of(
                        found.get(i / 2).reshape(N, 2).select(1, i % 2).toDoubles());
                assertThat((own.mean() - expected[i]) / own.standardError())
                        .as("parameter %d, %s, expected %s", i, own, expected[i])
                        .isBetween(-4.0, 4.0);
            }
        }
    }
}
