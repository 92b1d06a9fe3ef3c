package jensen.bound;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.model.LogWeights;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
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
    @JsonSubTypes.Type(value = Renyi.class, name = "renyi"),
    @JsonSubTypes.Type(value = Miwae.class, name = "miwae"),
    @JsonSubTypes.Type(value = Piwae.class, name = "piwae"),
    @JsonSubTypes.Type(value = Ciwae.class, name = "ciwae"),
    @JsonSubTypes.Type(value = Tvo.class, name = "tvo")
})
public sealed interface Bound permits Elbo, ImportanceWeighted, Renyi, Miwae, Piwae, Ciwae, Tvo {
    /** Every bound, with some number where it needs one. */
    static List<Bound> all() {
        return List.of(
                Elbo.analytic(),
                Elbo.sampled(),
                new ImportanceWeighted(),
                new Renyi(0.5),
                new Miwae(2),
                new Piwae(2),
                new Ciwae(0.5),
                Tvo.of(5));
    }

    /** The bound's name, as on the command line. */
    String name();

    /** L for each datum, {@code [B]}; differentiable. */
    default Tensor value(LogWeights w) {
        return differentiable(perDraw(w));
    }

    /**
     * {@link #of}, with {@link #weight} as its derivative. Of the K draws for a datum those are given none whose weights are so
     * small that all such together would not change the last bit of the weights' sum, 1: often half of them, whose
     * derivatives need not be found.
     */
    default Tensor differentiable(Tensor logWeights) {
        int samples = Math.toIntExact(logWeights.size(0));
        return Autograd.operation(List.of(logWeights), () -> of(logWeights), List.of(c -> {
            if (samples == 1) {
                return c.unsqueeze(0);
            }
            Tensor omega = weight(logWeights);
            double bit = logWeights.dtype() == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
            return omega.hardShrink(bit / samples).mul(c);
        }));
    }

    /** What {@link #of} is of, {@code [K, B]}: log w, unless a part of L has a closed form. */
    default Tensor perDraw(LogWeights w) {
        return w.total();
    }

    /** The bound that φ climbs: this one, unless θ and φ are to climb different ones. */
    default Bound forPhi() {
        return this;
    }

    /**
     * Refuses a number of draws that the bound cannot be made of.
     *
     * @throws IllegalArgumentException if it cannot
     */
    default void check(int samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be ≥ 1, was " + samples);
        }
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
