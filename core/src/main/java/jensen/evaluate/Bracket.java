package jensen.evaluate;

import java.util.List;
import java.util.function.Function;

/**
 * log p(x) of one simulated datum from both sides, in nats.
 *
 * <p>Either end can be wrong by its standard error, and beyond it by b nats with probability below e⁻ᵇ.
 *
 * @param index the datum's number
 * @param lower by annealing from the start to the posterior: the mean of its exponential is p(x)
 * @param upper by annealing from the posterior to the start: the mean of the exponential of its negative is 1/p(x)
 * @see <a href="https://arxiv.org/abs/1511.02543">Grosse, Ghahramani and Adams 2015, arXiv 1511.02543</a>
 */
public record Bracket(int index, Estimate lower, Estimate upper) {
    /** Standard errors on either side of a value that hold 95 % of a normal distribution. */
    static final double INTERVAL = 1.96;

    /** The mean over some data of an end, or of the gap. */
    public static Estimate mean(List<Bracket> brackets, Function<Bracket, Estimate> of) {
        return brackets.stream()
                .map(of)
                .reduce(new Estimate(0, 0), Estimate::plus)
                .times(1.0 / brackets.size());
    }

    /** Whether another estimate of log p(x) is between the ends, or outside by no more than 1.96 standard errors. */
    public boolean holds(Estimate other) {
        return other.value() >= lower.value() - INTERVAL * other.minus(lower).standardError()
                && other.value()
                        <= upper.value() + INTERVAL * other.minus(upper).standardError();
    }

    /** How much is not known: upper − lower. */
    public Estimate gap() {
        return upper.minus(lower);
    }
}
