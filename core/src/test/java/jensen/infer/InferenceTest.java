package jensen.infer;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jensen.bound.Elbo;
import jensen.dist.DiagonalNormal;
import jensen.dist.MultivariateNormal;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.gradient.StickTheLanding;
import jensen.statcheck.SplitMix;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.NonFiniteException;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fits against posteriors that are known in closed form. */
class InferenceTest {
    private static final double[] MEAN = {1, -2, 0.5};
    private static final double[] ROOT = {1.5, 0, 0, 1.1, 0.6, 0, -0.4, 0.9, 0.8};

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Posterior correlated() {
        MultivariateNormal target = new MultivariateNormal(Tensor.of(MEAN, 3), Tensor.of(ROOT, 3, 3));
        return Posterior.of(List.of(Parameter.real("x", 3)), at -> target.logProb(at.get("x")));
    }

    private static RealMatrix covariance() {
        RealMatrix root = new Array2DRowRealMatrix(
                new double[][] {Arrays.copyOf(ROOT, 3), Arrays.copyOfRange(ROOT, 3, 6), Arrays.copyOfRange(ROOT, 6, 9)
                });
        return root.multiply(root.transpose());
    }

    /** The best q of independent components has variances 1/Λ_ii and the gap ½ (Σ log Λ_ii − log det Λ). */
    @Test
    void meanFieldHasTheVariancesOfTheConditionals() {
        RealMatrix precision = MatrixUtils.inverse(covariance());
        double[] variances = new double[3];
        double gap = -0.5 * Math.log(new LUDecomposition(precision).getDeterminant());
        for (int i = 0; i < 3; i++) {
            variances[i] = 1 / precision.getEntry(i, i);
            gap += 0.5 * Math.log(precision.getEntry(i, i));
        }
        assertThat(gap).isGreaterThan(1);

        Fit fit = Inference.meanField()
                .with(new Objective(Elbo.sampled(), new StickTheLanding(), 200))
                .withTolerance(1e-9)
                .fit(correlated(), Generator.of(1));
        DiagonalNormal q = (DiagonalNormal) fit.approximation().posterior();
        assertThat(fit.converged()).isTrue();
        assertClose("mean", q.mean().toDoubles(), MEAN, 0.02);
        assertClose("variances", q.logVariance().exp().toDoubles(), variances, 0.02);
        assertThat(fit.elbo().value()).isCloseTo(-gap, within(4 * fit.elbo().standardError()));
    }

    @Test
    void fullRankIsExact() {
        Fit fit = Inference.fullRank().withTolerance(1e-9).fit(correlated(), Generator.of(1));
        MultivariateNormal q = (MultivariateNormal) fit.approximation().posterior();
        assertThat(fit.converged()).isTrue();
        assertClose("mean", q.mean().toDoubles(), MEAN, 5e-3);
        assertClose("root", q.choleskyFactor().toDoubles(), ROOT, 1e-3);
        assertThat(fit.elbo().value()).isCloseTo(0, within(1e-5));
        assertThat(fit.logEvidence().value()).isCloseTo(0, within(1e-5));
    }

