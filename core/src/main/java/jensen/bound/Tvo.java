package jensen.bound;

import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import jensen.tensor.Tensor;

/**
 * The thermodynamic variational objective: the left Riemann sum Σ_s (β_s+1 − β_s) Σ_k p_sk log w_k of log p(x) = ∫₀¹ E_β[log w]
 * dβ, where E_β is the mean under q^(1 − β) p^β, estimated with p_sk ∝ w_k^β_s normalised over the draws.
 *
 * <p>The mean rises with β, on the draws too, so that the left sum lies between their ELBO and their importance-weighted bound:
 * a lower bound on log p(x) for every number of draws. (The right sum would be an upper bound of all draws there are, and is
 * not offered.) With one interval it is the ELBO.
 *
 * @param intervals S; β_0 = 0, and β_1 … β_S = 1 are spaced evenly in their logarithms
 * @param first β_1, above 0 and below 1
 * @see <a href="https://arxiv.org/abs/1907.00031">Masrani, Le and Wood 2019, arXiv 1907.00031, eqs. 8 and 10</a>
 */
public record Tvo(int intervals, double first) implements Bound {
    /** @throws IllegalArgumentException if there is no interval, or the first does not end between 0 and 1 */
    public Tvo {
        if (intervals < 1) {
            throw new IllegalArgumentException("intervals must be ≥ 1, was " + intervals);
        }
        if (!(first > 0 && first < 1)) {
            throw new IllegalArgumentException("first must be above 0 and below 1, was " + first);
        }
    }

    /** With the first interval's end at 0.1. */
    public static Tvo of(int intervals) {
        return new Tvo(intervals, 0.1);
    }

    @Override
    public String name() {
        return "tvo:" + intervals;
    }

    @Override
    public Tensor of(Tensor logWeights) {
        return sum(beta -> {
            Tensor p = logWeights.mul(beta).softmax(0);
            return p.mul(logWeights).sum(0);
        });
    }

    /** Σ_s (β_s+1 − β_s) p_k (1 + β_s (log w_k − Σ_j p_j log w_j)). */
    @Override
    public Tensor weight(Tensor logWeights) {
        return derivative(logWeights, (p, tilt) -> p.mul(tilt), beta -> 1.0);
    }

    /** Σ_s (β_s+1 − β_s) β_s p_k (1 + (1 − 2 p_k) (1 + β_s (log w_k − Σ_j p_j log w_j))). */
    @Override
    public Tensor slope(Tensor logWeights) {
        return derivative(
                logWeights, (p, tilt) -> p.mul(p.mul(-2).add(1).mul(tilt).add(1)), beta -> beta);
    }

    @Override
    public boolean constantWeight(int samples) {
        return samples == 1 || intervals == 1;
    }

    /** A sum over the intervals of {@code factor · term}, terms being of p and of 1 + β (log w − Σ p log w). */
    private Tensor derivative(Tensor logWeights, BiFunction<Tensor, Tensor, Tensor> term, DoubleUnaryOperator factor) {
        Tensor l = logWeights.detach();
        return sum(beta -> {
            Tensor p = l.mul(beta).softmax(0);
            Tensor tilt = l.sub(p.mul(l).sum(0)).mul(beta).add(1);
            return term.apply(p, tilt).mul(factor.applyAsDouble(beta));
        });
    }

    private Tensor sum(DoubleFunction<Tensor> atBeta) {
        Tensor total = atBeta.apply(0).mul(beta(1));
        for (int s = 1; s < intervals; s++) {
            total = total.add(atBeta.apply(beta(s)).mul(beta(s + 1) - beta(s)));
        }
        return total;
    }

    /** β_s for s ≥ 1. */
    private double beta(int s) {
        return s == intervals ? 1 : Math.pow(first, (double) (intervals - s) / (intervals - 1));
    }
}
