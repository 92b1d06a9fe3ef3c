package jensen.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jensen.tensor.Autograd;
import jensen.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The three terms of log w = log p(x|z) + log p(z) − log q(z|x), for K draws of z for each of B data, each computed when
 * first asked for: a bound that uses a closed-form divergence needs neither the second nor the third.
 */
public final class LogWeights {
    private final Term<Tensor> logLikelihood;
    private final Term<Tensor> logPrior;
    private final Term<Tensor> logPosterior;
    private final Term<Optional<Tensor>> closedFormKl;
    private final double klWeight;

    LogWeights(
            Supplier<Tensor> logLikelihood,
            Supplier<Tensor> logPrior,
            Supplier<Tensor> logPosterior,
            Supplier<Optional<Tensor>> closedFormKl) {
        this(new Term<>(logLikelihood), new Term<>(logPrior), new Term<>(logPosterior), new Term<>(closedFormKl), 1);
    }

    /**
     * Of a joint density that is not split into likelihood and prior: all of it stands in the place of the likelihood.
     *
     * @param logJoint log p(x, z), {@code [K, B]}
     * @param logPosterior log q(z|x), {@code [K, B]}
     */
    public static LogWeights of(Tensor logJoint, Tensor logPosterior) {
        return new LogWeights(() -> logJoint, logJoint::zerosLike, () -> logPosterior, Optional::empty);
    }

    private LogWeights(
            Term<Tensor> logLikelihood,
            Term<Tensor> logPrior,
            Term<Tensor> logPosterior,
            Term<Optional<Tensor>> closedFormKl,
            double klWeight) {
        this.logLikelihood = logLikelihood;
        this.logPrior = logPrior;
        this.logPosterior = logPosterior;
        this.closedFormKl = closedFormKl;
        this.klWeight = klWeight;
    }

    /** log p(x|z), {@code [K, B]}. */
    public Tensor logLikelihood() {
        return logLikelihood.get();
    }

    /** log p(z), {@code [K, B]}. */
    public Tensor logPrior() {
        return logPrior.get();
    }

    /** log q(z|x), {@code [K, B]}. */
    public Tensor logPosterior() {
        return logPosterior.get();
    }

    /** KL(q(z|x) ‖ p(z)), {@code [B]}, where it has a closed form. */
    public Optional<Tensor> closedFormKl() {
        return closedFormKl.get();
    }

    /**
     * KL(q(z|x) ‖ p(z)), {@code [B]}: the closed form, or else the mean of log q(z|x) − log p(z) over the draws.
     */
    public Tensor kl() {
        return closedFormKl().orElseGet(() -> logPosterior().sub(logPrior()).mean(0));
    }

    /** E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)), the evidence lower bound whatever the weight, {@code [B]}. */
    public Tensor elbo() {
        return logLikelihood().mean(0).sub(kl());
    }

    /** log w, {@code [K, B]}. */
    public Tensor total() {
        return Autograd.operation(
                List.of(logLikelihood(), logPrior(), logPosterior()),
                () -> {
                    Tensor ratio = logPrior().sub(logPosterior());
                    return logLikelihood().add(klWeight == 1 ? ratio : ratio.mul(klWeight));
                },
                List.of(c -> c, c -> klWeight == 1 ? c : c.mul(klWeight), c -> c.mul(-klWeight)));
    }

    /**
     * The terms' means over draws that have weights, each in the place of so many draws that are all alike.
     *
     * @param weights of the draws, {@code [S, B]}, which add up to 1
     * @param samples K
     */
    public LogWeights expected(Tensor weights, int samples) {
        return new LogWeights(
                new Term<>(() -> expected(logLikelihood(), weights, samples)),
                new Term<>(() -> expected(logPrior(), weights, samples)),
                new Term<>(() -> expected(logPosterior(), weights, samples)),
                closedFormKl,
                klWeight);
    }

    private static Tensor expected(Tensor term, Tensor weights, int samples) {
        Tensor mean = term.mul(weights).sum(0);
        return mean.unsqueeze(0).expand(samples, mean.size(0));
    }

    /** The factor of log p(z) − log q(z|x) in {@link #total}: 1 unless the objective is weighted. */
    public double klWeight() {
        return klWeight;
    }

    /** The same terms, with another factor of log p(z) − log q(z|x) in their total. */
    public LogWeights weighted(double klWeight) {
        return new LogWeights(logLikelihood, logPrior, logPosterior, closedFormKl, klWeight);
    }

    private static final class Term<T> {
        private final Supplier<T> source;
        private @Nullable T value;

        Term(Supplier<T> source) {
            this.source = source;
        }

        T get() {
            T found = value;
            if (found == null) {
                found = source.get();
                value = found;
            }
            return found;
        }
    }
}
