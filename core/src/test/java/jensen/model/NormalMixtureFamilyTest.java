package jensen.model;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import jensen.Uphill;
import jensen.dist.DiagonalNormal;
import jensen.dist.NormalMixture;
import jensen.dist.Reparameterised;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a mixture starts, and what it gains on a density of two modes. */
class NormalMixtureFamilyTest {
    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static NormalMixture at(int components, int event, double... outputs) {
        CorrelatedFamily.NormalMixture family = new CorrelatedFamily.NormalMixture(components);
        Parameters none = Uphill.start(List.of(Slot.constant("none", 0, 1)), 0);
        return (NormalMixture) family.of(none, Tensor.of(outputs, 1, outputs.length), event);
    }

    /** At outputs of zero each element has mean 0 and variance 1, and no two components are at the same place. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 20})
    void aNetworkThatSaysNothingSetsComponentsApart(int event) {
        for (int m = 1; m <= 5; m++) {
            NormalMixture q = at(m, event, new double[m * (2 * event + 1)]);
            assertClose("mean", q.mean().toDoubles(), new double[event], 1e-15);
            double[] ones = new double[event];
            Arrays.fill(ones, 1);
            assertClose("deviation", q.standardDeviation().toDoubles(), ones, 1e-14);
            double[] at = q.components().mean().toDoubles();
            for (int a = 0; a < m; a++) {
                for (int b = 0; b < a; b++) {
                    double far = 0;
                    for (int j = 0; j < event; j++) {
                        far = Math.hypot(far, at[a * event + j] - at[b * event + j]);
                    }
                    assertThat(far).as("%d and %d of %d", a, b, m).isGreaterThan(0.3);
                }
            }
        }
    }

    @Test
    void outputsAreInTheStatedOrder() {
        double[] outputs = {1, 2, 3, 4, -1, -2, -3, -4, 0.5, 0.7};
        NormalMixture q = at(2, 2, outputs);
        NormalMixture zero = at(2, 2, new double[10]);
        assertClose(
                "means",
                q.components().mean().sub(zero.components().mean()).toDoubles(),
                new double[] {1, 2, 3, 4},
                1e-15);
        assertClose(
                "variances",
                q.components()
                        .logVariance()
                        .sub(zero.components().logVariance())
                        .toDoubles(),
                new double[] {-1, -2, -3, -4},
                1e-15);
        assertThat(q.logits().toDoubles()).containsExactly(0.5, 0.7);
    }

    /** 0.7 N((−3, 0), (1, 1/4)) + 0.3 N((3, 1), (1/4, 1)), complete with its constants. */
    private static Tensor target(Tensor z) {
        Tensor first = normal(z, -3, 0, 1, 0.25).add(Math.log(0.7));
        Tensor second = normal(z, 3, 1, 0.25, 1).add(Math.log(0.3));
        return Tensor.stack(List.of(first, second), -1).logSumExp(-1);
    }

    private static Tensor normal(Tensor z, double m0, double m1, double v0, double v1) {
        return new DiagonalNormal(
                        Tensor.of(new double[] {m0, m1}, 2), Tensor.of(new double[] {Math.log(v0), Math.log(v1)}, 2))
                .logProb(z);
    }

    /** E_q[log p − log q] of draws, whose gradient is without the score of q, which a good q makes zero. */
    private static Tensor bound(Reparameterised q, int draws, Generator noise) {
        Tensor z = q.draw(draws, noise).z();
        return target(z).sub(q.detach().logProb(z)).mean();
    }

    /** KL(q ‖ p) of the best q that is found, by 50,000 draws. */
    private static double divergence(Family family) {
        Parameters w = Parameters.start(
                List.of(Slot.constant("outputs", 0, family.outputs(2))),
                jensen.net.Initialiser.GLOROT,
                Generator.of(1),
                DType.FLOAT64,
                Device.CPU);
        Uphill.climb(w, (p, noise) -> bound(of(family, p), 32, noise), 800, 0.05);
        return -Native.withoutGradient(() -> bound(of(family, w), 50_000, Generator.of(99)))
                .item();
    }

    private static Reparameterised of(Family family, Parameters w) {
        return (Reparameterised) family.of(w.at("family"), w.get("outputs"), 2);
    }

    /** The best normal has one of the two modes, hardly overlapping ones, and is −log 0.7 = 0.357 away; a mixture is 0. */
    @Test
    void aMixtureFitsTwoModesOfWhichANormalHasOne() {
        assertThat(divergence(new Family.Normal())).isBetween(0.34, 0.37);
        assertThat(divergence(new CorrelatedFamily.NormalMixture(2))).isBetween(-0.003, 0.01);
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new CorrelatedFamily.NormalMixture(0)).hasMessageContainingAll("components", "0");
    }
}
