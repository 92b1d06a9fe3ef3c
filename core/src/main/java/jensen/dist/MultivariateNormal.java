package jensen.dist;

import java.util.Optional;
import jensen.tensor.Tensor;

/**
 * The normal distribution with any covariance, N(μ, L Lᵀ).
 *
 * @param mean μ, {@code […, X]}
 * @param choleskyFactor L, lower-triangular with a positive diagonal, {@code […, X, X]} or broadcastable to it
 */
public record MultivariateNormal(Tensor mean, Tensor choleskyFactor) implements Reparameterised {
    /** @throws IllegalArgumentException if the factor is not square, of the mean's length */
    public MultivariateNormal {
        long n = mean.size(-1);
        if (choleskyFactor.rank() < 2 || choleskyFactor.size(-1) != n || choleskyFactor.size(-2) != n) {
            throw new IllegalArgumentException("choleskyFactor must be […, " + n + ", " + n + "] as the mean is […, "
                    + n + "], is " + java.util.Arrays.toString(choleskyFactor.shape()));
        }
    }

    /** A normal distribution in this form, whichever form it has; empty for other distributions. */
    public static Optional<MultivariateNormal> of(Distribution d) {
        if (d instanceof DiagonalNormal n) {
            Tensor deviations = n.standardDeviation().add(n.mean().zerosLike());
            return Optional.of(
                    new MultivariateNormal(n.mean(), deviations.unsqueeze(-1).mul(identity(n.mean()))));
        }
        if (d instanceof LowRankNormal n) {
            return Optional.of(new MultivariateNormal(n.mean(), n.covariance().cholesky()));
        }
        return d instanceof MultivariateNormal n ? Optional.of(n) : Optional.empty();
    }

    /** −½ [‖L⁻¹(x − μ)‖² + X log 2π] − Σ log L_ii. */
    @Override
    public Tensor logProb(Tensor x) {
        Tensor standardised = standardise(x.sub(mean));
        return standardised
                .square()
                .add(DiagonalNormal.LOG_TAU)
                .sum(-1)
                .mul(-0.5)
                .sub(logDeterminant());
    }

    /** z = μ + L ε. */
    @Override
    public Tensor reparameterise(Tensor noise) {
        return mean.add(product(choleskyFactor, noise));
    }

    /** √Σ_j L_ij². */
    @Override
    public Tensor standardDeviation() {
        return choleskyFactor.square().sum(-1).sqrt().add(mean.zerosLike());
    }

    @Override
    public MultivariateNormal detach() {
        return new MultivariateNormal(mean.detach(), choleskyFactor.detach());
    }

    /** KL(N(μ, L Lᵀ) ‖ N(m, P Pᵀ)) = ½ [‖P⁻¹L‖² + ‖P⁻¹(μ − m)‖² − X] + Σ log P_ii − Σ log L_ii. */
    static Tensor kl(MultivariateNormal q, MultivariateNormal p) {
        Tensor spread = p.choleskyFactor.solveLower(q.choleskyFactor).square().sum(-1, -2);
        Tensor distance = p.standardise(q.mean.sub(p.mean)).square().sum(-1);
        return spread.add(distance)
                .add(-Math.toIntExact(q.mean.size(-1)))
                .mul(0.5)
                .add(p.logDeterminant())
                .sub(q.logDeterminant());
    }

    /** L⁻¹ d. */
    private Tensor standardise(Tensor d) {
        return rows(choleskyFactor.solveLower(columns(choleskyFactor, d)), choleskyFactor, d);
    }

    /** Σ log L_ii, half the logarithm of the covariance's determinant. */
    Tensor logDeterminant() {
        return logDeterminant(choleskyFactor);
    }

    /** Σ log L_ii for triangular L {@code […, X, X]}. */
    static Tensor logDeterminant(Tensor triangular) {
        return triangular.mul(identity(triangular.select(-2, 0))).sum(-1).log().sum(-1);
    }

    /** A v for matrices A {@code […, Y, X]} and vectors v {@code [k, …, X]}. */
    static Tensor product(Tensor matrix, Tensor v) {
        return rows(matrix.matmul(columns(matrix, v)), matrix, v);
    }

    /** Vectors {@code [k, …, X]} as columns {@code [1, …, X, k]}, so that k draws share one matrix instead of copies of it. */
    private static Tensor columns(Tensor matrix, Tensor v) {
        Tensor column = v.unsqueeze(-1);
        return v.rank() >= matrix.rank() ? column.transpose(0, -1) : column;
    }

    private static Tensor rows(Tensor columns, Tensor matrix, Tensor v) {
        return (v.rank() >= matrix.rank() ? columns.transpose(0, -1) : columns).select(-1, 0);
    }

    /** The identity matrix {@code [X, X]} for vectors {@code […, X]}, of their type and on their device. */
    public static Tensor identity(Tensor like) {
        int n = Math.toIntExact(like.size(-1));
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++) {
            values[i * (n + 1)] = 1;
        }
        return Tensor.of(values, like.device(), n, n).to(like.dtype());
    }
}
