package jensen.bound;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jensen.model.LogWeights;
import jensen.tensor.Tensor;

/** A bound on log p(x), as a function of log-weights alone; in nats, for each datum, to be maximised. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Elbo.class, name = "elbo"),
    @JsonSubTypes.Type(value = ImportanceWeighted.class, name = "importance-weighted")
})
public sealed interface Bound permits Elbo, ImportanceWeighted {
    /** L for each datum, {@code [B]}; differentiable. */
    Tensor value(LogWeights w);
}
