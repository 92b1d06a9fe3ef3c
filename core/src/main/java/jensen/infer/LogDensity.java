package jensen.infer;

import jensen.dist.DiagonalNormal;
import jensen.tensor.Tensor;
import org.apache.commons.numbers.gamma.LogGamma;

/**
 * Log-densities that models are written with, in nats and complete to the last constant: elements of the innermost axis
 * are independent and summed over, so that values {@code [K, X]} give {@code [K]}.
 */
public final class LogDensity {
    private LogDensity() {}

    /** N(μ, σ²), arguments broadcast against one another. */
    public static Tensor normal(Tensor x, Tensor mean, Tensor deviation) {
        return new DiagonalNormal(mean, deviation.log().mul(2)).logProb(x);
    }

    /** N(μ, σ²). */
    public static Tensor normal(Tensor x, double mean, double deviation) {
        return normal(x, Tensor.scalar(mean, x.dtype(), x.device()), Tensor.scalar(deviation, x.dtype(), x.device()));
    }

    /** The Cauchy distribution with this scale, on positive numbers alone: 2/(πs) · 1/(1 + (x/s)²). */
    public static Tensor halfCauchy(Tensor x, double scale) {
        return x.mul(1 / scale)
                .square()
                .log1p()
                .neg()
                .add(Math.log(2 / (Math.PI * scale)))
                .sum(-1);
    }

    /** The gamma distribution with this shape a and rate b: bᵃ/Γ(a) · xᵃ⁻¹ e⁻ᵇˣ. */
    public static Tensor gamma(Tensor x, double shape, double rate) {
        return x.log()
                .mul(shape - 1)
                .sub(x.mul(rate))
                .add(shape * Math.log(rate) - LogGamma.value(shape))
                .sum(-1);
    }

    /** The symmetric Dirichlet distribution over a simplex {@code [K, n]}: Γ(na)/Γ(a)ⁿ · Π x_iᵃ⁻¹. */
    public static Tensor dirichlet(Tensor x, double concentration) {
        double n = x.size(-1);
        return x.log()
                .mul(concentration - 1)
                .sum(-1)
                .add(LogGamma.value(n * concentration) - n * LogGamma.value(concentration));
    }
}
