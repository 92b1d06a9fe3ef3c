package jensen.evaluate;

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
    /** How much is not known: upper − lower. */
    public Estimate gap() {
        return upper.minus(lower);
    }
}
