package jensen.model;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import jensen.Uphill;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Finite;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Priors with parameters. */
class PriorTest {
    private static final List<Prior> LEARNED = List.of(new Prior.Mixture(2, 3), new Prior.Flow(2, 2, 6));

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Over the plane, by the midpoint rule: the density of a prior with arbitrary parameters has mass one. */
    @Test
    void densitiesIntegrateToOneInThePlane() {
        for (Prior prior : LEARNED) {
            Parameters w = Uphill.start(prior.slots(), 3);
            w.flat().addInPlace(Tensor.of(new SplitMix(4).normals((int) w.count()), w.count()), 0.3);
            Distribution p = prior.distribution(w);
            double mass = 0;
            int n = 240;
            double width = 24;
            for (int i = 0; i < n; i++) {
                double[] z = new double[2 * n];
                for (int j = 0; j < n; j++) {
                    z[2 * j] = width * ((i + 0.5) / n - 0.5);
                    z[2 * j + 1] = width * ((j + 0.5) / n - 0.5);
                }
                // the midpoint rule settles faster than any power of the step where a density and its slopes die out
                mass += p.logProb(Tensor.of(z, n, 2)).exp().sum().item() * (width / n) * (width / n);
            }
            assertClose(prior.toString(), mass, 1, 1e-4);
            assertThat(p.sample(5, Generator.of(1)).shape()).containsExactly(5, 2);
            assertThat(p.mean().shape()).containsExactly(2);
        }
    }

    /** At the start the components of a mixture differ, and the steps of a flow are open. */
    @Test
    void learnedPriorsStartNearTheStandardNormal() {
        for (Prior prior : LEARNED) {
            assertThat(prior.latent()).isEqualTo(2);
            Distribution p = prior.distribution(Uphill.start(prior.slots(), 1));
            Tensor z = p.sample(2000, Generator.of(2));
            Distribution standard = DiagonalNormal.standardLike(Tensor.of(new double[2], 2));
            double divergence = p.logProb(z).sub(standard.logProb(z)).mean().item();
            assertThat(divergence).as(prior.toString()).isBetween(-0.05, 0.7);
        }
        double[] means = Uphill.start(LEARNED.get(0).slots(), 1).get("mean").toDoubles();
        assertThat(means).doesNotHaveDuplicates();
    }

    /** Maximum likelihood on the banana's draws: a flow prior gains at least 0.4 nats a draw on the best normal. */
    @Test
    void aFlowLearnsABananaFromDraws() {
        double[] normals = new SplitMix(5).normals(4000);
        double[] z = new double[4000];
        for (int i = 0; i < 2000; i++) {
            z[2 * i] = normals[2 * i];
            z[2 * i + 1] = normals[2 * i] * normals[2 * i] + 0.5 * normals[2 * i + 1];
        }
        Tensor draws = Tensor.of(z, 2000, 2);
        Prior prior = new Prior.Flow(2, 2, 24);
        Parameters w = Uphill.start(prior.slots(), 1);
        Uphill.climb(
                w,
                (p, noise) -> prior.distribution(p)
                        .logProb(draws.narrow(0, (int) (noise.row(0).nextDouble() * 1900), 100))
                        .mean(),
                400,
                0.03);
        double found = Native.withoutGradient(
                        () -> prior.distribution(w).logProb(draws).mean())
                .item();
        // the best normal has the draws' covariance; z₁ and z₁² are uncorrelated, with variances 1 and 2 + ¼
        double normal = -Math.log(2 * Math.PI) - 1 - 0.5 * Math.log(2.25);
        assertThat(found - normal).isGreaterThan(0.4);
    }

    /** Over its values; at the start all are alike, and only of a q of the same kind. */
    @Test
    void discretePriorsStartUniform() {
        for (Family family : List.of(new Family.Bernoulli(), new CorrelatedFamily.OneHot(3))) {
            for (boolean learned : new boolean[] {false, true}) {
                Prior prior = new Prior.Discrete(family, 6, learned);
                Finite p = (Finite) prior.distribution(Uphill.start(prior.slots(), 1));
                double[] mass = p.logProb(p.support()).exp().toDoubles();
                assertThat(mass).hasSize((int) family.states(6).orElseThrow());
                for (double each : mass) {
                    assertClose("mass", each, 1.0 / mass.length, 1e-14);
                }
                assertThat(prior.slots()).hasSize(learned ? 1 : 0);
                assertThat(prior.fits(family)).isTrue();
                assertThat(prior.fits(new CorrelatedFamily.OneHot(2))).isFalse();
                assertThat(prior.fits(new Family.Normal())).isFalse();
            }
            assertThat(new Prior.StandardNormal(6).fits(family)).isFalse();
        }
        assertThatThrownBy(() -> new Prior.Discrete(new Family.Normal(), 2, true))
                .hasMessageContainingAll("discrete", "normal");
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Prior.Mixture(0, 1)).hasMessageContainingAll("latent", "0");
        assertThatThrownBy(() -> new Prior.Mixture(1, 0)).hasMessageContainingAll("components", "0");
        assertThatThrownBy(() -> new Prior.Flow(1, 0, 1)).hasMessageContainingAll("length", "0");
    }
}
