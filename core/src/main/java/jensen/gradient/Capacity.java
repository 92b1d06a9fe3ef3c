package jensen.gradient;

import jensen.tensor.Tensor;

/**
 * A capacity that rises: Ω = γ |KL − C|, with the divergence averaged over the batch and C going linearly from one value to
 * another.
 *
 * @param from C at the start, in nats
 * @param to C in the end
 * @param epochs how long it takes
 * @param factor γ
 * @see <a href="https://arxiv.org/abs/1804.03599">Burgess et al. 2018, arXiv 1804.03599, eq. 8</a>
 */
public record Capacity(double from, double to, double epochs, double factor) implements BatchPenalty {
    /** @throws IllegalArgumentException if a number is negative or not finite */
    public Capacity {
        KlWeight.requireNonNegative("from", from);
        KlWeight.requireNonNegative("to", to);
        KlWeight.requireNonNegative("epochs", epochs);
        KlWeight.requireNonNegative("factor", factor);
    }

    /** C at a point of training, in nats. */
    public double nats(double epoch) {
        return epoch >= epochs ? to : from + (to - from) * epoch / epochs;
    }

    @Override
    public Tensor penalty(Sample sample) {
        return sample.terms().kl().mean().add(-nats(sample.epoch())).abs().mul(factor);
    }

    @Override
    public double at(double epoch) {
        return factor;
    }

    @Override
    public double settled() {
        return epochs;
    }

    @Override
    public String inWords(Objective objective) {
        return "E_q[log p(x|z)] - " + factor + " |KL - " + to + "|, which is no bound on log p(x)";
    }
}
