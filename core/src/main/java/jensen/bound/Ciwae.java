package jensen.bound;

import jensen.tensor.Tensor;

/**
 * β times the ELBO and 1 − β times the importance-weighted bound, of the same draws.
 *
 * @param beta β, from 0 to 1
 * @see <a href="https://arxiv.org/abs/1802.04537">Rainforth et al. 2018, arXiv 1802.04537, §6</a>
 */
public record Ciwae(double beta) implements Bound {
    /** @throws IllegalArgumentException if β is not from 0 to 1 */
    public Ciwae {
        if (!(beta >= 0 && beta <= 1)) {
            throw new IllegalArgumentException("beta must be from 0 to 1, was " + beta);
        }
    }

    @Override
    public String name() {
        return "ciwae:" + beta;
    }

    @Override
    public Tensor of(Tensor logWeights) {
        return mix(Elbo.sampled().of(logWeights), new ImportanceWeighted().of(logWeights));
    }

    @Override
    public Tensor weight(Tensor logWeights) {
        return mix(Elbo.sampled().weight(logWeights), new ImportanceWeighted().weight(logWeights));
    }

    @Override
    public Tensor slope(Tensor logWeights) {
        return mix(Elbo.sampled().slope(logWeights), new ImportanceWeighted().slope(logWeights));
    }

    @Override
    public boolean constantWeight(int samples) {
        return samples == 1 || beta == 1;
    }

    private Tensor mix(Tensor elbo, Tensor importanceWeighted) {
        return elbo.mul(beta).add(importanceWeighted.mul(1 - beta));
    }
}
