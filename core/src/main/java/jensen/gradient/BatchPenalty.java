package jensen.gradient;

import jensen.bound.Elbo;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * An objective E_q[log p(x|z)] − Ω where Ω, which takes the place of the divergence, is of a whole batch: its data are not cut
 * into shards, and the objective is an ELBO's, differentiated through z.
 */
public sealed interface BatchPenalty extends KlWeight permits FreeBits, Capacity, TotalCorrelation, MeanDiscrepancy {
    /**
     * What Ω is worked out from.
     *
     * @param target what is climbed on
     * @param q q(z|x) of the batch
     * @param z draws from it, {@code [K, B, D]}
     * @param terms their log-weights
     * @param epoch epochs done
     * @param rows N, the size of the data set
     * @param rng of what else is drawn
     */
    record Sample(Target target, Distribution q, Tensor z, LogWeights terms, double epoch, int rows, Generator rng) {}

    /** Ω per datum, in nats: {@code [B]}, or a scalar where it is the same for all. */
    Tensor penalty(Sample sample);

    @Override
    default void check(Objective objective, int shards) {
        if (!(objective.bound() instanceof Elbo) || !(objective.gradient() instanceof Pathwise)) {
            throw new IllegalArgumentException(
                    "this weight of the KL goes with the bound elbo and its pathwise gradient: use those, or a number");
        }
        if (shards != 1) {
            throw new IllegalArgumentException(
                    "this weight of the KL looks at a whole batch: shards must be 1, was " + shards);
        }
    }

    @Override
    default double at(double epoch) {
        return 1;
    }

    @Override
    default Estimate estimate(Target target, Objective objective, double epoch, int rows, Generator rng) {
        Distribution q = target.posterior();
        Draw draw = target.draw(q, objective.samples(), rng);
        LogWeights terms = target.logWeights(draw, q);
        Tensor penalty = penalty(new Sample(target, q, draw.z(), terms, epoch, rows, rng.split("penalty")));
        Tensor value = terms.logLikelihood().mean(0).sub(penalty);
        return new Estimate(value, value, value, terms);
    }
}