    /** One factor and independent parts are a low-rank q's own form. */
    @Test
    void lowRankIsExactWhereTheCovarianceIs() {
        double[] factor = {1, -0.7, 0.4, 1.2, 0.1};
        double[] own = {0.5, 0.8, 0.3, 0.6, 0.4};
        double[][] covariance = new double[5][5];
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                covariance[i][j] = factor[i] * factor[j] + (i == j ? own[i] * own[i] : 0);
            }
        }
        Tensor root = Tensor.of(
                        Arrays.stream(covariance)
                                .flatMapToDouble(Arrays::stream)
                                .toArray(),
                        5,
                        5)
                .cholesky();
        MultivariateNormal target = new MultivariateNormal(Tensor.of(new double[5], 5), root);
        Fit fit = Inference.lowRank(1)
                .fit(Posterior.of(List.of(Parameter.real("x", 5)), at -> target.logProb(at.get("x"))), Generator.of(1));
        assertThat(fit.elbo().value()).isCloseTo(0, within(1e-4));
    }

    /** y ~ N(Xw, s² I), w ~ N(0, S₀): log p(y) = log N(y; 0, s² I + X S₀ Xᵀ), and w | y is normal. */
    @Test
    void regressionHasItsEvidence() {
        int n = 30;
        double s = 0.7;
        double[] prior = {3, 2, 1};
        SplitMix stream = new SplitMix(7);
        double[] noise = stream.normals(4 * n);
        double[] x = Arrays.copyOf(noise, 3 * n);
        double[] y = new double[n];
        double[][] covariance = new double[n][n];
        for (int i = 0; i < n; i++) {
            x[3 * i + 2] += 0.9 * x[3 * i + 1];
            y[i] = x[3 * i] - 2 * x[3 * i + 1] + 0.5 * x[3 * i + 2] + s * noise[3 * n + i];
            for (int j = 0; j <= i; j++) {
                for (int d = 0; d < 3; d++) {
                    covariance[i][j] += x[3 * i + d] * prior[d] * prior[d] * x[3 * j + d];
                }
                covariance[j][i] = covariance[i][j];
            }
            covariance[i][i] += s * s;
        }
        double expected = Math.log(new MultivariateNormalDistribution(new double[n], covariance).density(y));
        Tensor design = Tensor.of(x, n, 3);
        Tensor seen = Tensor.of(y, n);
        Tensor scales = Tensor.of(prior, 3);
        Posterior regression = Posterior.of(List.of(Parameter.real("w", 3)), at -> {
            Tensor w = at.get("w");
            return LogDensity.normal(w, w.zerosLike(), scales)
                    .add(LogDensity.normal(w.matmul(design.transpose(0, 1)).sub(seen), 0, s));
        });
        Fit exact = Inference.fullRank().fit(regression, Generator.of(2));
        Fit independent = Inference.meanField().fit(regression, Generator.of(2));
        assertThat(exact.elbo().value()).isCloseTo(expected, within(1e-4));
        assertThat(exact.logEvidence().value()).isCloseTo(expected, within(1e-4));
        assertThat(independent.elbo().value()).isLessThan(expected - 0.05);
    }

    /** x ~ Gamma(3, 2) and exp(x) beside it; and the quantiles of draws that are known. */
    @Test
    void summariesHoldWhatIsDerived() {
        Posterior posterior = Posterior.of(
                        List.of(Parameter.real("x", 2), Parameter.positive("s")),
                        at -> LogDensity.normal(at.get("x"), 3, 2).add(LogDensity.gamma(at.get("s"), 3, 2)))
                .deriving("sum", at -> at.get("x").sum(-1).unsqueeze(-1))
                .deriving("twice", at -> at.get("sum").mul(2));
        Fit fit = Inference.meanField().fit(posterior, Generator.of(1));
        assertThat(fit.table()).extracting(Fit.Row::name).containsExactly("x[0]", "x[1]", "s", "sum", "twice");
        Fit.Row twice = fit.table().get(4);
        // 20,000 draws of N(12, 32): five standard errors of the mean, and of quantiles
        assertThat(twice.mean()).isCloseTo(12, within(0.2));
        assertThat(twice.standardDeviation()).isCloseTo(Math.sqrt(32), within(0.15));
        assertThat(twice.low()).isCloseTo(12 - 1.6449 * Math.sqrt(32), within(0.5));
        assertThat(twice.median()).isCloseTo(12, within(0.3));
        assertThat(twice.high()).isCloseTo(12 + 1.6449 * Math.sqrt(32), within(0.5));
        Draws draws = fit.draws(10, Generator.of(4));
        assertThat(draws.get("x").shape()).containsExactly(10, 2);
        assertThat(Arrays.stream(draws.get("s").toDoubles()).min().orElseThrow())
                .isPositive();
        assertThat(draws.get("twice").toDoubles())
                .containsExactly(draws.get("sum").mul(2).toDoubles());
        assertThat(fit.toString())
                .contains("ELBO")
                .contains("k̂")
                .contains("x[1]")
                .contains("95%");
    }

    @Test
    void quantilesInterpolate() {
        Draws draws = new Draws(Map.of("x", Tensor.of(new double[] {4, 1, 3, 2, 0, 10}, 3, 2)));
        assertThat(draws.quantile("x", 0)).containsExactly(0, 1);
        assertThat(draws.quantile("x", 0.25)).containsExactly(1.5, 1.5);
        assertThat(draws.quantile("x", 1)).containsExactly(4, 10);
        assertThat(draws.mean("x")[0]).isCloseTo(7.0 / 3, within(1e-15));
        assertThatThrownBy(() -> draws.get("y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no quantity y; there are x");
    }

    @Test
    void oneSeedHasOneFit() {
        Fit a = Inference.fullRank().withSteps(300).fit(correlated(), Generator.of(3));
        Fit b = Inference.fullRank().withSteps(300).fit(correlated(), Generator.of(3));
        assertThat(a).hasToString(b.toString());
        assertThat(a.converged()).isFalse();
        assertThat(a.toString()).contains("NOT CONVERGED after 300 steps");
        assertThat(a.history()).extracting(Fit.Block::step).containsExactly(200, 300);
    }

    /** A q that starts at the answer's side of a valley stays there. */
    @Test
    void startsWhereItIsTold() {
        Posterior twoModes = Posterior.of(
                List.of(Parameter.real("x"), Parameter.interval("y", -1, 3)),
                at -> LogDensity.normal(at.get("x").square(), 25, 1).add(LogDensity.normal(at.get("y"), 2.5, 0.1)));
        for (double side : new double[] {-4, 4}) {
            Fit fit = Inference.meanField()
                    .withTolerance(0.1)
                    .fit(twoModes, Map.of("x", new double[] {side}, "y", new double[] {2.4}), Generator.of(1));
            assertThat(fit.table().get(0).mean()).isCloseTo(Math.signum(side) * 5, within(0.1));
        }
    }

    @Test
    void startsOutsideTheSupportAreRefused() {
        Posterior p = Posterior.of(
                List.of(Parameter.positive("s"), Parameter.simplex("w", 3)),
                at -> at.get("s").sum(-1));
        refused(p, Map.of("s", new double[] {-1}), "start of s must be in its support, Positive[]; was [-1.0]");
        refused(
                p,
                Map.of("w", new double[] {0.5, 0.4, 0.2}),
                "start of w must be in its support, Simplex[]; was [0.5, 0.4, 0.2]");
        refused(p, Map.of("w", new double[2]), "start of w must have 3 values, has 2");
        refused(p, Map.of("v", new double[2]), "start names a parameter v; there are s, w");
    }

    private static void refused(Posterior p, Map<String, double[]> start, String message) {
        assertThatThrownBy(() -> Inference.meanField().fit(p, start, Generator.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aDensityOfTheWrongShapeIsRefused() {
        Posterior p = Posterior.of(
                List.of(Parameter.real("x", 2)), at -> at.get("x").square().neg());
        refused(p, Map.of(), "logJoint must return one number for each draw, [16], returned [16, 2]");
    }

    @Test
    void whatIsNotFiniteIsSaidToBe() {
        Posterior p = Posterior.of(
                List.of(Parameter.real("x")), at -> at.get("x").log().sum(-1));
        assertThatThrownBy(() -> Inference.meanField().fit(p, Generator.of(1)))
                .isInstanceOf(NonFiniteException.class)
                .hasMessageStartingWith("step 1: log p(data, θ) is not a finite number");
    }

    @Test
    void badSettingsAreRefused() {
        assertThatThrownBy(() -> Inference.meanField().with(new Objective(Elbo.analytic(), new Pathwise(), 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use Elbo.sampled()");
        assertThatThrownBy(() -> Inference.meanField().withTolerance(0)).isInstanceOf(IllegalArgumentException.class);
        Parameter x = Parameter.real("x");
        assertThatThrownBy(() -> Posterior.of(List.of(x, x), at -> at.get("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two quantities are named x");
        assertThatThrownBy(() -> Posterior.of(List.of(x), at -> at.get("x")).deriving("x", at -> at.get("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two quantities are named x");
    }
}
