package jensen.dist;

import java.util.Optional;
import java.util.function.Supplier;
import jensen.tensor.Tensor;

/**
 * Draws from a distribution, and their log-density where it came with them: a flow knows the density of what it makes, and
 * may be slow or unable to find that of other values.
 *
 * @param z {@code [k, …, X]}
 * @param density gives log q(z), {@code [k, …]}, in nats, by what the draws were made of
 */
public record Draw(Tensor z, Optional<Supplier<Tensor>> density) {
    /** Values alone. */
    public static Draw of(Tensor z) {
        return new Draw(z, Optional.empty());
    }

    /** Values with their log-density, {@code [k, …]}, in nats. */
    public static Draw of(Tensor z, Tensor logProb) {
        return new Draw(z, Optional.of(() -> logProb));
    }

    /** log q(z), {@code [k, …]}, as it came with the draws, or else as q finds it. */
    public Tensor logProb(Distribution q) {
        return density.map(Supplier::get).orElseGet(() -> q.logProb(z));
    }
}
