package jensen.gradient;

import jensen.bound.Bound;
import jensen.bound.Elbo;

/**
 * What is climbed and how.
 *
 * @param bound what is maximised
 * @param gradient how its gradient is estimated
 * @param samples K, the draws of z for each datum
 */
public record Objective(Bound bound, GradientEstimator gradient, int samples) {
    /** @throws IllegalArgumentException if {@code samples} is not positive, or the estimator does not serve the bound */
    public Objective {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be ≥ 1, was " + samples);
        }
        if (gradient.serves(bound, samples) instanceof Verdict.Refused refused) {
            throw new IllegalArgumentException(gradient + " for " + bound + " of " + samples + " draws "
                    + refused.reason() + ": use " + new Pathwise());
        }
    }

    /** The paper's: the ELBO with its divergence in closed form, one draw for each datum. */
    public static Objective elbo() {
        return new Objective(Elbo.analytic(), new Pathwise(), 1);
    }
}
