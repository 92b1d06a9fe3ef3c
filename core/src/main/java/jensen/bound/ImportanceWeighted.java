package jensen.bound;

import jensen.tensor.Tensor;

/**
 * The K-sample importance-weighted bound, log 1/K Σ_k w_k; the ELBO at K = 1, log p(x) as K → ∞.
 *
 * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, eq. 8</a>
 */
public record ImportanceWeighted() implements Bound {
    @Override
    public String name() {
        return "iw";
    }

    @Override
    public Tensor of(Tensor logWeights) {
        return logWeights.logSumExp(0).add(-Math.log((double) logWeights.size(0)));
    }

    /** w_k / Σ_j w_j. */
    @Override
    public Tensor weight(Tensor logWeights) {
        return logWeights.detach().softmax(0);
    }

    /** ω (1 − ω). */
    @Override
    public Tensor slope(Tensor logWeights) {
        Tensor omega = weight(logWeights);
        return omega.sub(omega.square());
    }

    @Override
    public boolean constantWeight(int samples) {
        return samples == 1;
    }
}
