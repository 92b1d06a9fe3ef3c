package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A diagonal and two directions of correlation, against the dense covariance in commons-math3. */
class LowRankNormalTest {
    private static final double[] MU = {0.3, -1.2, 2, 0.5};
    private static final double[] LOG_VARIANCE = {-0.4, 0.9, -1.5, 0.2};
    private static final double[] F = {0.8, -0.3, 1.4, 0.6, -0.9, 0.2, 0.1, -1.1};
    private static final double[] ALL = all();

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double[] all() {
        double[] all = Arrays.copyOf(MU, 16);
        System.arraycopy(LOG_VARIANCE, 0, all, 4, 4);
        System.arraycopy(F, 0, all, 8, 8);
        return all;
    }

    private static LowRankNormal normal(Tensor all) {
        return new LowRankNormal(
                all.narrow(0, 0, 4), all.narrow(0, 4, 4), all.narrow(0, 8, 8).reshape(4, 2));
    }

    private static LowRankNormal normal() {
        return normal(Tensor.of(ALL, 16));
    }

    private static RealMatrix covariance() {
        RealMatrix f = new Array2DRowRealMatrix(4, 2);
        for (int i = 0; i < 8; i++) {
            f.setEntry(i / 2, i % 2, F[i]);
        }
        double[] variances = Arrays.stream(LOG_VARIANCE).map(Math::exp).toArray();
        return f.multiply(f.transpose()).add(MatrixUtils.createRealDiagonalMatrix(variances));
    }

    @Test
    void densityIsThatOfTheCovariance() {
        MultivariateNormalDistribution expected =
                new MultivariateNormalDistribution(MU, covariance().getData());
        double[] x = new SplitMix(1).normals(20);
        double[] found = normal().logProb(Tensor.of(x, 5, 4)).toDoubles();
        for (int i = 0; i < 5; i++) {
            double density = expected.density(Arrays.copyOfRange(x, 4 * i, 4 * i + 4));
            assertClose("log density", found[i], Math.log(density), 1e-11);
        }
    }

    /** n = 100,000; each entry within five standard errors, of which (C_ij² + C_ii C_jj)/n is the square. */
    @Test
    void drawsHaveItsMeanAndCovariance() {
        int n = 100_000;
        double[] z = normal().sample(n, Generator.of(3)).toDoubles();
        RealMatrix c = covariance();
        double[] deviation = normal().standardDeviation().toDoubles();
        for (int i = 0; i < 4; i++) {
            assertClose("deviation", deviation[i], Math.sqrt(c.getEntry(i, i)), 1e-12);
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += (z[4 * k + i] - MU[i]) * (z[4 * k + j] - MU[j]);
                }
                double variance = c.getEntry(i, j) * c.getEntry(i, j) + c.getEntry(i, i) * c.getEntry(j, j);
                assertThat(sum / n).isCloseTo(c.getEntry(i, j), within(5 * Math.sqrt(variance / n)));
            }
        }
    }

    /** The same normal by its dense root, in divergences to and from both of the other forms. */
    @Test
    void divergencesAreThoseOfTheDenseForm() {
        LowRankNormal q = normal();
        MultivariateNormal dense = new MultivariateNormal(
                q.mean(),
                Tensor.of(
                        Arrays.stream(new org.apache.commons.math3.linear.CholeskyDecomposition(covariance())
                                        .getL()
                                        .getData())
                                .flatMapToDouble(Arrays::stream)
                                .toArray(),
                        4,
                        4));
        DiagonalNormal independent = new DiagonalNormal(
                Tensor.of(new double[] {1, 0, -1, 0.4}, 4), Tensor.of(new double[] {0.3, -0.2, 1, 0}, 4));
        MultivariateNormal root = MultivariateNormal.of(independent).orElseThrow();
        double expected = kl(dense, root);
        assertThat(expected).isGreaterThan(1);
        assertClose("to independent", kl(q, independent), expected, 1e-12);
        assertClose("dense to independent", kl(dense, independent), expected, 1e-12);
        assertClose("to dense", kl(q, root), expected, 1e-12);
        assertClose("from independent", kl(independent, q), kl(root, dense), 1e-12);
        assertThat(kl(q, dense)).isCloseTo(0, within(1e-13));
    }

    /** Diagonal variances of e⁻²⁰ beside directions of length 1: the quadratic form must not be a difference. */
    @Test
    void nearlySingularCovariancesKeepTheirDigitsInFloat32() {
        double[] small = ALL.clone();
        Arrays.fill(small, 4, 8, -20);
        LowRankNormal exact = normal(Tensor.of(small, 16));
        LowRankNormal narrow = normal(Tensor.of(small, 16).to(jensen.tensor.DType.FLOAT32));
        Tensor z = narrow.sample(50, Generator.of(5));
        double[] found = narrow.logProb(z).toDoubles();
        // z itself is rounded to 1e-7, which is 2e-3 of a standard deviation
        double[] expected = exact.logProb(z.to(jensen.tensor.DType.FLOAT64)).toDoubles();
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(0.1));
        }
    }

    @Test
    void membersOfABatchAreOnTheirOwn() {
        double[] other = new SplitMix(8).normals(16);
        Tensor both = Tensor.stack(List.of(Tensor.of(ALL, 16), Tensor.of(other, 16)), 0);
        LowRankNormal batch = new LowRankNormal(
                both.narrow(1, 0, 4), both.narrow(1, 4, 4), both.narrow(1, 8, 8).reshape(2, 4, 2));
        Tensor noise = batch.noise(5, Generator.of(2));
        assertThat(noise.shape()).containsExactly(5, 2, 6);
        Tensor z = batch.reparameterise(noise);
        for (int b = 0; b < 2; b++) {
            LowRankNormal member = normal(both.select(0, b));
            Tensor own = member.reparameterise(noise.select(1, b));
            assertClose("draws", z.select(1, b).toDoubles(), own.toDoubles(), 1e-13);
            double[] densities = batch.logProb(z).select(1, b).toDoubles();
            assertClose("densities", densities, member.logProb(own).toDoubles(), 1e-12);
        }
    }

    @Test
    void densityDrawAndDivergenceHaveTheirDerivatives() {
        Tensor noise = Tensor.of(new SplitMix(3).normals(18), 3, 6);
        DiagonalNormal p = DiagonalNormal.standardLike(Tensor.of(new double[4], 4));
        Tensor leaf = Tensor.of(ALL, 16).requiresGradient();
        double[] found =
                Autograd.gradient(value(leaf, noise, p), List.of(leaf)).get(0).toDoubles();
        double[] expected =
                FiniteDifference.gradient(v -> value(Tensor.of(v, 16), noise, p).item(), ALL);
        assertClose("derivative", found, expected, 1e-8);
    }

    private static Tensor value(Tensor all, Tensor noise, DiagonalNormal p) {
        LowRankNormal q = normal(all);
        Tensor z = q.reparameterise(noise);
        return q.logProb(z.square()).sum().add(z.sum()).add(Kl.closedForm(q, p).orElseThrow());
    }

    @Test
    void aFactorOfAnotherLengthIsRefused() {
        assertThatThrownBy(() ->
                        new LowRankNormal(Tensor.of(MU, 4), Tensor.of(LOG_VARIANCE, 4), Tensor.of(new double[6], 3, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[…, 4, R]")
                .hasMessageContaining("[3, 2]");
    }

    private static double kl(Distribution q, Distribution p) {
        return Kl.closedForm(q, p).orElseThrow().item();
    }
}
