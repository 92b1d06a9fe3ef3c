package jensen.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jensen.infer.Fit;
import jensen.infer.Inference;
import jensen.tensor.Generator;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.junit.jupiter.api.Test;

/** Against quadrature over the deviation s, given which the evidence of normal data has a closed form. */
class LinearRegressionTest {
    @Test
    void evidenceAndDeviationAreThoseOfQuadrature() {
        double evidence = 0;
        double mean = 0;
        double step = 0.02;
        GammaDistribution prior = new GammaDistribution(2, 1 / 0.5);
        for (double s = 0.5; s < 20; s += step) {
            double weight = step * prior.density(s) * likelihood(s);
            evidence += weight;
            mean += weight * s;
        }
        mean /= evidence;
        Fit fit = Inference.fullRank().fit(LinearRegression.posterior(), Generator.of(1));
        assertThat(fit.converged()).isTrue();
        // four standard errors, and the few draws that a heavy tail hides from them
        assertThat(fit.logEvidence().value())
                .isCloseTo(Math.log(evidence), within(4 * fit.logEvidence().standardError() + 0.02));
        assertThat(fit.elbo().value()).isBetween(Math.log(evidence) - 0.2, Math.log(evidence));
        Fit.Row deviation = fit.table().get(2);
        assertThat(deviation.name()).isEqualTo("deviation");
        assertThat(deviation.mean()).isCloseTo(mean, within(0.1 * deviation.standardDeviation()));
    }

    /** p(y | s) = N(y; 20, s² I + 20² + 10² x xᵀ). */
    private static double likelihood(double s) {
        double[] x = LinearRegression.X;
        double[] mean = new double[x.length];
        double[][] covariance = new double[x.length][x.length];
        for (int i = 0; i < x.length; i++) {
            mean[i] = 20;
            for (int j = 0; j < x.length; j++) {
                covariance[i][j] = 400 + 100 * x[i] * x[j] + (i == j ? s * s : 0);
            }
        }
        return new MultivariateNormalDistribution(mean, covariance).density(LinearRegression.Y);
    }
}
