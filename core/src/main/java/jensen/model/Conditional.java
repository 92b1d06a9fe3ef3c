package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import jensen.data.Values;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Tensor;

/** A function from parameters and a condition to a distribution: a decoder p_θ(x|z), or an encoder q_φ(z|x). */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Head.class, name = "head"),
    @JsonSubTypes.Type(value = Chained.class, name = "chained"),
    @JsonSubTypes.Type(value = Reading.class, name = "reading")
})
public interface Conditional {
    /**
     * The distribution under a condition.
     *
     * @param w this conditional's parameters
     * @param condition {@code […, C]}
     * @return events under {@code […]}
     */
    Distribution given(Parameters w, Tensor condition);

    /**
     * The log-density of x under a condition, as that of {@link #given}.
     *
     * @param x {@code […, X]}, broadcast against the conditions
     * @return {@code […]}, in nats
     */
    default Tensor logProb(Parameters w, Tensor condition, Tensor x) {
        return given(w, condition).logProb(x);
    }

    /**
     * {@link #given} as a function of the numbers that a condition chooses; empty where it is not one of such numbers alone.
     *
     * @param condition {@code [B, C]}
     */
    default Optional<Local> local(Parameters w, Tensor condition) {
        return Optional.empty();
    }

    /**
     * Starts where the distribution's mean is that of the data, as far as it can.
     *
     * @param w this conditional's parameters
     * @param mean of each element of the event
     */
    default void centre(Parameters w, double[] mean) {}

    /** {@link #logProb} of one x as a function of the condition, with what depends on x alone done once. */
    default UnaryOperator<Tensor> density(Parameters w, Tensor x) {
        return condition -> logProb(w, condition, x);
    }

    /** The parameters that it needs. */
    List<Slot> slots();

    /** The length of the condition. */
    int condition();

    /** The length of the event. */
    int event();

    /** Whether values of this kind are in the support of its distributions. */
    boolean fits(Values values);

    /**
     * Refuses values that are not.
     *
     * @throws IllegalArgumentException if values of this kind are not in the support
     */
    default void check(Values values) {
        if (!fits(values)) {
            throw new IllegalArgumentException(unfit(values));
        }
    }

    /** What to say of values that are not: why, and what would fit. */
    default String unfit(Values values) {
        return "the likelihood does not fit values that are each " + values.inWords();
    }
}
