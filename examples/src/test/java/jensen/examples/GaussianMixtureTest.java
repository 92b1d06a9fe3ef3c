package jensen.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import jensen.infer.Fit;
import jensen.infer.Inference;
import jensen.tensor.Generator;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

/** Against the likeliest mixture, found by expectation-maximisation (Dempster, Laird and Rubin 1977). */
class GaussianMixtureTest {
    @Test
    void partsAreThoseOfTheLikeliestMixture() {
        double[] x = GaussianMixture.data(200, Generator.of(1).split("data"));
        double[] likeliest = expectationMaximisation(x);
        Fit fit = Inference.fullRank().fit(GaussianMixture.posterior(x), Generator.of(1));
        assertThat(fit.converged()).isTrue();
        List<Fit.Row> rows = fit.table();
        assertThat(rows)
                .extracting(Fit.Row::name)
                .containsExactly(
                        "proportion[0]", "proportion[1]", "mean[0]", "mean[1]", "deviation[0]", "deviation[1]");
        for (int i = 0; i < rows.size(); i++) {
            // with 200 data the prior, and the skew of what is positive, move the mean by a fraction of its deviation
            assertThat(rows.get(i).mean())
                    .as(rows.get(i).name())
                    .isCloseTo(likeliest[i], within(0.75 * rows.get(i).standardDeviation()));
        }
        // the deviation of the mean of n numbers of deviation s is s/√n where parts do not overlap, and more where they
        // do
        double alone = likeliest[5] / Math.sqrt(200 * likeliest[1]);
        assertThat(rows.get(3).standardDeviation()).isBetween(alone, 1.6 * alone);
    }

    /** Proportions, means and deviations. */
    private static double[] expectationMaximisation(double[] x) {
        double[] w = {0.5, 0.5, -1, 1, 1, 1};
        for (int round = 0; round < 500; round++) {
            double[][] sums = new double[2][3];
            for (double v : x) {
                double first = w[0] * new NormalDistribution(null, w[2], w[4]).density(v);
                double second = w[1] * new NormalDistribution(null, w[3], w[5]).density(v);
                for (int part = 0; part < 2; part++) {
                    double share = (part == 0 ? first : second) / (first + second);
                    sums[part][0] += share;
                    sums[part][1] += share * v;
                    sums[part][2] += share * v * v;
                }
            }
            for (int part = 0; part < 2; part++) {
                double mean = sums[part][1] / sums[part][0];
                w[part] = sums[part][0] / x.length;
                w[2 + part] = mean;
                w[4 + part] = Math.sqrt(sums[part][2] / sums[part][0] - mean * mean);
            }
        }
        return w;
    }
}
