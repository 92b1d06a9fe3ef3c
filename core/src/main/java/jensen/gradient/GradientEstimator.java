package jensen.gradient;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;
import jensen.bound.Bound;
import jensen.model.Family;
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
    @JsonSubTypes.Type(value = ReweightedWakeSleep.class, name = "reweighted-wake-sleep"),
    @JsonSubTypes.Type(value = Enumeration.class, name = "enumeration"),
    @JsonSubTypes.Type(value = GumbelSoftmax.class, name = "gumbel-softmax")
})
public sealed interface GradientEstimator
        permits Pathwise,
                StickTheLanding,
                DoublyReparameterised,
                ScoreFunction,
                Vimco,
                WakeSleep,
                ReweightedWakeSleep,
                Enumeration,
                GumbelSoftmax {
    /** Every estimator, with some number where it needs one. */
    static List<GradientEstimator> all() {
        return List.of(
                new Pathwise(),
                new StickTheLanding(),
                new DoublyReparameterised(),
                new ScoreFunction(ScoreFunction.Baseline.LEAVE_ONE_OUT),
                new ScoreFunction(ScoreFunction.Baseline.NONE),
                new Vimco(),
                new WakeSleep(),
                new ReweightedWakeSleep(),
                new Enumeration(),
                new GumbelSoftmax(0.5));
    }

    /**
     * The usual estimator of an ELBO for q(z|x) of a family: through the draws of a real z; for a discrete one the sum over its
     * values or, where there are too many, the score function.
     *
     * @param event the length of z
     */
    static GradientEstimator usual(Family q, int event) {
        return List.of(new Pathwise(), new Enumeration(), new ScoreFunction(ScoreFunction.Baseline.LEAVE_ONE_OUT))
                .stream()
                .filter(estimator -> estimator.refuses(q, event).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    /** The estimator's name, as on the command line. */
    String name();

    /**
     * Evaluates a bound at draws from q.
     *
     * @param samples K, the draws of z for each datum
     * @param klWeight the factor of KL(q ‖ p) in the objective
     * @param rng of the draws, its rows those of the data
     * @throws IllegalArgumentException if it does not serve such a q
     */
    Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng);

    /**
     * What the estimator does for a bound.
     *
     * @param samples K, the draws of z for each datum
     */
    Verdict serves(Bound bound, int samples);

    /**
     * Why it does not serve q(z|x) of a family, as the rest of a sentence that begins with the estimator; empty where it does.
     *
     * @param event the length of z
     */
    default Optional<String> refuses(Family q, int event) {
        return Optional.empty();
    }
}
