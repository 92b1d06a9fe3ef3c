package jensen.model;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Batch;
import jensen.dist.ContinuousBernoulli;
import jensen.dist.DiagonalNormal;
import jensen.dist.Draw;
import jensen.dist.Reparameterised;
import jensen.net.Activation;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Log-weights on a linear-Gaussian model, where each term is a sum of one-dimensional normal densities. */
class ModelTest {
    private static final LinearGaussian EXAMPLE = LinearGaussian.small();
    private static final double[] X = {0.5, 1.5, -2, 3, 0.1, 0.2, -1, -1, 4, 0, 0, 0};
    private static final int B = 4;
    private static final int K = 3;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void termsAreThoseOfTheirFormulas() {
        double[] z = new SplitMix(1).normals(K * B * 2);
        double[] mean = new SplitMix(2).normals(B * 2);
        double[] logVariance = new SplitMix(3).normals(B * 2);
        DiagonalNormal q = new DiagonalNormal(Tensor.of(mean, B, 2), Tensor.of(logVariance, B, 2));
        LogWeights w = EXAMPLE.model()
                .logWeights(EXAMPLE.theta(), LinearGaussian.batch(B, X), Draw.of(Tensor.of(z, K, B, 2)), q);
        double[] likelihood = new double[K * B];
        double[] prior = new double[K * B];
        double[] posterior = new double[K * B];
        double[] kl = new double[B];
        for (int at = 0; at < K * B; at++) {
            int b = at % B;
            for (int i = 0; i < 3; i++) {
                double centre = EXAMPLE.bias()[i]
                        + EXAMPLE.columns()[0][i] * z[2 * at]
                        + EXAMPLE.columns()[1][i] * z[2 * at + 1];
                likelihood[at] += LinearGaussian.logNormal(X[3 * b + i], centre, 0.6);
            }
            for (int j = 0; j < 2; j++) {
                double m = mean[2 * b + j];
                double v = Math.exp(logVariance[2 * b + j]);
                prior[at] += LinearGaussian.logNormal(z[2 * at + j], 0, 1);
                posterior[at] += LinearGaussian.logNormal(z[2 * at + j], m, v);
                kl[b] += at < B ? 0.5 * (m * m + v - 1 - Math.log(v)) : 0;
            }
        }
        assertThat(w.total().shape()).containsExactly(K, B);
        assertClose("log p(x|z)", w.logLikelihood().toDoubles(), likelihood, 1e-12);
        assertClose("log p(z)", w.logPrior().toDoubles(), prior, 1e-12);
        assertClose("log q(z|x)", w.logPosterior().toDoubles(), posterior, 1e-12);
        assertClose("KL", w.closedFormKl().orElseThrow().toDoubles(), kl, 1e-12);
        assertClose("KL", w.kl().toDoubles(), kl, 1e-12);
        assertBounds(w, likelihood, prior, posterior, kl, 1);
        assertBounds(w.weighted(0.3), likelihood, prior, posterior, kl, 0.3);
        assertThat(w.weighted(0.3).klWeight()).isEqualTo(0.3);
    }

    /** A weight is that of the divergence alone. */
    private static void assertBounds(
            LogWeights w, double[] likelihood, double[] prior, double[] posterior, double[] kl, double beta) {
        double[] total = new double[K * B];
        double[] analytic = new double[B];
        double[] sampled = new double[B];
        double[] weighted = new double[B];
        for (int at = 0; at < K * B; at++) {
            total[at] = likelihood[at] + beta * (prior[at] - posterior[at]);
            analytic[at % B] += (likelihood[at] - beta * kl[at % B]) / K;
            sampled[at % B] += total[at] / K;
            weighted[at % B] += Math.exp(total[at]) / K;
        }
        assertClose("log w", w.total().toDoubles(), total, 1e-12);
        assertClose("ELBO, analytic", Elbo.analytic().value(w).toDoubles(), analytic, 1e-12);
        assertClose("ELBO, sampled", Elbo.sampled().value(w).toDoubles(), sampled, 1e-12);
        double[] logs = Arrays.stream(weighted).map(Math::log).toArray();
        assertClose("IW", new ImportanceWeighted().value(w).toDoubles(), logs, 1e-12);
    }

    @Test
    void atTheExactPosteriorLogWIsTheEvidenceWhateverZ() {
        Batch batch = LinearGaussian.batch(B, X);
        Reparameterised q = Reparameterised.require(EXAMPLE.guide().posterior(EXAMPLE.exactPhi(), batch));
        Tensor z = q.sample(50, Generator.of(9)).mul(3); // far out too
        LogWeights w = EXAMPLE.model().logWeights(EXAMPLE.theta(), batch, Draw.of(z), q);
        double[] expected = new double[50 * B];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = EXAMPLE.logEvidence(Arrays.copyOfRange(X, i % B * 3, i % B * 3 + 3));
        }
        assertThat(Arrays.stream(w.logPrior().toDoubles()).distinct().count()).isEqualTo(50 * B);
        assertClose("log w", w.total().toDoubles(), expected, 1e-10);
    }

    @Test
    void withoutAClosedFormOnlyTheSampledElboHasAValue() {
        Parameters theta = EXAMPLE.theta();
        Batch batch = LinearGaussian.batch(B, X);
        ContinuousBernoulli q = new ContinuousBernoulli(Tensor.of(new SplitMix(4).normals(B * 2), B, 2));
        LogWeights w = EXAMPLE.model().logWeights(theta, batch, q.draw(K, Generator.of(5)), q);
        assertThat(w.closedFormKl()).isEmpty();
        assertThatThrownBy(() -> Elbo.analytic().value(w))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("closed form", "Elbo.sampled()");
        double[] difference = w.logPosterior().sub(w.logPrior()).toDoubles();
        double[] mean = new double[B];
        for (int i = 0; i < K * B; i++) {
            mean[i % B] += difference[i] / K;
        }
        assertClose("KL", w.kl().toDoubles(), mean, 1e-12);
        assertThat(Elbo.sampled().value(w).shape()).containsExactly(B);
    }

    @Test
    void partsThatDoNotFitAreRefused() {
        Head three = new Head(new Mlp(3, List.of(), 4, Activation.TANH), new Family.Bernoulli(), 4);
        assertThatThrownBy(() -> new Model(new Prior.StandardNormal(2), three))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("2", "3");
        assertThatThrownBy(() -> new Prior.StandardNormal(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("latent", "0");
        assertThatThrownBy(() -> new Head(new Mlp(3, List.of(), 5, Activation.TANH), new Family.Normal(), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("4 outputs", "2 elements", "5");
        Amortised binary = new Amortised(three);
        Parameters phi = Parameters.start(
                binary.slots(),
                jensen.net.Initialiser.HE,
                Generator.of(0),
                jensen.tensor.DType.FLOAT64,
                jensen.tensor.Device.CPU);
        assertThatThrownBy(() -> Reparameterised.require(binary.posterior(phi, LinearGaussian.batch(B, X))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("q must", "reparameterised");
    }
}
