package jensen.gradient;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import jensen.bound.Bound;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Finite;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * The bound and its gradient without noise: for a discrete z of few values Σ_z q(z|x) log w is a sum that can be done, and is
 * differentiated as it stands. Each value is decoded once for all data of a batch. What an estimate reports are the sums.
 */
public record Enumeration() implements GradientEstimator {
    /** The most values of z. */
    public static final int MOST = 4096;

    @Override
    public String name() {
        return "enumerate";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        Finite q = finite(target.posterior());
        Tensor support = q.support();
        Tensor logQ = q.logProbOfPairs(support);
        LogWeights each = target.logWeights(Draw.of(support.unsqueeze(1), logQ), q);
        return Pathwise.differentiated(bound, each.expected(logQ.exp(), samples).weighted(klWeight));
    }

    /** The distribution as one whose values can be counted. */
    static Finite finite(Distribution q) {
        if (q instanceof Finite finite) {
            return finite;
        }
        throw new IllegalArgumentException("q must be discrete for this gradient, is a "
                + q.getClass().getSimpleName() + ": use pathwise, score, vimco or rws");
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        return bound.constantWeight(samples) && bound.forPhi().constantWeight(samples)
                ? new Verdict.Unbiased()
                : new Verdict.Refused("has no sum over z to do, as the bound is of several draws at once");
    }

    @Override
    public Optional<String> refuses(Family q, int event) {
        OptionalLong states = q.states(event);
        if (states.isEmpty()) {
            return Optional.of("is a sum over the values of a discrete z; that of " + q.name() + " is real");
        }
        return states.getAsLong() <= MOST
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "is a sum over all values of z, of which there may be %,d; here there are %s",
                        MOST,
                        states.getAsLong() == Long.MAX_VALUE
                                ? "2^63 or more"
                                : String.format(Locale.ROOT, "%,d", states.getAsLong())));
    }
}
