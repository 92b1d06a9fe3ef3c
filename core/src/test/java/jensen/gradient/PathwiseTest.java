package jensen.gradient;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.data.Batch;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of every bound in θ and φ against central differences with the same noise. */
class PathwiseTest {
    private static final int B = 3;
    private static final int X = 5;
    private static final Model MODEL = new Model(
            new Prior.StandardNormal(2),
            new Head(new Mlp(2, List.of(3), X, Activation.TANH), new Family.Bernoulli(), X));
    private static final Amortised GUIDE =
            new Amortised(new Head(new Mlp(X, List.of(3), 4, Activation.SOFTPLUS), new Family.Normal(), 2));

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private record Case(Bound bound, int samples, double klWeight) {}

    static Stream<Case> cases() {
        return Bound.all().stream()
                .filter(b -> b.forPhi().equals(b))
                .flatMap(b -> Stream.of(new Case(b, 2, 1), new Case(b, 6, 1), new Case(b, 6, 0.3)));
    }

    private static Parameters start(List<jensen.net.Slot> slots, long seed) {
        Parameters w = Parameters.start(slots, Initialiser.GLOROT, Generator.of(seed), DType.FLOAT64, Device.CPU);
        double[] values = new SplitMix(seed).normals(Math.toIntExact(w.count()));
        w.flat().addInPlace(Tensor.of(values, values.length), 0.3);
        return w;
    }

    private static Estimate estimate(Case c, Parameters theta, Parameters phi) {
        double[] x = {1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0};
        Batch batch = new Batch(Tensor.of(x, B, X), new int[] {0, 1, 2});
        Target target = new Target.OfBatch(MODEL, theta, GUIDE, phi, batch, Generator.of(0));
        return new Pathwise().estimate(target, c.bound(), c.samples(), c.klWeight(), Generator.of(77));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreTheDerivativesOfTheBound(Case c) {
        Parameters theta = start(MODEL.slots(), 1);
        Parameters phi = start(GUIDE.slots(), 2);
        Estimate e = estimate(c, theta, phi);
        assertThat(e.bound().shape()).containsExactly(B);
        assertThat(e.terms().klWeight()).isEqualTo(c.klWeight());
        double[] forTheta = theta.flat(Autograd.gradient(e.forTheta().sum(), theta.leaves(), true))
                .toDoubles();
        double[] forPhi =
                phi.flat(Autograd.gradient(e.forPhi().sum(), phi.leaves())).toDoubles();
        assertClose("θ", forTheta, derivatives(c, theta, phi, theta), 1e-8);
        assertClose("φ", forPhi, derivatives(c, theta, phi, phi), 1e-8);
        assertThat(Arrays.stream(forTheta).filter(g -> g == 0).count()).isZero();
        assertThat(Arrays.stream(forPhi).filter(g -> g == 0).count()).isLessThan(forPhi.length / 3);
    }

    private static double[] derivatives(Case c, Parameters theta, Parameters phi, Parameters by) {
        double[] at = by.flat().toDoubles();
        double[] found = FiniteDifference.gradient(
                v -> {
                    try (Scope inner = new Scope()) {
                        by.flat().copyInPlace(Tensor.of(v, v.length));
                        return estimate(c, theta, phi).bound().sum().item();
                    }
                },
                at);
        by.flat().copyInPlace(Tensor.of(at, at.length));
        return found;
    }
}
