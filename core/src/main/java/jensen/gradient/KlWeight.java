package jensen.gradient;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jensen.tensor.Generator;

/**
 * What the divergence counts in what is climbed. Whatever it is, the evidence lower bound is reported as it is, with weight 1.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = KlWeight.Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = KlWeight.WarmUp.class, name = "warm-up"),
    @JsonSubTypes.Type(value = FreeBits.class, name = "free-bits"),
    @JsonSubTypes.Type(value = Capacity.class, name = "capacity"),
    @JsonSubTypes.Type(value = TotalCorrelation.class, name = "total-correlation"),
    @JsonSubTypes.Type(value = MeanDiscrepancy.class, name = "mean-discrepancy")
})
public sealed interface KlWeight permits KlWeight.Constant, KlWeight.WarmUp, BatchPenalty {
    /** Weight 1: what is climbed is the bound itself. */
    static KlWeight one() {
        return new Constant(1);
    }

    /**
     * The factor of the divergence at a point of training.
     *
     * @param epoch epochs done, with a fraction for the steps of the current one
     */
    double at(double epoch);

    /** The epochs after which the objective is no longer another one from step to step. */
    default double settled() {
        return 0;
    }

    /** What is climbed at the end of training in words; empty where it is the objective's bound itself. */
    String inWords(Objective objective);

    /**
     * Whether an objective can be weighted so.
     *
     * @param shards the parts that a batch is cut into
     * @throws IllegalArgumentException if not, with what can
     */
    default void check(Objective objective, int shards) {}

    /**
     * Evaluates a weighted objective at draws from q.
     *
     * @param epoch epochs done
     * @param rows N, the size of the data set that the batch is from
     * @param rng of the draws, its rows those of the data
     */
    default Estimate estimate(Target target, Objective objective, double epoch, int rows, Generator rng) {
        return objective.gradient().estimate(target, objective.bound(), objective.samples(), at(epoch), rng);
    }

    /**
     * β, always the same.
     *
     * @param weight β
     * @see <a href="https://openreview.net/forum?id=Sy2fzU9gl">Higgins et al. 2017, β-VAE, ICLR, eq. 4</a>
     */
    record Constant(double weight) implements KlWeight {
        /** @throws IllegalArgumentException if the weight is negative or not finite */
        public Constant {
            requireNonNegative("weight", weight);
        }

        @Override
        public double at(double epoch) {
            return weight;
        }

        @Override
        public String inWords(Objective objective) {
            if (weight == 1) {
                return "";
            }
            if (!objective.bound().constantWeight(objective.samples())) {
                return objective.bound().name() + " of the weights p(x|z) (p(z)/q(z|x))^" + weight
                        + ", which is no bound on log p(x)";
            }
            return "E_q[log p(x|z)] - " + weight + " KL, "
                    + (weight > 1 ? "a looser bound on log p(x)" : "which is no bound on log p(x)");
        }
    }

    /**
     * Rises linearly from 0 to 1, and stays there.
     *
     * @param epochs how long the rise takes; 0 for none
     * @see <a href="https://arxiv.org/abs/1511.06349">Bowman et al. 2015, arXiv 1511.06349, §3.1</a>
     */
    record WarmUp(double epochs) implements KlWeight {
        /** @throws IllegalArgumentException if the epochs are negative or not finite */
        public WarmUp {
            requireNonNegative("epochs", epochs);
        }

        @Override
        public double at(double epoch) {
            return epoch >= epochs ? 1 : epoch / epochs;
        }

        @Override
        public double settled() {
            return epochs;
        }

        @Override
        public String inWords(Objective objective) {
            return "";
        }
    }

    /**
     * Checks a component of a weight.
     *
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    static void requireNonNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " must be ≥ 0 and finite, was " + value);
        }
    }
}
