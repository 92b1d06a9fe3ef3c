package jensen.train;

/**
 * Sums over the steps of an epoch so far, weighted by their examples.
 *
 * @param steps how many
 * @param examples how many data
 * @param objective sum over the data
 * @param logLikelihood sum over the data
 * @param kl sum over the data
 * @param gradientNorm sum over the steps
 */
public record Means(int steps, long examples, double objective, double logLikelihood, double kl, double gradientNorm) {
    /** Of no steps. */
    public static final Means NONE = new Means(0, 0, 0, 0, 0, 0);

    /** With one more step. */
    public Means with(Step s) {
        return new Means(
                steps + 1,
                examples + s.examples(),
                objective + s.objective() * s.examples(),
                logLikelihood + s.logLikelihood() * s.examples(),
                kl + s.kl() * s.examples(),
                gradientNorm + s.gradientNorm());
    }

    /** The mean unweighted bound, in nats per datum. */
    public double elbo() {
        return (logLikelihood - kl) / examples;
    }

    /** The mean E_q[log p(x|z)], in nats per datum. */
    public double reconstruction() {
        return logLikelihood / examples;
    }

    /** The mean KL(q(z|x) ‖ p(z)), in nats per datum. */
    public double divergence() {
        return kl / examples;
    }
}
