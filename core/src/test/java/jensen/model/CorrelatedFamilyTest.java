package jensen.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import jensen.Uphill;
import jensen.bound.Elbo;
import jensen.data.Batch;
import jensen.dist.Reparameterised;
import jensen.net.Activation;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Encoders trained on the ELBO of a linear-Gaussian model whose columns are not orthogonal: a q that can be correlated
 * closes the gap that independent components must leave.
 */
class CorrelatedFamilyTest {
    private static final int ROWS = 8;
    private static final LinearGaussian TWO = model(2);
    private static final LinearGaussian FOUR = model(4);

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static LinearGaussian model(int latent) {
        double[] shared = new SplitMix(19).normals(6);
        double[][] columns = new double[latent][];
        for (int j = 0; j < latent; j++) {
            double[] own = new SplitMix(50 + j).normals(6);
            columns[j] = new double[6];
            for (int i = 0; i < 6; i++) {
                columns[j][i] = 0.6 * own[i] + 0.5 * shared[i];
            }
        }
        return new LinearGaussian(columns, new SplitMix(30).normals(6), 0.5);
    }

    /** The gap of independent components is a closed form, Hadamard's inequality. */
    private static double best(LinearGaussian model, Batch batch) {
        jensen.evaluate.LinearGaussian exact = exact(model);
        return exact.gap(batch.x(), exact.bestDiagonal(batch.x())).mean().item();
    }

    private static jensen.evaluate.LinearGaussian exact(LinearGaussian model) {
        return jensen.evaluate.LinearGaussian.of(model.model(), model.theta()).orElseThrow();
    }

    /** The mean of KL(q ‖ p(z|x)) after training by draws. */
    private static double trained(LinearGaussian model, Family family, Batch batch) {
        Amortised guide = new Amortised(new Head(
                new Mlp(6, List.of(), family.outputs(model.latent()), Activation.TANH), family, model.latent()));
        Parameters phi = Uphill.start(guide.slots(), 1);
        Parameters theta = model.theta();
        Uphill.climb(
                phi,
                (w, noise) -> {
                    Reparameterised q = Reparameterised.require(guide.posterior(w, batch));
                    return Elbo.sampled()
                            .value(model.model().logWeights(theta, batch, q.draw(4, noise), q))
                            .mean();
                },
                1500,
                0.03);
        return exact(model)
                .gap(batch.x(), Reparameterised.require(guide.posterior(phi, batch)))
                .mean()
                .item();
    }

    private static Batch batch() {
        return LinearGaussian.batch(ROWS, new SplitMix(40).normals(6 * ROWS));
    }

    @Test
    void aTrainedFullCovarianceClosesTheGap() {
        double gap = best(FOUR, batch());
        assertThat(gap).isGreaterThan(0.3);
        assertThat(trained(FOUR, new Family.Normal(), batch())).isGreaterThan(gap);
        assertThat(trained(FOUR, new CorrelatedFamily.FullNormal(), batch())).isBetween(0.0, 0.01);
    }

    /** In two dimensions a diagonal and one direction are any covariance. */
    @Test
    void aTrainedDirectionOfCorrelationClosesTheGapInThePlane() {
        assertThat(best(TWO, batch())).isGreaterThan(0.05);
        assertThat(trained(TWO, new CorrelatedFamily.LowRankNormal(1), batch())).isBetween(0.0, 0.01);
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new CorrelatedFamily.LowRankNormal(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("rank", "0");
    }
}
