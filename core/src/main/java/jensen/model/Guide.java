package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/** How the distribution q that approximates the posterior is chosen for a datum. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Amortised.class, name = "amortised"),
    @JsonSubTypes.Type(value = PerDatum.class, name = "per-datum"),
    @JsonSubTypes.Type(value = SemiAmortised.class, name = "semi-amortised")
})
public sealed interface Guide permits Amortised, PerDatum, SemiAmortised {
    /**
     * What φ alone says of q(z|x), for each datum of a batch: events {@code [D]} under {@code [B]}; differentiable in φ.
     */
    Distribution posterior(Parameters phi, Batch batch);

    /**
     * q(z|x) of training data, in a step of training: events {@code [D]} under {@code [B]}; differentiable in φ.
     *
     * @param rng of what it takes to find it
     */
    default Distribution inTraining(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return posterior(phi, batch);
    }

    /**
     * q(z|x) of any data, whether φ was trained on them or not: the batch's index says nothing of what is in φ.
     *
     * @param rng of what it takes to find it, keyed by the batch's rows
     */
    default Distribution ofNew(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return inTraining(model, theta, phi, batch, rng);
    }

    /**
     * {@link #ofNew} as a function of numbers of each datum's own; empty where it is not one of such numbers alone.
     *
     * @param rng of what it takes to find them, keyed by the batch's rows
     */
    Optional<Local> local(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng);

    /**
     * What numbers {@code [B, P]} of data's own mean, where it takes draws of z to find them: events {@code [D]} under
     * {@code [B]}.
     */
    default Distribution of(Parameters phi, Tensor numbers) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " finds no numbers of a datum's own");
    }

    /** The draws of z for a datum that it takes to find {@link #ofNew} of it; 0 where a network says it at once. */
    default long draws() {
        return 0;
    }

    /** The family of q(z|x), where it is one. */
    Optional<Family> posteriorFamily();

    /** The parameters that it needs, φ. */
    List<Slot> slots();
}
