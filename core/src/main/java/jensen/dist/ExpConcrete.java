package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;
import org.apache.commons.numbers.gamma.LogGamma;

/**
 * Variables of classes relaxed: y = log softmax((l + g)/τ) with g Gumbel, so that its code eʸ is the paper's Concrete variable,
 * the Gumbel-softmax. Σ eʸ over the classes of a variable is 1: the density is with respect to all y of a variable but one.
 *
 * @param of the variables, of logits l {@code […, X]}
 * @param temperature τ
 * @see <a href="https://arxiv.org/abs/1611.00712">Maddison, Mnih and Teh 2016, arXiv 1611.00712, appendix C.3</a>
 */
public record ExpConcrete(OneHot of, double temperature) implements Relaxed {
    /** Σ over the variables of log (C − 1)! + (C − 1) log τ + Σ_c (l_c − τ y_c) − C log Σ_c exp(l_c − τ y_c). */
    @Override
    public Tensor logProb(Tensor y) {
        int c = of.classes();
        Tensor a = of.variables(of.logits().sub(y.mul(temperature)));
        double constant = LogGamma.value(c) + (c - 1) * Math.log(temperature);
        return a.sum(-1).sub(a.logSumExp(-1).mul(c)).add(constant).sum(-1);
    }

    /** g = −log(−log Φ(ε)), where −log Φ(ε) = log(1 + Φ(−ε)/Φ(ε)) keeps its digits where Φ is near 1. */
    @Override
    public Tensor reparameterise(Tensor noise) {
        Tensor gumbel = Relaxed.logistic(noise).neg().softplus().log().neg();
        Tensor y = of.logits().add(gumbel).mul(1 / temperature);
        return OneHot.flat(of.variables(y).logSoftmax(-1));
    }

    @Override
    public Tensor noise(int k, Generator rng) {
        Tensor l = of.logits();
        return rng.normal(l.dtype(), l.device(), Shapes.prepend(k, l.shape()));
    }

    @Override
    public long noiseLength() {
        return of.logits().size(-1);
    }

    @Override
    public Tensor code(Tensor y) {
        return y.exp();
    }

    @Override
    public Tensor value(Tensor y) {
        return OneHot.flat(OneHot.largest(of.variables(y.detach())));
    }

    /** E[y] over 128 draws, always of the same noise. */
    @Override
    public Tensor mean() {
        return FixedDraws.of(this, of.logits()).mean();
    }

    /** Of y over the draws of {@link #mean}. */
    @Override
    public Tensor standardDeviation() {
        return FixedDraws.of(this, of.logits()).deviation();
    }

    @Override
    public ExpConcrete detach() {
        return new ExpConcrete(of.detach(), temperature);
    }
}
