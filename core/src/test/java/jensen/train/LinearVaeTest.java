package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import jensen.bound.Elbo;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Family;
import jensen.net.Initialiser;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.tensor.DType;
import jensen.tensor.Device;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;

/**
 * With affine networks and one shared variance, the best ELBO is the maximum likelihood of probabilistic PCA, and the ELBO
 * prefers the rotation in which the decoder's columns are orthogonal (Lucas et al. 2019, arXiv 1911.02469).
 */
class LinearVaeTest {
    private static final int LATENT = 3;
    private static final int N = 200;
    private static final int D = Examples.PIXELS;
    private static final int STEPS = 6_000;

    private final Dataset data = Examples.digits();

    @Test
    void theTrainedElboIsTheMaximumLikelihoodOfProbabilisticPca() {
        Training t = new Training(
                Examples.model(LATENT, List.of(), new Family.NormalShared()),
                Examples.guide(LATENT, List.of()),
                new Objective(Elbo.analytic(), new Pathwise(), 4),
                Adam.standard(),
                new Schedule.Cosine(6e-2, 0, STEPS),
                KlWeight.ONE,
                0,
                new Encoding.AsStored(),
                N,
                1,
                Initialiser.GLOROT,
                3);
        try (Run run = new Run(t, data, t.theta(DType.FLOAT64, Device.CPU), t.phi(DType.FLOAT64, Device.CPU), 1)) {
            for (int i = 0; i < STEPS; i++) {
                run.next();
            }
            double[] w = run.theta().get("likelihood.net.0.weight").toDoubles();
            double maximum = maximumLikelihood();
            double elbo = elbo(run, w);
            assertThat(elbo).isLessThan(maximum + 1e-9).isCloseTo(maximum, within(1e-3));
            for (int a = 0; a < LATENT; a++) {
                for (int b = 0; b < a; b++) {
                    assertThat(Math.abs(dot(w, a, b)) / Math.sqrt(dot(w, a, a) * dot(w, b, b)))
                            .as("cosine of columns %d and %d, ELBO %s below the maximum", a, b, maximum - elbo)
                            .isLessThan(0.04);
                }
            }
        }
    }

    /** Mean log-likelihood of probabilistic PCA at its maximum (Tipping and Bishop 1999, eq. 3). */
    private double maximumLikelihood() {
        RealMatrix covariance = new Covariance(new Array2DRowRealMatrix(rows()), false).getCovarianceMatrix();
        double[] eigenvalues = new EigenDecomposition(covariance).getRealEigenvalues(); // descending
        double discarded = 0;
        double logs = 0;
        for (int i = 0; i < D; i++) {
            if (i < LATENT) {
                logs += Math.log(eigenvalues[i]);
            } else {
                discarded += eigenvalues[i];
            }
        }
        double variance = discarded / (D - LATENT);
        return -0.5 * (D * Math.log(2 * Math.PI) + logs + (D - LATENT) * Math.log(variance) + D);
    }

    /** The mean ELBO in closed form: every expectation under a normal q of a linear model is one. */
    private double elbo(Run run, double[] w) {
        double[] offset = run.theta().get("likelihood.net.0.bias").toDoubles();
        double logVariance = run.theta().get("likelihood.family.logVariance").item();
        double[] v = run.phi().get("encoder.net.0.weight").toDoubles();
        double[] c = run.phi().get("encoder.net.0.bias").toDoubles();
        double total = 0;
        for (double[] x : rows()) {
            double[] q = new double[2 * LATENT];
            for (int j = 0; j < q.length; j++) {
                q[j] = c[j];
                for (int i = 0; i < D; i++) {
                    q[j] += v[j * D + i] * x[i];
                }
            }
            double error = 0;
            for (int i = 0; i < D; i++) {
                double residual = x[i] - offset[i];
                for (int j = 0; j < LATENT; j++) {
                    residual -= w[i * LATENT + j] * q[j];
                }
                error += residual * residual;
            }
            double kl = 0;
            for (int j = 0; j < LATENT; j++) {
                double s = Math.exp(q[LATENT + j]);
                error += dot(w, j, j) * s;
                kl += 0.5 * (s + q[j] * q[j] - 1 - q[LATENT + j]);
            }
            total += -0.5 * (D * (Math.log(2 * Math.PI) + logVariance) + error / Math.exp(logVariance)) - kl;
        }
        return total / N;
    }

    private static double dot(double[] w, int a, int b) {
        double sum = 0;
        for (int i = 0; i < D; i++) {
            sum += w[i * LATENT + a] * w[i * LATENT + b];
        }
        return sum;
    }

    private double[][] rows() {
        double[][] rows = new double[N][D];
        float[] row = new float[D];
        for (int r = 0; r < N; r++) {
            data.copyRow(r, row, 0);
            for (int i = 0; i < D; i++) {
                rows[r][i] = row[i];
            }
        }
        return rows;
    }
}
