package jensen.dist;

import jensen.tensor.Tensor;

/**
 * The normal distribution whose covariance is a diagonal and a matrix of low rank, N(μ, diag σ² + F Fᵀ): R directions of
 * correlation at a cost linear in X.
 *
 * @param mean μ, {@code […, X]}
 * @param logVariance log σ² of the diagonal part, {@code […, X]} or broadcastable to it
 * @param factor F, {@code […, X, R]} or broadcastable to it
 * @see <a href="https://arxiv.org/abs/1401.4082">Rezende, Mohamed and Wierstra 2014, arXiv 1401.4082, §4.3, for R = 1</a>
 */
public record LowRankNormal(Tensor mean, Tensor logVariance, Tensor factor) implements Reparameterised {
    /** @throws IllegalArgumentException if the factor has not as many rows as the mean has elements */
    public LowRankNormal {
        long n = mean.size(-1);
        if (factor.rank() < 2 || factor.size(-2) != n) {
            throw new IllegalArgumentException("factor must be […, " + n + ", R] as the mean is […, " + n + "], is "
                    + java.util.Arrays.toString(factor.shape()));
        }
    }

    /**
     * −½ [dᵀ (I + G Gᵀ)⁻¹ d + Σ log σ² + X log 2π] − ½ log|C|, with d = (x − μ)/σ, G = F/σ and the R × R matrix C = I + Gᵀ G.
     *
     * <p>By Woodbury's identity the quadratic form is ‖d − G w‖² + ‖w‖² at w = C⁻¹ Gᵀ d. It is formed as these squares: the
     * difference ‖d‖² − dᵀ G w loses its digits where the diagonal part is small.
     */
    @Override
    public Tensor logProb(Tensor x) {
        Tensor g = scaledFactor();
        Tensor root = inverseRoot(g);
        Tensor solve = root.transpose(-1, -2).matmul(root).matmul(g.transpose(-1, -2));
        Tensor d = x.sub(mean).mul(logVariance.mul(-0.5).exp());
        Tensor w = MultivariateNormal.product(solve, d);
        Tensor rest = d.sub(MultivariateNormal.product(g, w));
        return rest.square()
                .add(logVariance)
                .add(DiagonalNormal.LOG_TAU)
                .sum(-1)
                .add(w.square().sum(-1))
                .mul(-0.5)
                .add(MultivariateNormal.logDeterminant(root));
    }

    /** z = μ + σ ε₁ + F ε₂, with ε₁ the first X elements of the noise and ε₂ the other R. */
    @Override
    public Tensor reparameterise(Tensor noise) {
        long n = mean.size(-1);
        Tensor own = logVariance.mul(0.5).exp().mul(noise.narrow(-1, 0, n));
        return mean.add(own).add(MultivariateNormal.product(factor, noise.narrow(-1, n, factor.size(-1))));
    }

    @Override
    public long noiseLength() {
        return mean.size(-1) + factor.size(-1);
    }

    /** √(σ² + Σ_r F_ir²). */
    @Override
    public Tensor standardDeviation() {
        return logVariance.exp().add(factor.square().sum(-1)).sqrt().add(mean.zerosLike());
    }

    @Override
    public LowRankNormal detach() {
        return new LowRankNormal(mean.detach(), logVariance.detach(), factor.detach());
    }

    /** diag σ² + F Fᵀ, {@code […, X, X]}. */
    Tensor covariance() {
        Tensor diagonal = logVariance.exp().add(mean.zerosLike()).unsqueeze(-1).mul(MultivariateNormal.identity(mean));
        return factor.matmul(factor.transpose(-1, -2)).add(diagonal);
    }

    /** ½ log|diag σ² + F Fᵀ| = ½ Σ log σ² + ½ log|C|. */
    Tensor logDeterminant() {
        Tensor diagonal = logVariance.add(mean.zerosLike()).sum(-1).mul(0.5);
        return diagonal.sub(MultivariateNormal.logDeterminant(inverseRoot(scaledFactor())));
    }

    /** G = F/σ. */
    private Tensor scaledFactor() {
        return factor.mul(logVariance.mul(-0.5).exp().unsqueeze(-1));
    }

    /** The inverse of C's triangular root, {@code […, R, R]}. */
    private static Tensor inverseRoot(Tensor g) {
        Tensor one = MultivariateNormal.identity(g.select(-2, 0));
        return g.transpose(-1, -2).matmul(g).add(one).cholesky().solveLower(one);
    }
}
