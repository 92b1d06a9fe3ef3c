package jensen.bound;

import jensen.tensor.Tensor;

/**
 * The importance-weighted bound of all draws for θ, and the mean of M such bounds of K/M draws, which is easier to climb, for
 * φ.
 *
 * @param groups M
 * @see <a href="https://arxiv.org/abs/1802.04537">Rainforth et al. 2018, arXiv 1802.04537, §6</a>
 */
public record Piwae(int groups) implements Bound {
    /** @throws IllegalArgumentException if M is not positive */
    public Piwae {
        if (groups < 1) {
            throw new IllegalArgumentException("groups must be ≥ 1, was " + groups);
        }
    }

    @Override
    public String name() {
        return "piwae:" + groups;
    }

    @Override
    public Miwae forPhi() {
        return new Miwae(groups);
    }

    @Override
    public void check(int samples) {
        forPhi().check(samples);
    }

    @Override
    public Tensor of(Tensor logWeights) {
        return new ImportanceWeighted().of(logWeights);
    }

    @Override
    public Tensor weight(Tensor logWeights) {
        return new ImportanceWeighted().weight(logWeights);
    }

    @Override
    public Tensor slope(Tensor logWeights) {
        return new ImportanceWeighted().slope(logWeights);
    }

    @Override
    public boolean constantWeight(int samples) {
        return new ImportanceWeighted().constantWeight(samples);
    }
}
