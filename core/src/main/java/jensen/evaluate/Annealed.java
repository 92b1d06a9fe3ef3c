package jensen.evaluate;

/**
 * log p(x) of one datum by annealed importance sampling, in nats.
 *
 * <p>The estimate of p(x) is unbiased; its logarithm is therefore low on average, by about half the squared standard
 * error, and exceeds log p(x) by b nats with probability below e⁻ᵇ: with few effective chains read it as a lower bound.
 *
 * @param index the datum's row
 * @param evidence the logarithm of the chains' mean weight, its error by the delta method over chains, and how many equally
 *     weighted chains they are worth; k̂ needs more chains than there usually are, and is ∞ without
 * @param acceptance the mean probability that a move was accepted with
 */
public record Annealed(int index, LogMeanExp evidence, double acceptance) {}
