package jensen.model;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import jensen.Uphill;
import jensen.dist.DiagonalNormal;
import jensen.dist.Draw;
import jensen.dist.Flow;
import jensen.dist.Reparameterised;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Flows that a network chooses, and what they gain on a banana: z₁ ~ N(0, 1), z₂ | z₁ ~ N(z₁², 1/4). */
class FlowFamilyTest {
    private static final double VARIANCE = 0.25;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<FlowFamily> families() {
        return Stream.of(
                new FlowFamily.Planar(6), new FlowFamily.Autoregressive(2, 24), new FlowFamily.Sylvester(4, 2));
    }

    /** log p of the banana, complete with its constants, so that E_q[log p − log q] = −KL(q ‖ p). */
    private static Tensor banana(Tensor z) {
        Tensor first = z.narrow(-1, 0, 1);
        DiagonalNormal second =
                new DiagonalNormal(first.square(), first.zerosLike().add(Math.log(VARIANCE)));
        return DiagonalNormal.standardLike(first).logProb(first).add(second.logProb(z.narrow(-1, 1, 1)));
    }

    /** E_q[log p − log q] of draws. */
    private static Tensor bound(Reparameterised q, int draws, Generator noise) {
        Draw draw = q.draw(draws, noise);
        return banana(draw.z()).sub(draw.logProb(q)).mean();
    }

    /**
     * KL of the best normal from the banana, min over v of ½ (v − 1 − log v) + v²/s²: a normal's z₂ can only follow z₁² in
     * the mean, for its covariance is the same wherever z₁ is.
     */
    private static double bestNormal() {
        double v = VARIANCE * (Math.sqrt(1 + 16 / VARIANCE) - 1) / 8;
        return 0.5 * (v - 1 - Math.log(v)) + v * v / VARIANCE;
    }

    private static Reparameterised fitted(Family family, int steps) {
        List<Slot> slots = new java.util.ArrayList<>(Slot.under("family", family.slots(2)));
        slots.add(Slot.weight("outputs", List.of((long) family.outputs(2)), 4, 4));
        Parameters w = Uphill.start(slots, 2);
        Uphill.climb(
                w,
                (p, noise) -> bound((Reparameterised) family.of(p.at("family"), p.get("outputs"), 2), 64, noise),
                steps,
                0.02);
        return (Reparameterised) family.of(w.at("family"), w.get("outputs"), 2);
    }

    /** The best normal is 0.5606 nats away; n = 50,000 draws, of a standard error below 0.01, say how far the others are. */
    @Test
    void theBestNormalIsHalfANatAway() {
        assertThat(bestNormal()).isCloseTo(0.5606, within(1e-4));
        assertThat(divergence(fitted(new CorrelatedFamily.FullNormal(), 600))).isBetween(0.53, 0.6);
    }

    /** Each flow is more than 0.4 of those 0.56 nats nearer to the banana. */
    @ParameterizedTest
    @MethodSource("families")
    void aFlowFitsABananaBetterThanAnyNormal(FlowFamily family) {
        double found = divergence(fitted(family, 1500));
        assertThat(found).isLessThan(bestNormal() - 0.4).isGreaterThan(-0.03);
    }

    private static double divergence(Reparameterised q) {
        return -Native.withoutGradient(() -> bound(q, 50_000, Generator.of(99))).item();
    }

    /** The gradient of log q(z) + z in the network's outputs and in the family's own parameters. */
    @ParameterizedTest
    @MethodSource("families")
    void gradientsReachEveryParameter(FlowFamily family) {
        Parameters w = Uphill.start(family.slots(3), 4);
        Tensor outputs = Tensor.of(new SplitMix(5).normals(2 * family.outputs(3)), 2, family.outputs(3));
        Tensor leaf = outputs.requiresGradient();
        List<Tensor> leaves = new java.util.ArrayList<>(w.leaves());
        leaves.add(leaf);
        List<Tensor> found = Autograd.gradient(value(family, w, leaf), leaves);
        double[] expected = FiniteDifference.gradient(
                v -> value(family, w, Tensor.of(v, outputs.shape())).item(), outputs.toDoubles());
        assertClose("outputs", found.get(found.size() - 1).toDoubles(), expected, 1e-7);
        for (int i = 0; i < w.leaves().size(); i++) {
            assertThat(found.get(i).abs().sum().item()).isPositive();
        }
    }

    private static Tensor value(FlowFamily family, Parameters w, Tensor outputs) {
        Flow q = (Flow) family.of(w, outputs, 3);
        Draw draw = q.draw(2, Generator.of(6));
        return draw.logProb(q).sum().add(draw.z().sum());
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new FlowFamily.Planar(0)).hasMessageContainingAll("length", "0");
        assertThatThrownBy(() -> new FlowFamily.Autoregressive(1, 0)).hasMessageContainingAll("hidden", "0");
        assertThatThrownBy(() -> new FlowFamily.Sylvester(1, 4).outputs(3))
                .hasMessageContainingAll("columns", "3", "4");
    }
}
