package jensen.model;

import java.util.function.Function;
import jensen.dist.Distribution;
import jensen.tensor.Tensor;

/**
 * A distribution for each datum as a function of numbers of the datum's own, which can be changed: what a network's choice is
 * compared with.
 *
 * @param parameters as they are chosen, {@code [B, P]}
 * @param family what parameters mean, of these or of other data: events {@code [D]} under {@code [B]}
 */
public record Local(Tensor parameters, Function<Tensor, Distribution> family) {
    /** The distribution with the parameters as they are chosen. */
    public Distribution chosen() {
        return family.apply(parameters);
    }
}
