package jensen.net;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.tensor.Tensor;

/**
 * A deterministic function from vectors to vectors with parameters. A network is only the description: its parameters
 * are passed at each use, and it keeps no state while running.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Mlp.class, name = "mlp"),
    @JsonSubTypes.Type(value = Convolutional.class, name = "convolutional"),
    @JsonSubTypes.Type(value = Deconvolutional.class, name = "deconvolutional")
})
public sealed interface Network permits Mlp, Convolutional, Deconvolutional {
    /** The length of the vectors that it takes. */
    int inputs();

    /** The length of the vectors that it gives. */
    int outputs();

    /** The parameters that it needs. */
    List<Slot> slots();

    /** The name of the slot that is added last to the outputs: where an output bias goes. */
    String outputBias();

    /**
     * Evaluates the network.
     *
     * @param w its parameters
     * @param x {@code […, inputs]}
     * @return {@code […, outputs]}
     */
    Tensor apply(Parameters w, Tensor x);
}
