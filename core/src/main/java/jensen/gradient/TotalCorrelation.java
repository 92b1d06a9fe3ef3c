package jensen.gradient;

import jensen.dist.Aggregate;
import jensen.dist.DiagonalNormal;
import jensen.tensor.Tensor;

/**
 * Weighs the total correlation of z under q(z) within the divergence, whose other parts, the information about x and each
 * dimension's own divergence, keep weight 1: Ω = KL + (β − 1) TC, where q(z) is estimated from the batch.
 *
 * @param weight β
 * @param estimator how q(z) is estimated
 * @see <a href="https://arxiv.org/abs/1802.04942">Chen, Li, Grosse and Duvenaud 2018, arXiv 1802.04942, eqs. 2-4</a>
 */
public record TotalCorrelation(double weight, Estimator estimator) implements BatchPenalty {
    /** How the densities of q(z) = 1/N Σ_n q(z|x_n) are estimated from a batch of B. */
    public enum Estimator {
        /** 1/(N B) Σ_m q(z|x_m): too small, mostly by a constant, arXiv 1802.04942, eq. 5. */
        WEIGHTED {
            @Override
            double own(int batch, int rows) {
                return -Math.log((double) rows * batch);
            }

            @Override
            double other(int batch, int rows) {
                return own(batch, rows);
            }
        },
        /**
         * 1/N for the q that z is from, the rest evenly for the others: unbiased for q(z), as arXiv 1802.04942, appendix C.2
         * is, which weighs one of the others more and the rest less to no advantage.
         */
        STRATIFIED {
            @Override
            double own(int batch, int rows) {
                return -Math.log(rows);
            }

            @Override
            double other(int batch, int rows) {
                return Math.log((rows - 1.0) / rows / (batch - 1));
            }
        };

        /** The logarithm of the weight of the q that z is from. */
        abstract double own(int batch, int rows);

        /** The logarithm of the weight of each other q. */
        abstract double other(int batch, int rows);

        /** log W, {@code [B, B]}: of each datum's z, the weight of each q. */
        Tensor logWeights(int batch, int rows, Tensor like) {
            double[] logs = new double[batch * batch];
            for (int i = 0; i < logs.length; i++) {
                logs[i] = i % (batch + 1) == 0 ? own(batch, rows) : other(batch, rows);
            }
            return Tensor.of(logs, like.device(), batch, batch).to(like.dtype());
        }
    }

    /** @throws IllegalArgumentException if the weight is negative or not finite */
    public TotalCorrelation {
        KlWeight.requireNonNegative("weight", weight);
    }

    @Override
    public Tensor penalty(Sample sample) {
        Tensor correlation = estimate(sample).mean(0);
        return sample.terms().kl().add(correlation.mul(weight - 1));
    }

    /** The estimate at each draw, {@code [K, B]}. */
    Tensor estimate(Sample sample) {
        if (!(sample.q() instanceof DiagonalNormal q)) {
            throw new IllegalArgumentException("the total correlation is weighed where q is normal with independent"
                    + " components; here it is a " + sample.q().getClass().getSimpleName());
        }
        int batch = Math.toIntExact(sample.z().size(1));
        Tensor logWeights = estimator.logWeights(batch, sample.rows(), sample.z());
        return new Aggregate(q, logWeights).totalCorrelation(sample.z());
    }

    @Override
    public String inWords(Objective objective) {
        return "the ELBO - " + (weight - 1)
                + " times an estimate of the total correlation, which need not be a bound on" + " log p(x)";
    }
}
