package jensen.gradient;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.bound.Bound;
import jensen.tensor.Generator;

/** How the gradient of a bound is estimated from draws of z. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Pathwise.class, name = "pathwise"),
    @JsonSubTypes.Type(value = StickTheLanding.class, name = "stick-the-landing"),
    @JsonSubTypes.Type(value = DoublyReparameterised.class, name = "doubly-reparameterised"),
    @JsonSubTypes.Type(value = ScoreFunction.class, name = "score-function"),
    @JsonSubTypes.Type(value = Vimco.class, name = "vimco"),
    @JsonSubTypes.Type(value = WakeSleep.class, name = "wake-sleep"),
    @JsonSubTypes.Type(value = ReweightedWakeSleep.class, name = "reweighted-wake-sleep")
})
public sealed interface GradientEstimator
        permits Pathwise, StickTheLanding, DoublyReparameterised, ScoreFunction, Vimco, WakeSleep, ReweightedWakeSleep {
    /** Every estimator. */
    static List<GradientEstimator> all() {
        return List.of(
                new Pathwise(),
                new StickTheLanding(),
                new DoublyReparameterised(),
                new ScoreFunction(ScoreFunction.Baseline.LEAVE_ONE_OUT),
                new ScoreFunction(ScoreFunction.Baseline.NONE),
                new Vimco(),
                new WakeSleep(),
                new ReweightedWakeSleep());
    }

    /** The estimator's name, as on the command line. */
    String name();

    /**
     * Evaluates a bound at draws from q.
     *
     * @param samples K, the draws of z for each datum
     * @param klWeight the factor of KL(q ‖ p) in the objective
     * @param rng of the draws, its rows those of the data
     * @throws IllegalArgumentException if gradients must flow through draws and q is not reparameterised
     */
    Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng);

    /**
     * What the estimator does for a bound.
     *
     * @param samples K, the draws of z for each datum
     */
    Verdict serves(Bound bound, int samples);
}
