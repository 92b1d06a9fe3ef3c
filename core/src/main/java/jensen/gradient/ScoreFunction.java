package jensen.gradient;

import java.util.stream.IntStream;
import jensen.bound.Bound;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * The gradient by the score of q, for which z need not be continuous: for φ, Σ_k (L − b_k) ∂log q(z_k|x)/∂φ + ∂L/∂φ at fixed
 * z; for θ, ∂L/∂θ at fixed z.
 *
 * @param baseline what b_k is
 * @see <a href="https://arxiv.org/abs/1402.0030">Mnih and Gregor 2014, arXiv 1402.0030, eq. 5</a>
 */
public record ScoreFunction(Baseline baseline) implements GradientEstimator {
    /** What is taken from the learning signal of a draw: it must not depend on that draw. */
    public enum Baseline {
        /** 0. */
        NONE,
        /** The bound of the other draws. */
        LEAVE_ONE_OUT
    }

    @Override
    public String name() {
        return baseline == Baseline.NONE ? "score-plain" : "score";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        return byScore(
                target,
                bound,
                samples,
                klWeight,
                rng,
                baseline == Baseline.NONE
                        ? (all, logWeights) -> logWeights.zerosLike()
                        : (all, logWeights) -> all.of(others(logWeights)));
    }

    /** b_k of the bound that φ climbs, as a function of the log-weights of all draws, {@code [K, B]} to {@code [K, B]}. */
    interface Signal {
        Tensor baseline(Bound bound, Tensor logWeights);
    }

    static Estimate byScore(Target target, Bound bound, int samples, double klWeight, Generator rng, Signal signal) {
        Distribution q = target.posterior();
        Tensor z = Native.withoutGradient(() -> target.draw(q, samples, rng).z());
        LogWeights w = target.logWeights(Draw.of(z), q).weighted(klWeight);
        Estimate fixed = Pathwise.differentiated(bound, w);
        Bound climbed = bound.forPhi();
        Tensor logWeights = climbed.perDraw(w).detach();
        Tensor learning = climbed.of(logWeights).sub(signal.baseline(climbed, logWeights));
        Tensor score = w.logPosterior().mul(learning).sum(0);
        boolean same = fixed.forTheta() == fixed.forPhi();
        Tensor forPhi = fixed.forPhi().add(score);
        return new Estimate(fixed.bound(), same ? forPhi : fixed.forTheta(), forPhi, w);
    }

    /** The log-weights of the draws other than the k-th, {@code [K − 1, K, B]}. */
    private static Tensor others(Tensor logWeights) {
        int k = Math.toIntExact(logWeights.size(0));
        long[] index = IntStream.range(0, (k - 1) * k)
                .mapToLong(i -> i / k + (i / k < i % k ? 0 : 1))
                .toArray();
        return logWeights
                .rows(Tensor.of(index, logWeights.device(), index.length))
                .reshape(k - 1, k, logWeights.size(1));
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        if (baseline == Baseline.NONE) {
            return new Verdict.Unbiased();
        }
        if (samples < 2) {
            return new Verdict.Refused("needs 2 samples or more, as the baseline is of the others");
        }
        try {
            bound.forPhi().check(samples - 1);
            return new Verdict.Unbiased();
        } catch (IllegalArgumentException refused) {
            return new Verdict.Refused("has no baseline, as the bound is not made of one draw fewer");
        }
    }
}
