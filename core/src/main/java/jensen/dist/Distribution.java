package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * A probability distribution as a value.
 *
 * <p>Its parameters have shape {@code […, X]}: leading axes are a batch of independent distributions, the innermost is
 * the event, whose elements are summed over in densities. Log-densities are in nats, complete to the last constant.
 */
public sealed interface Distribution
        permits Reparameterised, Finite, Categorical, ContinuousBernoulli, DiscretizedLogistic, Mixture {
    /**
     * log p(x), the log-density or log-mass, in nats.
     *
     * @param x values {@code […, X]}, broadcast against the batch
     * @return {@code […]}
     */
    Tensor logProb(Tensor x);

    /**
     * Independent draws, through which no gradient flows.
     *
     * @return {@code [k, …, X]}
     */
    Tensor sample(int k, Generator rng);

    /** Independent draws {@code [k, …, X]}, through which gradients flow if the distribution is {@link Reparameterised}. */
    default Draw draw(int k, Generator rng) {
        return Draw.of(sample(k, rng));
    }

    /** E[x], {@code […, X]}. */
    Tensor mean();

    /** The same distribution with its parameters as constants. */
    Distribution detach();
}
