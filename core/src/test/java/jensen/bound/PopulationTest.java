package jensen.bound;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.dist.DiagonalNormal;
import jensen.model.LinearGaussian;
import jensen.model.LogWeights;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the bounds come to with ever more draws, and how they lie to each other, where p(z|x) = N(μ, diag s) and
 * q = N(m, diag v).
 *
 * <p>All follow from g(t) = log E_q[(p(z|x)/q)^t] = Σ_j ½ ((1 − t) log s + t log v − log V) − t (1 − t)(μ − m)²/2V with
 * V = t v + (1 − t) s: the Rényi bound is log p(x) + g(1 − α)/(1 − α), and E_β[log w] is log p(x) + g'(β).
 */
class PopulationTest {
    private static final LinearGaussian EXAMPLE = LinearGaussian.small();
    private static final double[] X = {0.5, 1.5, -2};
    private static final double[] OFFSET = {0.15, -0.2};
    private static final double[] FACTOR = {1.5, 2};
    private static final long SEED = 8;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double variance(int j) {
        double squared = Arrays.stream(EXAMPLE.columns()[j]).map(c -> c * c).sum();
        return 1 / (1 + squared / EXAMPLE.variance());
    }

    private static double mean(int j) {
        double along = IntStream.range(0, 3)
                .mapToDouble(i -> EXAMPLE.columns()[j][i] * (X[i] - EXAMPLE.bias()[i]))
                .sum();
        return variance(j) * along / EXAMPLE.variance();
    }

    private static double g(double t) {
        double sum = 0;
        for (int j = 0; j < 2; j++) {
            double s = variance(j);
            double v = FACTOR[j] * s;
            double mixed = t * v + (1 - t) * s;
            sum += 0.5 * ((1 - t) * Math.log(s) + t * Math.log(v) - Math.log(mixed))
                    - t * (1 - t) * OFFSET[j] * OFFSET[j] / (2 * mixed);
        }
        return sum;
    }

    /** log w of n sets of K draws, {@code [K, n]}. */
    private static Tensor logWeights(int k, int n) {
        double[] mean = {mean(0) + OFFSET[0], mean(1) + OFFSET[1]};
        double[] logVariance = {Math.log(FACTOR[0] * variance(0)), Math.log(FACTOR[1] * variance(1))};
        DiagonalNormal q = new DiagonalNormal(
                Tensor.of(mean, 1, 2).expand(n, 2), Tensor.of(logVariance, 1, 2).expand(n, 2));
        Batch batch = new Batch(Tensor.of(X, 1, 3).expand(n, 3), new int[n]);
        LogWeights w = EXAMPLE.model().logWeights(EXAMPLE.theta(), batch, q.draw(k, Generator.of(SEED)), q);
        return w.total();
    }

    private static void matches(Bound bound, Tensor logWeights, double expected) {
        Moments found = Moments.of(bound.of(logWeights).toDoubles());
        assertThat(found.standardError()).as("%s", bound).isLessThan(4e-3);
        assertThat(found.pValue(expected))
                .as("%s: %s, expected %s, seed %d", bound, found, expected, SEED)
                .isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }

    /** n = 50 means of K = 5,000 draws: their bias is of the order of 1/K, their standard error at most 4e-3. */
    @Test
    void manyDrawsComeToTheClosedForms() {
        Tensor logWeights = logWeights(5_000, 50);
        double evidence = EXAMPLE.logEvidence(X);
        for (double alpha : new double[] {0.2, 0.5, 0.9, 1.2}) {
            double t = 1 - alpha;
            matches(new Renyi(alpha), logWeights, evidence + g(t) / t);
        }
        matches(new ImportanceWeighted(), logWeights, evidence);
        matches(new Piwae(100), logWeights, evidence);
        double elbo = evidence + slope(0);
        matches(Elbo.sampled(), logWeights, elbo);
        matches(new Ciwae(0.3), logWeights, 0.3 * elbo + 0.7 * evidence);
        // β = 0, 0.01, 0.1 and 1
        double three = 0.01 * slope(0) + 0.09 * slope(0.01) + 0.9 * slope(0.1);
        matches(new Tvo(3, 0.01), logWeights, evidence + three);
        matches(new Tvo(1, 0.5), logWeights, elbo);
        assertThat(three).isBetween(slope(0), 0.0);
    }

    private static double slope(double beta) {
        return FiniteDifference.derivative(PopulationTest::g, beta);
    }

    /** For every set of draws: the ELBO, what lies between, the importance-weighted bound. */
    @Test
    void boundsLieBetweenTheElboAndTheImportanceWeightedBoundOfTheSameDraws() {
        Tensor logWeights = logWeights(6, 500);
        double[] low = Elbo.sampled().of(logWeights).toDoubles();
        double[] high = new ImportanceWeighted().of(logWeights).toDoubles();
        for (Bound bound :
                new Bound[] {new Renyi(0.3), new Renyi(0.9), new Miwae(2), new Ciwae(0.4), new Tvo(7, 0.05)}) {
            double[] between = bound.of(logWeights).toDoubles();
            for (int i = 0; i < between.length; i++) {
                assertThat(between[i]).as("%s", bound).isStrictlyBetween(low[i], high[i]);
            }
        }
        double[] finer = new Tvo(200, 0.001).of(logWeights).toDoubles();
        double[] coarser = new Tvo(5, 0.1).of(logWeights).toDoubles();
        for (int i = 0; i < finer.length; i++) {
            assertThat(finer[i]).isStrictlyBetween(coarser[i], high[i]);
        }
        assertClose("α → 1", new Renyi(1 - 1e-6).of(logWeights).toDoubles(), low, 1e-4);
        assertClose("α = 0", new Renyi(0).of(logWeights).toDoubles(), high, 1e-12);
        assertClose("M = K", new Miwae(6).of(logWeights).toDoubles(), low, 1e-12);
        assertClose("M = 1", new Miwae(1).of(logWeights).toDoubles(), high, 1e-12);
    }

    /** The groups are k, k + M, k + 2M …: each is an importance-weighted bound of its own. */
    @Test
    void aMeanOfGroupsIsTheMeanOfTheirBounds() {
        double[] logWeights = logWeights(6, 1).toDoubles();
        double mean = 0;
        for (int m = 0; m < 2; m++) {
            double sum = 0;
            for (int k = m; k < 6; k += 2) {
                sum += Math.exp(logWeights[k]);
            }
            mean += Math.log(sum / 3) / 2;
        }
        assertClose("MIWAE", new Miwae(2).of(Tensor.of(logWeights, 6, 1)).item(), mean, 1e-12);
    }
}
