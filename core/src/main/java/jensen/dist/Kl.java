package jensen.dist;

import java.util.List;
import java.util.Optional;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * A Kullback-Leibler divergence KL(q ‖ p) = E_q[log q − log p], in nats, and how it was found.
 *
 * @param value {@code […]}
 * @param standardError of the value, {@code […]}; zero for a closed form
 * @param method closed form, or Monte Carlo
 */
public record Kl(Tensor value, Tensor standardError, Method method) {
    /** How a divergence was found. */
    public enum Method {
        CLOSED_FORM,
        MONTE_CARLO
    }

    /** KL(q ‖ p) by its closed form if there is one, else as the mean over {@code samples} draws from q. */
    public static Kl of(Distribution q, Distribution p, int samples, Generator rng) {
        Optional<Tensor> exact = closedForm(q, p);
        if (exact.isPresent()) {
            return new Kl(exact.get(), exact.get().zerosLike(), Method.CLOSED_FORM);
        }
        return monteCarlo(q, p, samples, rng);
    }

    /**
     * KL(q ‖ p) as the mean of log q − log p over draws from q, without gradient.
     *
     * @throws IllegalArgumentException for fewer than two samples, which have no standard error
     */
    public static Kl monteCarlo(Distribution q, Distribution p, int samples, Generator rng) {
        if (samples < 2) {
            throw new IllegalArgumentException("samples must be ≥ 2 for a standard error, was " + samples);
        }
        return Native.withoutGradient(() -> {
            Tensor z = q.sample(samples, rng);
            Tensor difference = q.logProb(z).sub(p.logProb(z));
            Tensor mean = difference.mean(0);
            Tensor variance = difference.sub(mean).square().sum(0).mul(1.0 / (samples - 1));
            return new Kl(mean, variance.mul(1.0 / samples).sqrt(), Method.MONTE_CARLO);
        });
    }

    /** KL(q ‖ p) where it has a closed form, {@code […]}; differentiable. */
    public static Optional<Tensor> closedForm(Distribution q, Distribution p) {
        if (q instanceof DiagonalNormal a && p instanceof DiagonalNormal b) {
            return Optional.of(sumOfNormals(a, b));
        }
        return closedFormPerDimension(q, p)
                .map(each -> each.sum(-1))
                .or(() -> correlated(q, p))
                .or(() -> MultivariateNormal.of(q)
                        .flatMap(a -> MultivariateNormal.of(p).map(b -> MultivariateNormal.kl(a, b))));
    }

    /**
     * The closed form's terms for each element of the event, {@code […, X]}, which add up to it, where the elements are
     * independent or the classes of independent variables; else empty.
     */
    public static Optional<Tensor> closedFormPerDimension(Distribution q, Distribution p) {
        if (q instanceof DiagonalNormal a && p instanceof DiagonalNormal b) {
            return Optional.of(normals(a, b));
        }
        if (q instanceof Bernoulli a && p instanceof Bernoulli b) {
            return Optional.of(bernoullis(a.logits(), b.logits()));
        }
        if (q instanceof Categorical a && p instanceof Categorical b) {
            Tensor logQ = a.logits().logSoftmax(-1);
            return Optional.of(
                    logQ.exp().mul(logQ.sub(b.logits().logSoftmax(-1))).sum(-1));
        }
        if (q instanceof OneHot a && p instanceof OneHot b && a.classes() == b.classes()) {
            return Optional.of(classes(a.logProbabilities(), b.logProbabilities()));
        }
        return Optional.empty();
    }

    /** ½ [σ²/s² + (μ − m)²/s² − 1 − log σ²/s²]; with m = 0, s = 1 it is eq. 10 of arXiv 1312.6114. */
    private static Tensor normals(DiagonalNormal q, DiagonalNormal p) {
        Tensor logRatio = logRatio(q, p);
        Tensor distance = p.standardise(q.mean()).square();
        return logRatio.expm1().sub(logRatio).add(distance).mul(0.5);
    }

    private static Tensor logRatio(DiagonalNormal q, DiagonalNormal p) {
        return p.standard() ? q.logVariance() : q.logVariance().sub(p.logVariance());
    }

    /** {@link #normals} added up, with its derivatives (μ − m)/s² and ½ (σ²/s² − 1) by q's parameters, and those by p's. */
    private static Tensor sumOfNormals(DiagonalNormal q, DiagonalNormal p) {
        return Autograd.operation(
                List.of(q.mean(), q.logVariance(), p.mean(), p.logVariance()),
                () -> normals(q, p).sum(-1),
                List.of(
                        c -> p.perDeviation(p.standardise(q.mean())).mul(c.unsqueeze(-1)),
                        c -> logRatio(q, p).expm1().mul(c.mul(0.5).unsqueeze(-1)),
                        c -> p.perDeviation(p.standardise(q.mean())).mul(c.neg().unsqueeze(-1)),
                        c -> logRatio(q, p)
                                .expm1()
                                .add(p.standardise(q.mean()).square())
                                .mul(c.mul(-0.5).unsqueeze(-1))));
    }

    /** A correlated normal q and one with independent components, at the cost of q's variances and determinant alone. */
    private static Optional<Tensor> correlated(Distribution q, Distribution p) {
        if (p instanceof DiagonalNormal b && q instanceof MultivariateNormal a) {
            return Optional.of(correlated(a, a.logDeterminant(), b));
        }
        if (p instanceof DiagonalNormal b && q instanceof LowRankNormal a) {
            return Optional.of(correlated(a, a.logDeterminant(), b));
        }
        return Optional.empty();
    }

    /** ½ Σ [σ²/s² + (μ − m)²/s² − 1 + log s²] − ½ log|Σ_q|, with the variances σ² on the diagonal of Σ_q. */
    private static Tensor correlated(Reparameterised q, Tensor halfLogDeterminant, DiagonalNormal p) {
        Tensor spread = q.standardDeviation().mul(p.logVariance().mul(-0.5).exp());
        Tensor distance = p.standardise(q.mean());
        return spread.square()
                .add(distance.square())
                .add(-1)
                .add(p.logVariance())
                .sum(-1)
                .mul(0.5)
                .sub(halfLogDeterminant);
    }

    /**
     * π log(π/ρ) + (1 − π) log((1 − π)/(1 − ρ)), π = σ(l), ρ = σ(m): logits l of q and m of p.
     *
     * <p>The logarithms are differences of log(1 + eˡ) and of log(1 + e⁻ˡ), so that large logits that nearly agree in what
     * they say do not cancel.
     */
    private static Tensor bernoullis(Tensor l, Tensor m) {
        Tensor one = l.sigmoid().mul(m.neg().softplus().sub(l.neg().softplus()));
        Tensor zero = l.neg().sigmoid().mul(m.softplus().sub(l.softplus()));
        return one.add(zero);
    }

    /**
     * π log(π/ρ) − π + ρ for each class: no share is negative, and as the probabilities of a variable's classes add up to 1
     * under both, the shares add up to the divergence.
     */
    private static Tensor classes(Tensor logQ, Tensor logP) {
        Tensor pi = logQ.exp();
        return pi.mul(logQ.sub(logP)).sub(pi).add(logP.exp());
    }
}
