package jensen.dist;

import jensen.tensor.Tensor;

/**
 * Binary variables relaxed: y = (l + λ)/τ with λ logistic, so that y is logistic itself; its code σ(y) is the paper's binary
 * Concrete variable.
 *
 * @param of the binary variables, of logits l {@code […, X]}
 * @param temperature τ
 * @see <a href="https://arxiv.org/abs/1611.00712">Maddison, Mnih and Teh 2016, arXiv 1611.00712, appendix B</a>
 */
public record BinaryConcrete(Bernoulli of, double temperature) implements Relaxed {
    /** Of the logistic distribution. */
    private static final double DEVIATION = Math.PI / Math.sqrt(3);

    /** Σ log τ + a − 2 log(1 + eᵃ), a = l − τ y. */
    @Override
    public Tensor logProb(Tensor y) {
        Tensor a = of.logits().sub(y.mul(temperature));
        return a.sub(a.softplus().mul(2)).add(Math.log(temperature)).sum(-1);
    }

    @Override
    public Tensor reparameterise(Tensor noise) {
        return of.logits().add(Relaxed.logistic(noise)).mul(1 / temperature);
    }

    @Override
    public Tensor code(Tensor y) {
        return y.sigmoid();
    }

    @Override
    public Tensor value(Tensor y) {
        return y.neg().lessThan(0);
    }

    @Override
    public Tensor mean() {
        return of.logits().mul(1 / temperature);
    }

    @Override
    public Tensor standardDeviation() {
        return of.logits().zerosLike().add(DEVIATION / temperature);
    }

    @Override
    public BinaryConcrete detach() {
        return new BinaryConcrete(of.detach(), temperature);
    }
}
