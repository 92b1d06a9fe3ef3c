package jensen.gradient;

import java.util.Optional;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.tensor.Generator;

/**
 * The pathwise gradient without the score of q: Σ_k ω_k (∂log w_k/∂z_k) (dz_k/dφ). What is left out has mean zero where ω is
 * constant, and then the estimate of an ELBO has no variance at all at the exact posterior; on other bounds it would be
 * biased.
 *
 * @see <a href="https://arxiv.org/abs/1703.09194">Roeder, Wu and Duvenaud 2017, arXiv 1703.09194, eq. 8</a>
 */
public record StickTheLanding() implements GradientEstimator {
    @Override
    public String name() {
        return "stl";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        return Pathwise.differentiated(bound, withoutScore(target, samples, rng).weighted(klWeight));
    }

    /** log w of draws through which gradients flow, with the parameters of the density that divides as constants. */
    static LogWeights withoutScore(Target target, int samples, Generator rng) {
        Distribution q = target.posterior();
        Draw draw = Pathwise.through(target, q, samples, rng);
        return target.logWeights(Draw.of(draw.z()), q.detach());
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        if (bound.equals(Elbo.analytic())) {
            return new Verdict.Refused("needs the divergence from the draws, as in elbo-sampled");
        }
        return bound.forPhi().constantWeight(samples)
                ? new Verdict.Unbiased()
                : new Verdict.Refused("is biased, since the draws differ in weight");
    }

    @Override
    public Optional<String> refuses(Family q, int event) {
        return Pathwise.refusesDiscrete(q);
    }
}
