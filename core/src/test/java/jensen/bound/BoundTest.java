package jensen.bound;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import jensen.data.Batch;
import jensen.dist.DiagonalNormal;
import jensen.model.LinearGaussian;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.net.Parameters;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bounds where log p(x) is known: their order, and how far below it they are. */
class BoundTest {
    private static final long SEED = 12;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Log-weights of one datum seen n times, with K draws of its own each from a q that is off the posterior. */
    private record Draws(LinearGaussian example, int n, double evidence, DiagonalNormal q, Batch batch) {
        static Draws of(LinearGaussian example, int n, double[] x, double[] mean, double[] logVariance) {
            int d = example.latent();
            DiagonalNormal q = new DiagonalNormal(
                    Tensor.of(mean, 1, d).expand(n, d),
                    Tensor.of(logVariance, 1, d).expand(n, d));
            Batch batch = new Batch(Tensor.of(x, 1, x.length).expand(n, x.length), new int[n]);
            return new Draws(example, n, example.logEvidence(x), q, batch);
        }

        LogWeights weights(int k) {
            Model model = example.model();
            Parameters theta = example.theta();
            return model.logWeights(theta, batch, q.draw(k, Generator.of(SEED)), q);
        }
    }

    private static Draws small(int n) {
        return Draws.of(LinearGaussian.small(), n, new double[] {0.5, 1.5, -2}, new double[] {-0.3, 0.9}, new double[] {
            -1.5, -0.2
        });
    }

    /**
     * n = 20,000 sets of draws; each bound's first k draws are those of the one below. A false alarm needs five standard
     * errors: 3e-7 for each of the comparisons.
     */
    @Test
    void boundsAreOrderedAndBelowTheEvidence() {
        Draws draws = small(20_000);
        double[] elbo = Elbo.sampled().value(draws.weights(1)).toDoubles();
        double[] below = elbo;
        for (int k = 1; k <= 6; k++) {
            double[] bound = new ImportanceWeighted().value(draws.weights(k)).toDoubles();
            if (k == 1) {
                assertClose("K = 1", bound, elbo, 1e-12);
            } else {
                assertThat(z(bound, below))
                        .as("IW_%d above IW_%d, seed %d", k, k - 1, SEED)
                        .isGreaterThan(5);
            }
            double[] evidence = new double[bound.length];
            Arrays.fill(evidence, draws.evidence());
            assertThat(z(evidence, bound))
                    .as("log p(x) above IW_%d, seed %d", k, SEED)
                    .isGreaterThan(5);
            below = bound;
        }
    }

    private static double z(double[] above, double... below) {
        double[] difference = new double[above.length];
        Arrays.setAll(difference, i -> above[i] - below[i]);
        return Moments.of(difference).z(0);
    }

    /** n = 100,000; two estimates with different noise of the same number, log p(x) − KL(q ‖ posterior). */
    @Test
    void bothElbosAreTheEvidenceLessTheGap() {
        Draws draws = small(100_000);
        double gap = 0;
        LinearGaussian e = LinearGaussian.small();
        double[] x = {0.5, 1.5, -2};
        double[][] q = {{-0.3, -1.5}, {0.9, -0.2}};
        for (int j = 0; j < 2; j++) {
            double squared = 0;
            double along = 0;
            for (int i = 0; i < 3; i++) {
                squared += e.columns()[j][i] * e.columns()[j][i];
                along += e.columns()[j][i] * (x[i] - e.bias()[i]);
            }
            double variance = 1 / (1 + squared / e.variance());
            double mean = variance * along / e.variance();
            double ratio = Math.exp(q[j][1]) / variance;
            gap += 0.5 * (ratio - 1 - Math.log(ratio) + (q[j][0] - mean) * (q[j][0] - mean) / variance);
        }
        LogWeights w = draws.weights(1);
        for (Bound bound : new Bound[] {Elbo.analytic(), Elbo.sampled()}) {
            Moments found = Moments.of(bound.value(w).toDoubles());
            assertThat(found.pValue(draws.evidence() - gap))
                    .as("%s: %s, seed %d", bound, found, SEED)
                    .isGreaterThan(GoodnessOfFit.FALSE_ALARM);
            assertThat(found.standardError()).isPositive();
        }
    }

    /**
     * z ~ N(0, I₂₀), x ~ N(z, I₂₀), q = N(x/2, ⅔ I): the ELBO's gap is 10 (4/3 − 1 − log 4/3), and the K-sample gap
     * tends to χ²(posterior ‖ q)/2K with 1 + χ² = (1.0327956)²⁰ (Rainforth et al. 2018, arXiv 1802.04537, §4). The next
     * term of the gap's series in 1/K is 0.033/K², below a hundredth of a standard error here.
     */
    @Test
    void gapsOfTheTwentyDimensionalExample() {
        double[][] identity = new double[20][20];
        double[] x = new double[20];
        double[] half = new double[20];
        double[] logVariance = new double[20];
        for (int i = 0; i < 20; i++) {
            identity[i][i] = 1;
            x[i] = Math.sin(i);
            half[i] = x[i] / 2;
            logVariance[i] = Math.log(2.0 / 3);
        }
        LinearGaussian example = new LinearGaussian(identity, new double[20], 1);
        Draws many = Draws.of(example, 200_000, x, half, logVariance);
        double direct = 0;
        for (double v : x) {
            direct += LinearGaussian.logNormal(v, 0, 2);
        }
        assertClose("log p(x)", many.evidence(), direct, 1e-12);
        Moments elbo;
        try (Scope inner = new Scope()) {
            elbo = Moments.of(Elbo.sampled().value(many.weights(1)).toDoubles());
        }
        assertThat(elbo.pValue(direct - 0.45651261))
                .as("%s, seed %d", elbo, SEED)
                .isGreaterThan(GoodnessOfFit.FALSE_ALARM);

        // E[w/p(x)] = 1, so w/p(x) − 1 can be added: it takes nearly all of the noise away
        int k = 32;
        double[] log = new ImportanceWeighted()
                .value(Draws.of(example, 10_000, x, half, logVariance).weights(k))
                .toDoubles();
        double evidence = direct;
        Moments gap = Moments.of(Arrays.stream(log)
                .map(l -> Math.exp(l - evidence) - 1 - (l - evidence))
                .toArray());
        double expected = 0.45336069 / k + 0.033 / k / k;
        assertThat(gap.standardError()).isLessThan(0.02 * expected);
        assertThat(gap.pValue(expected)).as("%s, seed %d", gap, SEED).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }
}
