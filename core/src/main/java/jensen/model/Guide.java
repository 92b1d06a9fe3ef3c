package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Reparameterised;
import jensen.net.Parameters;
import jensen.net.Slot;

/** How the distribution q that approximates the posterior is chosen for a datum. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = Amortised.class, name = "amortised"))
public sealed interface Guide permits Amortised {
    /** q(z|x) for each datum of a batch: events {@code [D]} under {@code [B]}. */
    Distribution posterior(Parameters phi, Batch batch);

    /**
     * q(z|x) where gradients must flow through draws from it.
     *
     * @throws IllegalArgumentException if it is not reparameterised
     */
    default Reparameterised continuous(Parameters phi, Batch batch) {
        if (posterior(phi, batch) instanceof Reparameterised q) {
            return q;
        }
        throw new IllegalArgumentException("q must be a distribution that can be reparameterised, is given by " + this);
    }

    /** The parameters that it needs, φ. */
    List<Slot> slots();
}
