package jensen.bound;

import jensen.tensor.Tensor;

/**
 * The variational Rényi bound, 1/(1 − α) log 1/K Σ_k w_k^(1 − α); the importance-weighted bound at α = 0, the ELBO as
 * α → 1.
 *
 * <p>It falls as α rises and, being the logarithm of a power mean of the weights, never exceeds their importance-weighted
 * bound: it is a lower bound on log p(x) for every number of draws.
 *
 * @param alpha α ≥ 0, other than 1; below 0 the bound would be an upper one
 * @see <a href="https://arxiv.org/abs/1602.02311">Li and Turner 2016, arXiv 1602.02311, eqs. 10 and 15</a>
 */
public record Renyi(double alpha) implements Bound {
    private static final double FINITE = Float.MAX_VALUE;

    /** @throws IllegalArgumentException if α is 1, negative or not finite */
    public Renyi {
        if (alpha == 1) {
            throw new IllegalArgumentException("alpha must not be 1, where the bound is the ELBO: use elbo");
        }
        if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "alpha must be ≥ 0 and finite for a lower bound on log p(x), was " + alpha);
        }
    }

    @Override
    public String name() {
        return "renyi:" + alpha;
    }

    @Override
    public Tensor of(Tensor logWeights) {
        // of the largest power, so that those of the others are 1 less something: as α → 1 all are close to 1
        Tensor top = (alpha < 1 ? logWeights.max(0) : logWeights.neg().max(0).neg())
                .detach()
                .clamp(-FINITE, FINITE); // where all weights are 0, or one under α > 1, the bound is −∞
        Tensor powers = power(logWeights.sub(top)).expm1().mean(0);
        return top.add(powers.log1p().mul(1 / (1 - alpha)));
    }

    /** w_k^(1 − α) / Σ_j w_j^(1 − α). */
    @Override
    public Tensor weight(Tensor logWeights) {
        return new ImportanceWeighted().weight(power(logWeights));
    }

    /** (1 − α) ω (1 − ω). */
    @Override
    public Tensor slope(Tensor logWeights) {
        return new ImportanceWeighted().slope(power(logWeights)).mul(1 - alpha);
    }

    @Override
    public boolean constantWeight(int samples) {
        return samples == 1;
    }

    private Tensor power(Tensor logWeights) {
        return logWeights.mul(1 - alpha);
    }
}
