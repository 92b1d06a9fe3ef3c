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
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Correlated normals against commons-math3. */
class MultivariateNormalTest {
    private static final double[] MU = {0.3, -1.2, 2};
    private static final double[] L = {0.8, 0, 0, -0.5, 1.3, 0, 0.4, 0.9, 0.2};
    private static final double[] M = {1, 0.5, -0.3};
    private static final double[] P = {1.7, 0, 0, 0.6, 0.9, 0, -1.1, 0.2, 2.1};

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static MultivariateNormal normal(double[] mean, double[] root) {
        return new MultivariateNormal(Tensor.of(mean, 3), Tensor.of(root, 3, 3));
    }

    private static RealMatrix covariance(double[] root) {
        double[][] rows = new double[3][];
        for (int i = 0; i < 3; i++) {
            rows[i] = Arrays.copyOfRange(root, 3 * i, 3 * i + 3);
        }
        RealMatrix l = new Array2DRowRealMatrix(rows);
        return l.multiply(l.transpose());
    }

    @Test
    void densityIsThatOfTheCovariance() {
        MultivariateNormalDistribution expected =
                new MultivariateNormalDistribution(MU, covariance(L).getData());
        double[] x = new SplitMix(1).normals(12);
        double[] found = normal(MU, L).logProb(Tensor.of(x, 4, 3)).toDoubles();
        for (int i = 0; i < 4; i++) {
            double density = expected.density(Arrays.copyOfRange(x, 3 * i, 3 * i + 3));
            assertClose("log density", found[i], Math.log(density), 1e-11);
        }
    }

    /** n = 100,000; each entry within five standard errors, of which (C_ij² + C_ii C_jj)/n is the square. */
    @Test
    void drawsHaveItsMeanAndCovariance() {
        int n = 100_000;
        double[] z = normal(MU, L).sample(n, Generator.of(3)).toDoubles();
        RealMatrix c = covariance(L);
        double[] deviation = normal(MU, L).standardDeviation().toDoubles();
        for (int i = 0; i < 3; i++) {
            assertClose("deviation", deviation[i], Math.sqrt(c.getEntry(i, i)), 1e-12);
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += (z[3 * k + i] - MU[i]) * (z[3 * k + j] - MU[j]);
                }
                double variance = c.getEntry(i, j) * c.getEntry(i, j) + c.getEntry(i, i) * c.getEntry(j, j);
                assertThat(sum / n).isCloseTo(c.getEntry(i, j), within(5 * Math.sqrt(variance / n)));
            }
        }
    }

    @Test
    void divergenceIsThatOfTheCovariances() {
        RealMatrix inverse = new LUDecomposition(covariance(P)).getSolver().getInverse();
        double distance = 0;
        double[] d = {MU[0] - M[0], MU[1] - M[1], MU[2] - M[2]};
        for (int i = 0; i < 3; i++) {
            distance += d[i] * inverse.operate(d)[i];
        }
        double expected = 0.5
                * (inverse.multiply(covariance(L)).getTrace()
                        + distance
                        - 3
                        + Math.log(new LUDecomposition(covariance(P)).getDeterminant()
                                / new LUDecomposition(covariance(L)).getDeterminant()));
        assertClose("KL", kl(normal(MU, L), normal(M, P)), expected, 1e-12);
        assertThat(kl(normal(MU, L), normal(MU, L))).isCloseTo(0, within(1e-14));
        assertThat(Kl.closedFormPerDimension(normal(MU, L), normal(M, P))).isEmpty();
    }

    @Test
    void independentComponentsAreASpecialCase() {
        double[] logVariance = {0.2, -1, 0.7};
        DiagonalNormal diagonal = new DiagonalNormal(Tensor.of(M, 3), Tensor.of(logVariance, 3));
        double[] root = new double[9];
        for (int i = 0; i < 3; i++) {
            root[4 * i] = Math.exp(logVariance[i] / 2);
        }
        MultivariateNormal same = normal(M, root);
        Tensor x = Tensor.of(new SplitMix(1).normals(12), 4, 3);
        assertClose("density", same.logProb(x).toDoubles(), diagonal.logProb(x).toDoubles(), 1e-13);
        assertClose("KL to it", kl(normal(MU, L), diagonal), kl(normal(MU, L), same), 1e-13);
        assertClose("KL from it", kl(diagonal, normal(MU, L)), kl(same, normal(MU, L)), 1e-13);
        DiagonalNormal standard = DiagonalNormal.standardLike(same.mean());
        assertClose("KL", kl(same, standard), kl(diagonal, standard), 1e-13);
    }

    @Test
    void drawsOfABatchBelongToItsMembers() {
        MultivariateNormal batch = new MultivariateNormal(
                Tensor.stack(List.of(Tensor.of(MU, 3), Tensor.of(M, 3)), 0),
                Tensor.stack(List.of(Tensor.of(L, 3, 3), Tensor.of(P, 3, 3)), 0));
        Tensor noise = Tensor.of(new SplitMix(4).normals(30), 5, 2, 3);
        Tensor z = batch.reparameterise(noise);
        assertThat(z.shape()).containsExactly(5, 2, 3);
        for (int b = 0; b < 2; b++) {
            MultivariateNormal member = b == 0 ? normal(MU, L) : normal(M, P);
            Tensor own = member.reparameterise(noise.select(1, b));
            assertClose("draws", z.select(1, b).toDoubles(), own.toDoubles(), 1e-14);
            assertClose(
                    "densities",
                    batch.logProb(z).select(1, b).toDoubles(),
                    member.logProb(own).toDoubles(),
                    1e-13);
        }
        assertClose(
                "divergences",
                Kl.closedForm(batch, normal(M, P)).orElseThrow().toDoubles(),
                new double[] {kl(normal(MU, L), normal(M, P)), 0},
                1e-13);
    }

    @Test
    void densityAndDivergenceHaveTheirDerivatives() {
        double[] x = {0.4, 0.1, -0.6};
        Tensor leaf = Tensor.of(L, 3, 3).requiresGradient();
        Tensor value = normal(M, P)
                .logProb(new MultivariateNormal(Tensor.of(MU, 3), leaf).reparameterise(Tensor.of(x, 1, 3)))
                .sum()
                .add(Kl.closedForm(new MultivariateNormal(Tensor.of(MU, 3), leaf), normal(M, P))
                        .orElseThrow());
        double[] found = Autograd.gradient(value, List.of(leaf)).get(0).toDoubles();
        double[] expected = FiniteDifference.gradient(
                root -> {
                    MultivariateNormal q = normal(MU, root);
                    return normal(M, P)
                                    .logProb(q.reparameterise(Tensor.of(x, 1, 3)))
                                    .item()
                            + kl(q, normal(M, P));
                },
                L);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j <= i; j++) {
                assertClose("derivative", found[3 * i + j], expected[3 * i + j], 1e-8);
            }
        }
    }

    @Test
    void aFactorOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> new MultivariateNormal(Tensor.of(MU, 3), Tensor.of(new double[4], 2, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[…, 3, 3]")
                .hasMessageContaining("[2, 2]");
    }

    private static double kl(Distribution q, Distribution p) {
        return Kl.closedForm(q, p).orElseThrow().item();
    }
}
