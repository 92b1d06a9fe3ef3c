package jensen.gradient;

import jensen.dist.Kl;
import jensen.tensor.Tensor;

/**
 * Free bits: Ω = Σ_j max(λ, KL_j) with each latent dimension's divergence averaged over the batch, so that up to λ nats of each
 * cost nothing. A bound on log p(x), since Ω ≥ KL.
 *
 * @param nats λ
 * @see <a href="https://arxiv.org/abs/1606.04934">Kingma et al. 2016, arXiv 1606.04934, eq. 15</a>
 */
public record FreeBits(double nats) implements BatchPenalty {
    /** @throws IllegalArgumentException if {@code nats} is negative or not finite */
    public FreeBits {
        KlWeight.requireNonNegative("nats", nats);
    }

    /** @throws IllegalArgumentException if the divergence is not a sum over latent dimensions */
    @Override
    public Tensor penalty(Sample sample) {
        return Kl.closedFormPerDimension(sample.q(), sample.target().prior())
                .orElseThrow(() -> new IllegalArgumentException(
                        "free bits need a KL in closed form for each latent dimension, which this posterior and prior have"
                                + " not"))
                .mean(0)
                .clamp(nats, Double.POSITIVE_INFINITY)
                .sum();
    }

    @Override
    public String inWords(Objective objective) {
        return "E_q[log p(x|z)] - sum of max(" + nats + ", KL of a latent dimension), a looser bound on log p(x)";
    }
}
