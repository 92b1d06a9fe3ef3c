package jensen.gradient;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.model.Family;

/**
 * What is climbed and how.
 *
 * @param bound what is maximised
 * @param gradient how its gradient is estimated
 * @param samples K, the draws of z for each datum
 */
public record Objective(Bound bound, GradientEstimator gradient, int samples) {
    /** @throws IllegalArgumentException if the bound is not made of so many draws, or the estimator does not serve it */
    public Objective {
        bound.check(samples);
        if (gradient.serves(bound, samples) instanceof Verdict.Refused refused) {
            throw refusal(gradient, bound, samples, refused.reason(), other -> true);
        }
    }

    /**
     * The same for q(z|x) of a family, which every estimator that is named instead of a refused one serves as well.
     *
     * @param event the length of z
     * @throws IllegalArgumentException as the constructor and {@link #check} do
     */
    public static Objective of(Bound bound, GradientEstimator gradient, int samples, Family q, int event) {
        bound.check(samples);
        if (gradient.serves(bound, samples) instanceof Verdict.Refused refused) {
            throw refusal(gradient, bound, samples, refused.reason(), serves(q, event));
        }
        Objective objective = new Objective(bound, gradient, samples);
        objective.check(q, event);
        return objective;
    }

    private static IllegalArgumentException refusal(
            GradientEstimator gradient, Bound bound, int samples, String reason, Predicate<GradientEstimator> others) {
        return new IllegalArgumentException("gradient %s for the bound %s of %d %s %s: use %s"
                .formatted(
                        gradient.name(),
                        bound.name(),
                        samples,
                        samples == 1 ? "sample" : "samples",
                        reason,
                        named(bound, samples, others)));
    }

    /** The paper's: the ELBO with its divergence in closed form, one draw for each datum. */
    public static Objective elbo() {
        return new Objective(Elbo.analytic(), new Pathwise(), 1);
    }

    /**
     * The ELBO with its divergence in closed form by the usual gradient for q(z|x) of a family, of as few draws as that takes.
     *
     * @param event the length of z
     */
    public static Objective elbo(Family q, int event) {
        GradientEstimator gradient = GradientEstimator.usual(q, event);
        boolean one = !(gradient.serves(Elbo.analytic(), 1) instanceof Verdict.Refused);
        return new Objective(Elbo.analytic(), gradient, one ? 1 : 5);
    }

    /** The estimators that serve a bound of so many draws. */
    public static List<GradientEstimator> serving(Bound bound, int samples) {
        return GradientEstimator.all().stream()
                .filter(g -> !(g.serves(bound, samples) instanceof Verdict.Refused))
                .toList();
    }

    /**
     * Refuses q(z|x) of a family that the estimator does not serve.
     *
     * @param event the length of z
     * @throws IllegalArgumentException if it does not, naming those that do
     */
    public void check(Family q, int event) {
        gradient.refuses(q, event).ifPresent(reason -> {
            throw new IllegalArgumentException("gradient %s %s: use %s"
                    .formatted(gradient.name(), reason, named(bound, samples, serves(q, event))));
        });
    }

    private static Predicate<GradientEstimator> serves(Family q, int event) {
        return each -> each.refuses(q, event).isEmpty();
    }

    private static String named(Bound bound, int samples, Predicate<GradientEstimator> others) {
        return GradientEstimator.all().stream()
                .filter(others)
                .map(other -> named(bound, samples, other))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
    }

    /** An estimator that serves the bound, or does so of more samples. */
    private static Optional<String> named(Bound bound, int samples, GradientEstimator other) {
        if (!(other.serves(bound, samples) instanceof Verdict.Refused)) {
            return Optional.of(other.name());
        }
        boolean ofMore = !(other.serves(bound, 2 * samples) instanceof Verdict.Refused);
        return ofMore ? Optional.of(other.name() + " of " + 2 * samples + " samples") : Optional.empty();
    }
}
