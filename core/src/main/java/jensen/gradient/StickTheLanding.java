package jensen.gradient;

import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * The pathwise gradient without the score of q: Σ_k ω_k (∂log w_k/∂z_k) (dz_k/dφ). What is left out has mean zero where ω is
 * constant, and then the estimate of an ELBO has no variance at all at the exact posterior; on other bounds it would be
 * biased.
 *
 * @see <a href="https://arxiv.org/abs/1703.09194">Roeder, Wu and Duvenaud 2017, arXiv 1703.09194, eq. 8</a>
 */
public record StickTheLanding() implements GradientEstimator {
    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        LogWeights w = withoutScore(target, samples, rng).weighted(klWeight);
        Tensor value = bound.value(w);
        return new Estimate(value, value, value, w);
    }

    /** log w of draws through which gradients flow, with the parameters of the density that divides as constants. */
    static LogWeights withoutScore(Target target, int samples, Generator rng) {
        Distribution q = target.posterior();
        return target.logWeights(Draw.of(target.draw(q, samples, rng).z()), q.detach());
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        if (bound instanceof Elbo elbo && elbo.kl() == Elbo.KlForm.ANALYTIC) {
            return new Verdict.Refused("needs the divergence as a mean over draws, not in closed form");
        }
        return bound.constantWeight(samples)
                ? new Verdict.Unbiased()
                : new Verdict.Refused("is biased, since the draws' weights differ");
    }
}
