package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.data.Batch;
import jensen.dist.Reparameterised;
import jensen.net.Parameters;
import jensen.net.Slot;

/** How the distribution q that approximates the posterior is chosen for a datum. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = Amortised.class, name = "amortised"))
public sealed interface Guide permits Amortised {
    /** q(z|x) for each datum of a batch: events {@code [D]} under {@code [B]}. */
    Reparameterised posterior(Parameters phi, Batch batch);

    /** The parameters that it needs, φ. */
    List<Slot> slots();
}
