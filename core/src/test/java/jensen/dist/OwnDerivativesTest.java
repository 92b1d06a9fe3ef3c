package jensen.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import jensen.bound.Bound;
import jensen.bound.ImportanceWeighted;
import jensen.model.LogWeights;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Derivatives that are given by hand, as within a scope, against those that libtorch finds where there is no scope. */
class OwnDerivativesTest {
    private static final int K = 4;
    private static final int B = 3;
    private static final int D = 5;

    /** A function of an encoder's outputs {@code [B, 2 D]}, and a mean and a log-variance {@code [D]} of the other side. */
    private record Given(DiagonalNormal q, DiagonalNormal p) {
        static Given of(List<Tensor> in) {
            // through a layer, as what is cut from its result has a derivative of its own as well
            Tensor outputs = in.get(0).linear(in.get(3), in.get(4));
            return new Given(
                    new DiagonalNormal(outputs.narrow(-1, 0, D), outputs.narrow(-1, D, D)),
                    new DiagonalNormal(in.get(1), in.get(2)));
        }

        Draw draw() {
            return q.draw(K, Generator.of(7));
        }

        DiagonalNormal standard() {
            return DiagonalNormal.standardLike(p.mean().detach());
        }

        LogWeights weights(DiagonalNormal prior) {
            Draw draw = draw();
            return LogWeights.of(prior.logProb(draw.z()).add(draw.z().tanh().sum(-1)), draw.logProb(q));
        }
    }

    static Map<String, Function<Given, Tensor>> functions() {
        return Map.ofEntries(
                Map.entry("a draw", g -> g.draw().z().square().sum(-1)),
                Map.entry("a draw's own density", g -> g.draw().logProb(g.q)),
                Map.entry("a density of draws", g -> g.q.logProb(g.draw().z())),
                Map.entry("another density", g -> g.p.logProb(g.draw().z())),
                Map.entry(
                        "one variance for all",
                        g -> new DiagonalNormal(g.p.mean(), g.p.logVariance().sum())
                                .logProb(g.draw().z())),
                Map.entry(
                        "the standard density",
                        g -> g.standard().logProb(g.draw().z())),
                Map.entry("KL", g -> Kl.closedForm(g.q, g.p).orElseThrow()),
                Map.entry(
                        "KL from the standard",
                        g -> Kl.closedForm(g.q, g.standard()).orElseThrow()),
                Map.entry("KL to it", g -> Kl.closedForm(g.standard(), g.p).orElseThrow()),
                Map.entry(
                        "a part, used twice",
                        g -> g.q.mean().exp().sum(-1).add(g.q.mean().square().sum(-1))),
                Map.entry("log-weights", g -> g.weights(g.p).weighted(0.3).total()),
                Map.entry("the importance-weighted bound", g -> new ImportanceWeighted().value(g.weights(g.p))),
                Map.entry(
                        "the others",
                        g -> Bound.all().stream()
                                .filter(b -> b.forPhi().equals(b) && !b.name().equals("elbo"))
                                .map(b -> b.value(g.weights(g.standard())))
                                .reduce(Tensor::add)
                                .orElseThrow()));
    }

    static List<String> names() {
        return functions().keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void agreeWithLibtorch(String name) {
        Function<Given, Tensor> f = Objects.requireNonNull(functions().get(name));
        List<double[]> own;
        try (Scope scope = new Scope()) {
            own = gradient(f);
        }
        List<double[]> libtorch = gradient(f);
        for (int i = 0; i < own.size(); i++) {
            for (int j = 0; j < own.get(i).length; j++) {
                double expected = libtorch.get(i)[j];
                assertThat(own.get(i)[j])
                        .as("%s, input %d, element %d", name, i, j)
                        .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-11 * (1 + Math.abs(expected))));
            }
        }
    }

    private static List<double[]> gradient(Function<Given, Tensor> f) {
        Generator rng = Generator.of(3);
        List<Tensor> in = List.of(
                        normal(rng, "x", B, 6),
                        normal(rng, "mean", D),
                        normal(rng, "log variance", D),
                        normal(rng, "weight", 2 * D, 6).mul(0.5),
                        normal(rng, "bias", 2 * D))
                .stream()
                .map(Tensor::requiresGradient)
                .toList();
        Tensor value = f.apply(Given.of(in));
        // different weights, so that no error can cancel
        Tensor weights = normal(rng, "of the sum", value.shape());
        return Autograd.gradient(value.mul(weights).sum(), in).stream()
                .map(Tensor::toDoubles)
                .toList();
    }

    private static Tensor normal(Generator rng, String name, long... shape) {
        return rng.split(name).normal(DType.FLOAT64, Device.CPU, shape);
    }
}
