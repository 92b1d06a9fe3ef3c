package jensen.dist;

import java.util.List;
import java.util.Optional;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * The normal distribution with independent components, N(μ, diag σ²).
 *
 * @param mean μ, {@code […, X]}
 * @param logVariance log σ², {@code […, X]} or broadcastable to it
 * @param standard whether these are all known to be zero, which saves looking at them
 */
public record DiagonalNormal(Tensor mean, Tensor logVariance, boolean standard) implements Reparameterised {
    /** log 2π */
    static final double LOG_TAU = Math.log(2 * Math.PI);

    /** With a mean and a variance of any values. */
    public DiagonalNormal(Tensor mean, Tensor logVariance) {
        this(mean, logVariance, false);
    }

    /** The standard normal with events of the shape of {@code like}. */
    public static DiagonalNormal standardLike(Tensor like) {
        return standard(like.dtype(), like.device(), like.shape());
    }

    /** The standard normal with events {@code […, X]}. */
    public static DiagonalNormal standard(DType dtype, Device device, long... shape) {
        Tensor zero = Tensor.zeros(dtype, device, shape);
        return new DiagonalNormal(zero, zero, true);
    }

    /** −½ Σ [(x − μ)²/σ² + log σ² + log 2π]. */
    @Override
    public Tensor logProb(Tensor x) {
        List<Tensor> inputs = List.of(x, mean, logVariance);
        if (!Autograd.takesDerivatives(inputs)) {
            return ofStandardised(standardise(x), logVariance);
        }
        Tensor t = Native.withoutGradient(() -> standardise(x));
        return Autograd.operation(
                inputs,
                () -> ofStandardised(t, logVariance),
                List.of(
                        c -> perDeviation(t).mul(c.neg().unsqueeze(-1)),
                        c -> perDeviation(t).mul(c.unsqueeze(-1)),
                        c -> t.square().add(-1).mul(c.mul(0.5).unsqueeze(-1))));
    }

    /** The log-density where (x − μ)/σ is t, with log σ² as it is to be read. */
    private Tensor ofStandardised(Tensor t, Tensor logVariance) {
        Tensor squares = t.square().sum(-1);
        if (standard) {
            return squares.add(t.size(-1) * LOG_TAU).mul(-0.5);
        }
        Tensor constants = logVariance.add(LOG_TAU);
        // one variance may stand for all elements
        boolean single = constants.rank() == 0 || constants.size(-1) < t.size(-1);
        Tensor constant = single ? constants.add(t.zerosLike()).sum(-1) : constants.sum(-1);
        return squares.add(constant).mul(-0.5);
    }

    /**
     * Draws that know their log-density: at z = μ + σ ε it depends on φ through the variance alone. Where the σ that made them is
     * 0 or ∞ in their type, so is their density, as they are no draws from a distribution then.
     */
    @Override
    public Draw draw(int k, Generator rng) {
        Tensor noise = noise(k, rng);
        return new Draw(
                reparameterise(noise),
                Optional.of(() -> Autograd.operation(
                        List.of(logVariance),
                        () -> ofStandardised(noise, standardDeviation().log().mul(2)),
                        List.of(c -> c.mul(-0.5).unsqueeze(-1).expand(noise.shape())))));
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
        return standard ? x : perDeviation(x.sub(mean));
    }

    /** d/σ */
    Tensor perDeviation(Tensor d) {
        return standard ? d : d.mul(logVariance.mul(-0.5).exp());
    }

    /** z = μ + σ ε. */
    @Override
    public Tensor reparameterise(Tensor noise) {
        List<Tensor> inputs = List.of(mean, logVariance);
        if (!Autograd.takesDerivatives(inputs)) {
            return mean.addProduct(standardDeviation(), noise, 1);
        }
        Tensor sigma = Native.withoutGradient(this::standardDeviation);
        return Autograd.operation(
                inputs,
                () -> mean.addProduct(sigma, noise, 1),
                List.of(c -> c, c -> c.mul(noise).mul(sigma.mul(0.5))));
    }

    @Override
    public Tensor standardDeviation() {
        return logVariance.mul(0.5).exp();
    }

    @Override
    public DiagonalNormal detach() {
        return new DiagonalNormal(mean.detach(), logVariance.detach(), standard);
    }
}
