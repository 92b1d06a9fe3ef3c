package jensen.gradient;

import jensen.tensor.Tensor;

/**
 * Adds to the divergence a distance of q(z) from p(z): Ω = KL + λ MMD², the squared maximum mean discrepancy with the kernel
 * k(z, z′) = 2D/(2D + |z − z′|²), estimated without bias from the first draw of each datum and as many from the prior. A
 * batch of one has no pairs, and no estimate: its Ω is the divergence.
 *
 * @param factor λ, in nats
 * @see <a href="https://arxiv.org/abs/1706.02262">Zhao, Song and Ermon 2017, InfoVAE, arXiv 1706.02262, eq. 6</a>
 * @see <a href="https://arxiv.org/abs/1711.01558">the kernel: Tolstikhin, Bousquet, Gelly and Schölkopf 2017, arXiv
 *     1711.01558, §4</a>
 */
public record MeanDiscrepancy(double factor) implements BatchPenalty {
    /** @throws IllegalArgumentException if the factor is negative or not finite */
    public MeanDiscrepancy {
        KlWeight.requireNonNegative("factor", factor);
    }

    @Override
    public Tensor penalty(Sample sample) {
        Tensor z = sample.z().select(0, 0);
        int batch = Math.toIntExact(z.size(0));
        if (batch < 2) {
            return sample.terms().kl();
        }
        Tensor prior = sample.target().prior().sample(batch, sample.rng());
        return sample.terms().kl().add(squared(z, prior).mul(factor));
    }

    /**
     * The unbiased estimate of MMD² from as many draws of each of two distributions.
     *
     * @param a {@code [B, D]}
     * @param b {@code [B, D]}
     */
    static Tensor squared(Tensor a, Tensor b) {
        double n = a.size(0);
        // k(z, z) = 1, so that the pairs of a draw with itself add n to a sum
        Tensor within = kernel(a, a).sum().add(kernel(b, b).sum()).add(-2 * n).mul(1 / (n * (n - 1)));
        return within.sub(kernel(a, b).mean().mul(2));
    }

    private static Tensor kernel(Tensor a, Tensor b) {
        double scale = 2.0 * a.size(1);
        Tensor distance = a.unsqueeze(1).sub(b.unsqueeze(0)).square().sum(-1);
        return distance.mul(1 / scale).log1p().neg().exp();
    }

    @Override
    public String inWords(Objective objective) {
        return "the ELBO - " + factor + " times an estimate of MMD^2, a looser bound on log p(x) on average";
    }
}
