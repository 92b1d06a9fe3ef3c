package jensen.evaluate;

import java.util.Arrays;
import java.util.Optional;
import jensen.data.Dataset;

/**
 * Which latent dimensions tell something of the data.
 *
 * @param kl the mean over the data of each dimension's share of KL(q(z|x) ‖ p(z)), in nats
 * @param variance of the mean of q(z|x) over the data, by dimension
 * @param activeUnits the dimensions in use, as {@link Codes#activeUnits} counts them
 * @param linear what theory says of a linear-Gaussian model
 */
public record Collapse(double[] kl, double[] variance, int activeUnits, Optional<Linear> linear) {
    /**
     * The eigenvalues of the data's covariance beside the model's noise: at the maximum of likelihood and bound a dimension
     * collapses where its eigenvalue is at most σ².
     *
     * @param eigenvalues the largest, as many as there are latent dimensions
     * @param noiseVariance σ²
     * @param collapsed how many are at most σ²
     * @see <a href="https://arxiv.org/abs/1911.02469">Lucas, Tucker, Grosse and Norouzi 2019, arXiv 1911.02469</a>
     */
    public record Linear(double[] eigenvalues, double noiseVariance, int collapsed) {}

    /**
     * Looks.
     *
     * @throws IllegalArgumentException if KL(q ‖ p) has no closed form by dimension
     */
    public static Collapse of(Evaluator evaluator, Dataset data, int[] rows) {
        Codes codes = evaluator.codes(data, rows);
        double[] kl = codes.klPerDimension()
                .orElseThrow(() -> new IllegalArgumentException(
                        "q must be normal with independent components and p(z) standard normal, or both discrete"));
        Optional<Linear> linear = LinearGaussian.of(evaluator.model(), evaluator.theta())
                .map(model -> {
                    PrincipalComponents axes = PrincipalComponents.of(
                            data, evaluator.encoding(), evaluator.rng().split("encode"));
                    int k = Math.min(model.latent(), axes.eigenvalues().length);
                    return new Linear(
                            Arrays.copyOf(axes.eigenvalues(), k),
                            model.noiseVariance(),
                            axes.collapsed(k, model.noiseVariance()));
                });
        return new Collapse(kl, codes.variances(), codes.activeUnits(), linear);
    }
}
