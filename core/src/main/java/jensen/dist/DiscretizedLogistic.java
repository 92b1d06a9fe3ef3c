package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Independent 8-bit pixels: a logistic distribution rounded to 0 … 255, the end values taking the tails.
 *
 * @param location the centre, in grey levels, {@code […, X]}
 * @param logScale the logarithm of the logistic's scale, in grey levels, {@code […, X]} or broadcastable to it
 * @see <a href="https://arxiv.org/abs/1606.04934">Kingma et al. 2016, arXiv 1606.04934, §6.2</a>
 */
public record DiscretizedLogistic(Tensor location, Tensor logScale) implements Distribution {
    /** The largest value. */
    public static final int MAX = 255;

    /**
     * log [σ(a) − σ(b)] with a, b = (x ± ½ − m)/s; b = −∞ at x = 0, a = ∞ at x = 255.
     *
     * <p>The difference is computed as σ(a) σ(−b) (1 − e⁻¹ᐟˢ), which has no cancellation however far in the tails.
     */
    @Override
    public Tensor logProb(Tensor x) {
        Tensor inverseScale = logScale.neg().exp();
        Tensor centred = x.sub(location);
        Tensor below = centred.add(-0.5).mul(inverseScale).softplus(); // −log σ(−b)
        Tensor above = centred.add(0.5).mul(inverseScale).neg().softplus(); // −log σ(a)
        Tensor width = inverseScale.neg().expm1().neg().log();
        Tensor notFirst = x.lessThan(0.5).neg().add(1);
        Tensor notLast = x.lessThan(MAX - 0.5);
        Tensor zero = below.zerosLike();
        return below.where(notFirst, zero)
                .add(above.where(notLast, zero))
                .neg()
                .add(width.mul(notFirst).mul(notLast))
                .sum(-1);
    }

    /** Σ P(x ≥ i) for i = 1 … 255. */
    @Override
    public Tensor mean() {
        Tensor inverseScale = logScale.neg().exp();
        Tensor mean = location.zerosLike();
        for (int i = 1; i <= MAX; i++) {
            mean = mean.add(location.add(0.5 - i).mul(inverseScale).sigmoid());
        }
        return mean;
    }

    @Override
    public Tensor sample(int k, Generator rng) {
        Tensor m = location.detach();
        // the half keeps u from 0, the limit from 1, to which float32 rounds the largest
        Tensor u = rng.uniform(m.dtype(), m.device(), Shapes.prepend(k, m.shape()))
                .add(0x1p-25)
                .clamp(0, 1 - 0x1p-24);
        Tensor logistic = u.log().sub(u.neg().log1p());
        return m.add(logScale.detach().exp().mul(logistic)).round().clamp(0, MAX);
    }

    @Override
    public DiscretizedLogistic detach() {
        return new DiscretizedLogistic(location.detach(), logScale.detach());
    }
}
