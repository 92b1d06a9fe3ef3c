package jensen.optim;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.tensor.Tensor;

/**
 * A rule that moves parameters along an estimate of a gradient, uphill: what is optimised is a bound, to be maximised.
 *
 * <p>The rule is elementwise, so a buffer of parameters can be updated in pieces by several threads. The result is that
 * of one piece, bit for bit, where the pieces are cut at multiples of 64: elsewhere the last few elements of a piece,
 * which do not fill a vector instruction, may be rounded otherwise.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Adam.class, name = "adam"),
    @JsonSubTypes.Type(value = Adagrad.class, name = "adagrad"),
    @JsonSubTypes.Type(value = Sgd.class, name = "sgd")
})
public sealed interface Optimiser permits Adam, Adagrad, Sgd {
    /** The names of the buffers, each of the parameters' length and zero at first, that the rule keeps. */
    List<String> state();

    /**
     * The rule for a piece of the parameters.
     *
     * @param parameters changed in place by each step
     * @param state the same piece of each buffer, in the order of {@link #state()}, changed in place
     */
    Rule of(Tensor parameters, List<Tensor> state);

    /** Moves a piece of the parameters. */
    interface Rule {
        /**
         * One step.
         *
         * @param gradient of the objective, the same piece; may be overwritten
         * @param learningRate the step size
         * @param step the number of this step, from 1
         */
        void step(Tensor gradient, double learningRate, long step);
    }
}
