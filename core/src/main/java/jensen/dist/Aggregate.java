package jensen.dist;

import jensen.tensor.Tensor;

/**
 * The aggregate posterior q(z) = Σ_m W_m q(z|x_m) of some data whose q(z|x) are normal with independent components; each z can
 * have weights of its own.
 *
 * @param q q(z|x_m), events {@code [D]} under {@code [M]}
 * @param logWeights log W, {@code […, M]}, or broadcastable to it, where the z have shape {@code […, D]}
 */
public record Aggregate(DiagonalNormal q, Tensor logWeights) {
    /**
     * log q(z) − Σ_j log q(z_j), whose mean over q(z) is the total correlation of z.
     *
     * @param z {@code […, D]}
     * @return {@code […]}, in nats
     * @see <a href="https://arxiv.org/abs/1802.04942">Chen, Li, Grosse and Duvenaud 2018, arXiv 1802.04942, eq. 2</a>
     */
    public Tensor totalCorrelation(Tensor z) {
        Tensor each = new DiagonalNormal(q.mean().unsqueeze(-1), q.logVariance().unsqueeze(-1))
                .logProb(z.unsqueeze(-2).unsqueeze(-1));
        Tensor joint = each.sum(-1).add(logWeights).logSumExp(-1);
        Tensor marginals = each.add(logWeights.unsqueeze(-1)).logSumExp(-2).sum(-1);
        return joint.sub(marginals);
    }
}
