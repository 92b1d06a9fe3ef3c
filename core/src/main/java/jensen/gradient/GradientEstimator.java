package jensen.gradient;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jensen.bound.Bound;
import jensen.tensor.Generator;

/** How the gradient of a bound is estimated from draws of z. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Pathwise.class, name = "pathwise"),
    @JsonSubTypes.Type(value = StickTheLanding.class, name = "stick-the-landing"),
    @JsonSubTypes.Type(value = DoublyReparameterised.class, name = "doubly-reparameterised")
})
public sealed interface GradientEstimator permits Pathwise, StickTheLanding, DoublyReparameterised {
    /**
     * Evaluates a bound at draws from q.
     *
     * @param samples K, the draws of z for each datum
     * @param klWeight the factor of KL(q ‖ p) in the objective
     * @param rng of the draws, its rows those of the data
     */
    Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng);

    /**
     * What the estimator does for a bound.
     *
     * @param samples K, the draws of z for each datum
     */
    Verdict serves(Bound bound, int samples);
}
