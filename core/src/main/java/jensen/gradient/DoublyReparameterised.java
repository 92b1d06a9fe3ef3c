package jensen.gradient;

import java.util.Optional;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * The pathwise gradient with the score of q reparameterised once more: for φ, Σ_k (ω_k − c ∂ω_k/∂log w_k)
 * (∂log w_k/∂z_k) (dz_k/dφ), where c is the weight of the divergence, 1 for a bound; for θ, the pathwise one.
 *
 * <p>For the importance-weighted bound the coefficient is ω², and the signal-to-noise ratio of φ's gradient grows as √K
 * where that of the pathwise one falls as 1/√K. For an ELBO it is {@link StickTheLanding}.
 *
 * @see <a href="https://arxiv.org/abs/1810.04152">Tucker et al. 2018, arXiv 1810.04152, eq. 8</a>
 */
public record DoublyReparameterised() implements GradientEstimator {
    @Override
    public String name() {
        return "dreg";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        LogWeights w = StickTheLanding.withoutScore(target, samples, rng).weighted(klWeight);
        Tensor value = bound.value(w);
        Tensor logWeights = w.total();
        Tensor slope = bound.forPhi().slope(logWeights).mul(klWeight);
        Tensor coefficient = bound.forPhi().weight(logWeights).sub(slope);
        return new Estimate(value, value, coefficient.mul(logWeights).sum(0), w);
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        return bound.equals(Elbo.analytic())
                ? new Verdict.Refused("needs the divergence from the draws, as in elbo-sampled")
                : new Verdict.Unbiased();
    }

    @Override
    public Optional<String> refuses(Family q, int event) {
        return Pathwise.refusesDiscrete(q);
    }
}
