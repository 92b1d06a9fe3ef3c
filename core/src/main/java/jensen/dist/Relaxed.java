package jensen.dist;

import jensen.tensor.Tensor;

/**
 * A finite distribution relaxed to a continuous one, of which it is the law of a function: y is drawn through noise,
 * {@link #value} of it is an exact draw from the finite distribution, and {@link #code} of it lies between the values and nears
 * that draw as the temperature falls.
 *
 * <p>y are numbers of logarithmic size, so that neither they nor their density overflow at a low temperature. Ratios of
 * densities are the same as they would be of the codes.
 *
 * @see <a href="https://arxiv.org/abs/1611.00712">Maddison, Mnih and Teh 2016, arXiv 1611.00712, §3 and appendices B and C</a>
 * @see <a href="https://arxiv.org/abs/1611.01144">Jang, Gu and Poole 2016, arXiv 1611.01144, §2</a>
 */
public sealed interface Relaxed extends Reparameterised permits BinaryConcrete, ExpConcrete {
    /** What is relaxed. */
    Finite of();

    /** τ, above 0. */
    double temperature();

    /** The code between the finite distribution's values that y {@code […, X]} stands for; differentiable. */
    Tensor code(Tensor y);

    /** The finite distribution's value that is nearest to the code of y {@code […, X]}. */
    Tensor value(Tensor y);

    @Override
    Relaxed detach();

    /**
     * Relaxes.
     *
     * @param temperature τ
     * @throws IllegalArgumentException if the temperature is not positive and finite
     */
    static Relaxed of(Finite finite, double temperature) {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature must be above 0 and finite, was " + temperature);
        }
        return finite instanceof OneHot oneHot
                ? new ExpConcrete(oneHot, temperature)
                : new BinaryConcrete((Bernoulli) finite, temperature);
    }

    /** Logistic numbers of normal ones, log Φ(ε)/Φ(−ε). */
    static Tensor logistic(Tensor noise) {
        return noise.normalCdf().log().sub(noise.neg().normalCdf().log());
    }
}
