package jensen.evaluate;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.dist.DiagonalNormal;
import jensen.dist.MultivariateNormal;
import jensen.model.Family;
import jensen.statcheck.SplitMix;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A model whose columns are not orthogonal, against commons-math3; all to 1e-10. */
class LinearGaussianTest {
    private static final double EXACT = 1e-10;
    private static final int WIDTH = 7;
    private static final int LATENT = 3;
    private static final int ROWS = 5;

    private final LinearGaussian model = random(11);
    private final RealMatrix w = new Array2DRowRealMatrix(model.weight());
    private final RealMatrix m = w.transpose()
            .multiply(w)
            .add(MatrixUtils.createRealIdentityMatrix(LATENT).scalarMultiply(model.noiseVariance()));
    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static LinearGaussian random(long seed) {
        SplitMix stream = new SplitMix(seed);
        double[][] weight =
                IntStream.range(0, WIDTH).mapToObj(i -> stream.normals(LATENT)).toArray(double[][]::new);
        return new LinearGaussian(weight, stream.normals(WIDTH), 0.37);
    }

    private static Tensor data() {
        return Tensor.of(new SplitMix(5).normals(ROWS * WIDTH), ROWS, WIDTH);
    }

    private static double[] evidence(LinearGaussian model, Tensor x) {
        RealMatrix w = new Array2DRowRealMatrix(model.weight());
        int width = model.offset().length;
        RealMatrix covariance = w.multiply(w.transpose())
                .add(MatrixUtils.createRealIdentityMatrix(width).scalarMultiply(model.noiseVariance()));
        var expected = new MultivariateNormalDistribution(model.offset(), covariance.getData());
        double[] flat = x.toDoubles();
        return IntStream.range(0, flat.length / width)
                .mapToDouble(i -> Math.log(expected.density(Arrays.copyOfRange(flat, i * width, (i + 1) * width))))
                .toArray();
    }

    @Test
    void evidenceIsTheDensityOfTheMarginal() {
        assertClose("log p(x)", model.logEvidence(data()).toDoubles(), evidence(model, data()), EXACT);
    }

    @Test
    void posteriorIsThatOfBayes() {
        MultivariateNormal posterior = model.posterior(data());
        RealMatrix inverse = new LUDecomposition(m).getSolver().getInverse();
        double[] x = data().toDoubles();
        double[] mean = posterior.mean().toDoubles();
        for (int r = 0; r < ROWS; r++) {
            double[] centred = new double[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                centred[i] = x[r * WIDTH + i] - model.offset()[i];
            }
            double[] expected = inverse.operate(w.transpose().operate(centred));
            assertClose("mean", Arrays.copyOfRange(mean, r * LATENT, (r + 1) * LATENT), expected, EXACT);
        }
        Tensor root = posterior.choleskyFactor();
        double[] covariance = root.matmul(root.transpose(0, 1)).toDoubles();
        for (int i = 0; i < LATENT; i++) {
            for (int j = 0; j < LATENT; j++) {
                double expected = inverse.getEntry(i, j) * model.noiseVariance();
                assertClose("covariance", covariance[i * LATENT + j], expected, EXACT);
            }
        }
    }

    @Test
    void boundAndGapAddUpToTheEvidenceForAnyNormalQ() {
        SplitMix stream = new SplitMix(8);
        Tensor mean = Tensor.of(stream.normals(ROWS * LATENT), ROWS, LATENT);
        Tensor x = data();
        double[] exact = model.logEvidence(x).toDoubles();
        double[] roots = new double[ROWS * LATENT * LATENT];
        for (int i = 0; i < roots.length; i++) {
            int row = i / LATENT % LATENT;
            int column = i % LATENT;
            roots[i] = column > row ? 0 : column == row ? Math.exp(stream.normal()) : stream.normal();
        }
        var full = new MultivariateNormal(mean, Tensor.of(roots, ROWS, LATENT, LATENT));
        var diagonal = new DiagonalNormal(mean, Tensor.of(stream.normals(ROWS * LATENT), ROWS, LATENT));
        for (var q : List.of(full, diagonal)) {
            double[] sum = model.elbo(x, q).add(model.gap(x, q)).toDoubles();
            assertClose("L + KL", sum, exact, EXACT);
            assertThat(Arrays.stream(model.gap(x, q).toDoubles())).hasSize(ROWS).allMatch(gap -> gap > 0.1);
        }
    }

