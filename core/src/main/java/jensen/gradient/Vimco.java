package jensen.gradient;

import java.util.stream.IntStream;
import jensen.bound.Bound;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * The score-function gradient of a bound of several draws, whose baseline for the k-th draw is the bound with log w_k replaced
 * by the mean of the others' log-weights.
 *
 * @see <a href="https://arxiv.org/abs/1602.06725">Mnih and Rezende 2016, arXiv 1602.06725, eqs. 9 and 10</a>
 */
public record Vimco() implements GradientEstimator {
    @Override
    public String name() {
        return "vimco";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        return ScoreFunction.byScore(
                target, bound, samples, klWeight, rng, (climbed, logWeights) -> climbed.of(replaced(logWeights)));
    }

    /** log w with the k-th replaced by the mean of the others, for each k: {@code [K, K, B]}, k on the second axis. */
    private static Tensor replaced(Tensor logWeights) {
        int k = Math.toIntExact(logWeights.size(0));
        double[] diagonal = IntStream.range(0, k * k)
                .mapToDouble(i -> i / k == i % k ? 1 : 0)
                .toArray();
        Tensor own = Tensor.of(diagonal, logWeights.device(), k, k, 1).to(logWeights.dtype());
        Tensor others = logWeights.sum(0).sub(logWeights).mul(1.0 / (k - 1));
        return others.unsqueeze(0).where(own, logWeights.unsqueeze(1));
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        if (samples < 2) {
            return new Verdict.Refused("needs 2 samples or more, as the baseline is of the others");
        }
        return bound.forPhi().constantWeight(samples)
                ? new Verdict.Refused("is the score function with its baseline")
                : new Verdict.Unbiased();
    }
}
