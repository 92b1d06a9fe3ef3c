package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Independent variables on [0, 1] with density ∝ λˣ (1 − λ)¹⁻ˣ, λ = σ(logit): the proper likelihood of grey values where
 * the Bernoulli's is not one.
 *
 * @param logits log(λ / (1 − λ)), {@code […, X]}
 * @see <a href="https://arxiv.org/abs/1907.06845">Loaiza-Ganem and Cunningham 2019, arXiv 1907.06845</a>
 */
public record ContinuousBernoulli(Tensor logits) implements Distribution {
    /** Below this |logit|, series replace quotients that tend to 0/0; their error there is under 1e-12. */
    private static final double SMALL = 0.1;

    /**
     * Σ x·l − log(1 + eˡ) + log C(l), with the normalising constant C = l / tanh(l/2).
     *
     * <p>This is the paper's 2 artanh(1 − 2λ)/(1 − 2λ) rewritten in l = logit λ.
     */
    @Override
    public Tensor logProb(Tensor x) {
        return x.mul(logits).sub(logits.softplus()).add(logNormaliser()).sum(-1);
    }

    private Tensor logNormaliser() {
        Tensor small = logits.abs().lessThan(SMALL);
        Tensor far = awayFromZero(small).abs();
        // log(l / tanh(l/2)) = log l + log(1 + e⁻ˡ) − log(1 − e⁻ˡ) for l > 0, and even in l
        Tensor decay = far.neg();
        Tensor quotient =
                far.log().add(decay.exp().log1p()).sub(decay.expm1().neg().log());
        Tensor square = logits.square();
        Tensor series = square.mul(31.0 / 90720)
                .add(-7.0 / 1440)
                .mul(square)
                .add(1.0 / 12)
                .mul(square)
                .add(Math.log(2));
        return series.where(small, quotient);
    }

    /** The logits with 1 where they are small, so that the branch not taken has finite gradients. */
    private Tensor awayFromZero(Tensor small) {
        return logits.zerosLike().add(1).where(small, logits);
    }

    /**
     * 1/(1 − e⁻ˡ) − 1/l.
     *
     * <p>Computed as ½ + ½/tanh(l/2) − 1/l, whose parts and their derivatives stay finite for all l.
     */
    @Override
    public Tensor mean() {
        Tensor small = logits.abs().lessThan(SMALL);
        Tensor far = awayFromZero(small);
        Tensor one = logits.zerosLike().add(1);
        Tensor quotient = one.div(far.mul(0.5).tanh()).mul(0.5).add(0.5).sub(one.div(far));
        Tensor square = logits.square();
        Tensor series = square.mul(1.0 / 30240)
                .add(-1.0 / 720)
                .mul(square)
                .add(1.0 / 12)
                .mul(logits)
                .add(0.5);
        return series.where(small, quotient);
    }

    /** By the inverse distribution function, x = 1 + log(u + (1 − u) e⁻ˡ)/l for l > 0, mirrored for l < 0. */
    @Override
    public Tensor sample(int k, Generator rng) {
        Tensor l = logits.detach();
        Tensor u = rng.uniform(l.dtype(), l.device(), Shapes.prepend(k, l.shape()));
        Tensor small = l.abs().lessThan(1e-3);
        Tensor size = l.zerosLike().add(1).where(small, l.abs());
        Tensor inverse =
                u.add(u.neg().add(1).mul(size.neg().exp())).log().div(size).add(1);
        Tensor mirrored = inverse.neg().add(1).where(l.lessThan(0), inverse);
        Tensor almostUniform = u.add(u.mul(u.neg().add(1)).mul(l).mul(0.5));
        return almostUniform.where(small, mirrored).clamp(0, 1);
    }

    @Override
    public ContinuousBernoulli detach() {
        return new ContinuousBernoulli(logits.detach());
    }
}
