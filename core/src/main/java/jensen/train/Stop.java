package jensen.train;

import java.util.List;
import jensen.gradient.KlWeight;

/**
 * When training ends.
 *
 * @param epochs at the latest after so many
 * @param patience earlier, once so many epochs in a row have not improved the validation ELBO; 0 for never
 */
public record Stop(int epochs, int patience) {
    /** @throws IllegalArgumentException if {@code epochs} is not positive or {@code patience} negative */
    public Stop {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be ≥ 1, was " + epochs);
        }
        if (patience < 0) {
            throw new IllegalArgumentException("patience must be ≥ 0, was " + patience);
        }
    }

    /**
     * The first epoch, from 0 on, at whose end the divergence had its last weight: earlier bounds are of other objectives,
     * so neither the best epoch nor the patience is counted from before it.
     */
    public int counted(KlWeight klWeight) {
        return Math.max(0, (int) Math.ceil(klWeight.settled()) - 1);
    }

    /**
     * The epoch, from 0 on, with the best validation ELBO of those that count, or −1 if none counts yet.
     *
     * @param elbos by epoch
     */
    public int best(List<Double> elbos, KlWeight klWeight) {
        int best = -1;
        for (int e = counted(klWeight); e < elbos.size(); e++) {
            if (best < 0 || elbos.get(e) > elbos.get(best)) {
                best = e;
            }
        }
        return best;
    }

    /** Whether training ends after the epochs whose validation ELBOs are given. */
    public boolean reached(List<Double> elbos, KlWeight klWeight) {
        int best = best(elbos, klWeight);
        return elbos.size() >= epochs || (patience > 0 && best >= 0 && elbos.size() - 1 - best >= patience);
    }
}