    /** ½ (Σ log M_ii − log det M); zero for a full covariance. */
    @Test
    void theBestDiagonalLosesWhatHadamardSaysAndTheFullOneNothing() {
        double expected = -0.5 * Math.log(new LUDecomposition(m).getDeterminant());
        for (int i = 0; i < LATENT; i++) {
            expected += 0.5 * Math.log(m.getEntry(i, i));
        }
        assertThat(expected).isGreaterThan(0.05);
        Tensor x = data();
        double[] exact = evidence(model, x);
        double[] best = model.elbo(x, model.bestDiagonal(x)).toDoubles();
        double[] closed = model.elbo(x, model.posterior(x)).toDoubles();
        for (int r = 0; r < ROWS; r++) {
            assertClose("diagonal", exact[r] - best[r], expected, EXACT);
            assertClose("full", closed[r], exact[r], EXACT);
        }
        for (double gap : model.gap(x, model.posterior(x)).toDoubles()) {
            assertThat(gap).isCloseTo(0, within(EXACT));
        }
    }

    @Test
    void principalComponentsGiveTheMaximumLikelihood() {
        Dataset digits = Examples.digits();
        double[][] rows = new double[digits.size()][Examples.PIXELS];
        float[] row = new float[Examples.PIXELS];
        for (int r = 0; r < rows.length; r++) {
            digits.copyRow(r, row, 0);
            for (int i = 0; i < row.length; i++) {
                rows[r][i] = row[i];
            }
        }
        RealMatrix covariance = new Covariance(new Array2DRowRealMatrix(rows), false).getCovarianceMatrix();
        double[] eigenvalues = new EigenDecomposition(covariance).getRealEigenvalues();
        PrincipalComponents components = PrincipalComponents.of(digits, new Encoding.AsStored(), Generator.of(0));
        assertClose("eigenvalues", components.eigenvalues(), eigenvalues, EXACT);

        int k = 5;
        LinearGaussian fit = components.model(k);
        double noise = Arrays.stream(eigenvalues).skip(k).average().orElseThrow();
        double logs = Arrays.stream(eigenvalues).limit(k).map(Math::log).sum();
        double rest = (Examples.PIXELS - k) * Math.log(noise);
        double maximum = -0.5 * (Examples.PIXELS * (Math.log(2 * Math.PI) + 1) + logs + rest);
        double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        Tensor x = Tensor.of(flat, rows.length, Examples.PIXELS);
        double found = Arrays.stream(fit.logEvidence(x).toDoubles()).average().orElseThrow();
        assertClose("σ²", fit.noiseVariance(), noise, EXACT);
        assertClose("mean log p(x)", found, maximum, EXACT);
        // its columns are orthogonal, so a diagonal q loses nothing
        double elbo = Arrays.stream(fit.elbo(x, fit.bestDiagonal(x)).toDoubles())
                .average()
                .orElseThrow();
        assertClose("mean ELBO", elbo, maximum, EXACT);
    }

    @Test
    void dimensionsWhoseEigenvalueIsBelowTheNoiseCollapse() {
        var components = new PrincipalComponents(
                new double[3], new double[] {4, 1.5, 0.5}, new double[][] {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}});
        LinearGaussian fit = components.model(3, 1.5);
        assertThat(fit.weight()[1][0]).isCloseTo(Math.sqrt(2.5), within(1e-15));
        assertThat(fit.weight()[0][1]).isZero();
        assertThat(fit.weight()[2][2]).isZero();
        assertThat(components.collapsed(3, 1.5)).isEqualTo(2);
        assertThat(components.collapsed(3, 0.1)).isZero();
        assertThatThrownBy(() -> components.model(3)).hasMessageContaining("k must be from 1 to 2");
    }

    @Test
    void aModelOfThisKindIsRecognised() {
        var known = jensen.model.LinearGaussian.small();
        Optional<LinearGaussian> found = LinearGaussian.of(known.model(), known.theta());
        double[] x = {0.4, -1.1, 2.3};
        assertClose(
                "log p(x)", found.orElseThrow().logEvidence(Tensor.of(x, 1, 3)).item(), known.logEvidence(x), EXACT);
        var bent = Examples.model(3, List.of(4), new Family.NormalShared());
        var binary = Examples.model(3, List.of(), new Family.Bernoulli());
        assertThat(LinearGaussian.of(bent, known.theta())).isEmpty();
        assertThat(LinearGaussian.of(binary, known.theta())).isEmpty();
    }

    @Test
    void whatCannotBeAModelIsRefused() {
        double[][] weight = {{1, 2}, {3, 4}};
        assertThatThrownBy(() -> new LinearGaussian(weight, new double[3], 1)).hasMessageContaining("3");
        assertThatThrownBy(() -> new LinearGaussian(weight, new double[2], 0)).hasMessageContaining("noiseVariance");
        assertThatThrownBy(() -> new LinearGaussian(new double[][] {{1, 2}, {3}}, new double[2], 1))
                .hasMessageContaining("one length");
    }
}
