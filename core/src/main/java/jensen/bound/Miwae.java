package jensen.bound;

import jensen.tensor.Tensor;

/**
 * The mean of M importance-weighted bounds of K/M draws each: 1/M Σ_m log M/K Σ_k w_mk; the ELBO where M = K, the bound of all
 * draws where M = 1.
 *
 * @param groups M; the draws k, k + M, k + 2M … are a group
 * @see <a href="https://arxiv.org/abs/1802.04537">Rainforth et al. 2018, arXiv 1802.04537, eq. 15</a>
 */
public record Miwae(int groups) implements Bound {
    /** @throws IllegalArgumentException if M is not positive */
    public Miwae {
        if (groups < 1) {
            throw new IllegalArgumentException("groups must be ≥ 1, was " + groups);
        }
    }

    @Override
    public String name() {
        return "miwae:" + groups;
    }

    @Override
    public void check(int samples) {
        Bound.super.check(samples);
        if (samples % groups != 0) {
            throw new IllegalArgumentException(
                    "samples must be a multiple of the bound's " + groups + " groups, was " + samples);
        }
    }

    @Override
    public Tensor of(Tensor logWeights) {
        return new ImportanceWeighted().of(grouped(logWeights)).mean(0);
    }

    /** 1/M of the weight within the group. */
    @Override
    public Tensor weight(Tensor logWeights) {
        return new ImportanceWeighted()
                .weight(grouped(logWeights))
                .mul(1.0 / groups)
                .reshape(logWeights.shape());
    }

    /** 1/M of the slope within the group. */
    @Override
    public Tensor slope(Tensor logWeights) {
        return new ImportanceWeighted()
                .slope(grouped(logWeights))
                .mul(1.0 / groups)
                .reshape(logWeights.shape());
    }

    @Override
    public boolean constantWeight(int samples) {
        return samples == groups;
    }

    /** {@code [K, …]} as {@code [K/M, M, …]}. */
    private Tensor grouped(Tensor logWeights) {
        long[] shape = logWeights.shape();
        long[] grouped = new long[shape.length + 1];
        grouped[0] = shape[0] / groups;
        grouped[1] = groups;
        System.arraycopy(shape, 1, grouped, 2, shape.length - 1);
        return logWeights.reshape(grouped);
    }
}
