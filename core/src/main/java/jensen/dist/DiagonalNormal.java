package jensen.dist;

import jensen.tensor.Tensor;

/**
 * The normal distribution with independent components, N(μ, diag σ²).
 *
 * @param mean μ, {@code […, X]}
 * @param logVariance log σ², {@code […, X]} or broadcastable to it
 */
public record DiagonalNormal(Tensor mean, Tensor logVariance) implements Reparameterised {
    /** log 2π */
    static final double LOG_TAU = Math.log(2 * Math.PI);

    /** The standard normal with events of the shape of {@code like}. */
    public static DiagonalNormal standardLike(Tensor like) {
        Tensor zero = like.zerosLike();
        return new DiagonalNormal(zero, zero);
    }

    /** −½ Σ [(x − μ)²/σ² + log σ² + log 2π]. */
    @Override
    public Tensor logProb(Tensor x) {
        Tensor standardised = standardise(x);
        Tensor constants = logVariance.add(LOG_TAU);
        // one variance may stand for all elements
        boolean single = constants.rank() == 0 || constants.size(-1) < standardised.size(-1);
        Tensor constant = single ? constants.add(standardised.zerosLike()).sum(-1) : constants.sum(-1);
        return standardised.square().sum(-1).add(constant).mul(-0.5);
    }

    /**
     * log p of each value under each of a list of distributions: the squares of (x − μ)/σ multiplied out, so that all pairs are
     * a product of matrices. Positions are taken from the middle of the means: what cancels is then no larger than their
     * spread.
     *
     * @param x {@code […, X]}; this distribution has parameters {@code [M, X]}
     * @return {@code […, M]}
     */
    Tensor logProbOfPairs(Tensor x) {
        Tensor middle = mean.mean(0).detach();
        Tensor at = x.sub(middle);
        Tensor centre = mean.sub(middle);
        Tensor precision = logVariance.neg().exp().add(mean.zerosLike());
        Tensor constant = centre.square()
                .mul(precision)
                .add(logVariance)
                .add(LOG_TAU)
                .sum(-1)
                .mul(-0.5);
        return at.square()
                .matmul(precision.mul(-0.5).transpose(0, 1))
                .add(at.matmul(centre.mul(precision).transpose(0, 1)))
                .add(constant);
    }

    /** (x − μ)/σ; a product with 1/σ, as the derivative of a quotient by σ² overflows long before the density does. */
    Tensor standardise(Tensor x) {
        return x.sub(mean).mul(logVariance.mul(-0.5).exp());
    }

    /** z = μ + σ ε. */
    @Override
    public Tensor reparameterise(Tensor noise) {
        return mean.addProduct(standardDeviation(), noise, 1);
    }

    @Override
    public Tensor standardDeviation() {
        return logVariance.mul(0.5).exp();
    }

    @Override
    public DiagonalNormal detach() {
        return new DiagonalNormal(mean.detach(), logVariance.detach());
    }
}
