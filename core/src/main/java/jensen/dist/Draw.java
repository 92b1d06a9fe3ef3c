package jensen.dist;

import java.util.Optional;
import jensen.tensor.Tensor;

/**
 * Draws from a distribution, and their log-density where it came with them: a flow knows the density of what it makes, and
 * may be slow or unable to find that of other values.
 *
 * @param z {@code [k, …, X]}
 * @param logProb {@code [k, …]}, in nats
 */
public record Draw(Tensor z, Optional<Tensor> logProb) {
    /** Values alone. */
    public static Draw of(Tensor z) {
        return new Draw(z, Optional.empty());
    }

    /** log q(z), {@code [k, …]}, as it came with the draws, or else as q finds it. */
    public Tensor logProb(Distribution q) {
        return logProb.orElseGet(() -> q.logProb(z));
    }
}
