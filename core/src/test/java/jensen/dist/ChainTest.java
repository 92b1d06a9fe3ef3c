package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two layers, of which all is normal: a ~ N(m, diag s), b | a ~ N(W a + c, diag v), with 2 and 3 elements. */
class ChainTest {
    private static final double[] M = {0.4, -1.1};
    private static final double[] S = {0.8, 0.3};
    private static final double[] W = {1, 0.5, -0.7, 0.2, 0.3, -1.4};
    private static final double[] C = {0.1, 2, -0.6};
    private static final double[] V = {0.5, 0.1, 0.9};

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private record Affine(Tensor w, Tensor c, Tensor logVariance) implements Chain.Given {
        @Override
        public Reparameterised at(Tensor a) {
            return new DiagonalNormal(a.linear(w, c), logVariance);
        }

        @Override
        public Affine detach() {
            return new Affine(w.detach(), c.detach(), logVariance.detach());
        }
    }

    /** Under {@code [rows]}. */
    private static Chain chain(boolean upwards, int rows) {
        Tensor mean = Tensor.of(M, 1, 2).expand(rows, 2);
        return new Chain(
                new DiagonalNormal(mean, Tensor.of(S, 2).log()),
                new Affine(Tensor.of(W, 3, 2), Tensor.of(C, 3), Tensor.of(V, 3).log()),
                upwards);
    }

    /** (a, b) as one normal. */
    private static MultivariateNormalDistribution joint() {
        double[] mean = Arrays.copyOf(M, 5);
        double[][] covariance = new double[5][5];
        for (int j = 0; j < 2; j++) {
            covariance[j][j] = S[j];
        }
        for (int i = 0; i < 3; i++) {
            mean[2 + i] = C[i] + W[2 * i] * M[0] + W[2 * i + 1] * M[1];
            for (int j = 0; j < 2; j++) {
                covariance[2 + i][j] = W[2 * i + j] * S[j];
                covariance[j][2 + i] = covariance[2 + i][j];
            }
            for (int l = 0; l < 3; l++) {
                double both = W[2 * i] * W[2 * l] * S[0] + W[2 * i + 1] * W[2 * l + 1] * S[1];
                covariance[2 + i][2 + l] = both + (i == l ? V[i] : 0);
            }
        }
        return new MultivariateNormalDistribution(mean, covariance);
    }

    /** z = (a, b), or (b, a), as (a, b). */
    private static double[] inOrder(boolean upwards, double... z) {
        return upwards ? new double[] {z[3], z[4], z[0], z[1], z[2]} : z;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void densityIsThatOfTheJointNormal(boolean upwards) {
        Chain chain = chain(upwards, 4);
        Draw draw = chain.draw(3, Generator.of(2));
        double[] found = chain.logProb(draw.z()).toDoubles();
        assertThat(draw.z().shape()).containsExactly(3, 4, 5);
        assertClose("with the draw", draw.logProb(chain).toDoubles(), found, 1e-12);
        double[] z = draw.z().toDoubles();
        for (int i = 0; i < found.length; i++) {
            double[] one = inOrder(upwards, Arrays.copyOfRange(z, 5 * i, 5 * i + 5));
            assertClose("log p", found[i], Math.log(joint().density(one)), 1e-10);
        }
    }

    /** n = 40,000: first and second moments within five standard errors. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void drawsHaveTheMomentsOfTheJointNormal(boolean upwards) {
        int n = 40_000;
        double[] z = chain(upwards, 1).sample(n, Generator.of(3)).toDoubles();
        double[] mean = joint().getMeans();
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                double product = 0;
                for (int k = 0; k < n; k++) {
                    double[] one = inOrder(upwards, Arrays.copyOfRange(z, 5 * k, 5 * k + 5));
                    product += (one[i] - mean[i]) * (one[j] - mean[j]) / n;
                }
                double expected = joint().getCovariances().getEntry(i, j);
                double ii = joint().getCovariances().getEntry(i, i);
                double jj = joint().getCovariances().getEntry(j, j);
                assertThat(product).isCloseTo(expected, within(5 * Math.sqrt((ii * jj + expected * expected) / n)));
            }
        }
    }

    /** The mean is exact where a layer is affine in the one before; the deviation is that of 128 draws. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void momentsAreThoseOfTheJointNormal(boolean upwards) {
        Chain chain = chain(upwards, 1);
        assertClose("mean", inOrder(upwards, chain.mean().toDoubles()), joint().getMeans(), 1e-12);
        double[] deviation = inOrder(upwards, chain.standardDeviation().toDoubles());
        for (int i = 0; i < 5; i++) {
            double expected = Math.sqrt(joint().getCovariances().getEntry(i, i));
            assertThat(deviation[i]).isCloseTo(expected, within(i < 2 ? 1e-12 : 0.1 * expected));
        }
    }

    @Test
    void drawsBelongToTheRowsThatAreNumbered() {
        double[] all = chain(false, 10).sample(1, Generator.of(4)).toDoubles();
        double[] two = chain(false, 2)
                .sample(1, Generator.of(4).rows(new int[] {7, 1}))
                .toDoubles();
        assertThat(Arrays.copyOfRange(two, 0, 5)).isEqualTo(Arrays.copyOfRange(all, 35, 40));
        assertThat(Arrays.copyOfRange(two, 5, 10)).isEqualTo(Arrays.copyOfRange(all, 5, 10));
    }

    /** With parameters as constants the density still depends on z, through the layer before as well. */
    @Test
    void detachedLayersStayDifferentiableInWhatIsDrawn() {
        Tensor w = Tensor.of(W, 3, 2).requiresGradient();
        Chain chain = new Chain(
                new DiagonalNormal(Tensor.of(M, 2), Tensor.of(S, 2).log()),
                new Affine(w, Tensor.of(C, 3), Tensor.of(V, 3).log()),
                false);
        Tensor z = Tensor.of(new SplitMix(1).normals(5), 5).requiresGradient();
        List<Tensor> free = Autograd.gradient(chain.logProb(z), List.of(z, w));
        List<Tensor> fixed =
                Autograd.gradient(chain.detach().logProb(z).add(w.sum().mul(0)), List.of(z, w));
        assertThat(fixed.get(0).toDoubles()).isEqualTo(free.get(0).toDoubles());
        assertThat(free.get(1).abs().sum().item()).isPositive();
        assertThat(fixed.get(1).toDoubles()).containsOnly(0);
    }
}
