package jensen.bound;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jensen.model.LogWeights;
import jensen.tensor.Tensor;

/**
 * A bound on log p(x), as a function of log-weights alone; in nats, for each datum, to be maximised.
 *
 * <p>Its value with its first two derivatives is all that an estimator of its gradient needs, so every estimator serves
 * every bound.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Elbo.class, name = "elbo"),
    @JsonSubTypes.Type(value = ImportanceWeighted.class, name = "importance-weighted"),
    @JsonSubTypes.Type(value = Renyi.class, name = "renyi")
})
public sealed interface Bound permits Elbo, ImportanceWeighted, Renyi {
    /** L for each datum, {@code [B]}; differentiable. */
    default Tensor value(LogWeights w) {
        return of(w.total());
    }

    /**
     * L of log-weights.
     *
     * @param logWeights log w, {@code [K, …]}
     * @return {@code […]}; differentiable
     */
    Tensor of(Tensor logWeights);

    /**
     * ω_k = ∂L/∂log w_k, without gradient.
     *
     * @param logWeights log w, {@code [K, …]}
     * @return {@code [K, …]}, which adds up to 1 over the draws
     */
    Tensor weight(Tensor logWeights);

    /**
     * ∂ω_k/∂log w_k, without gradient.
     *
     * @param logWeights log w, {@code [K, …]}
     * @return {@code [K, …]}
     */
    Tensor slope(Tensor logWeights);

    /** Whether ω is the same for all log-weights of {@code samples} draws, so that L is their mean. */
    boolean constantWeight(int samples);
}
