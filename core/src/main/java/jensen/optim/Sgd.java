package jensen.optim;

import java.util.List;
import jensen.tensor.Tensor;

/**
 * Stochastic gradient ascent with momentum: v ← momentum · v + g, θ ← θ + rate · v.
 *
 * @param momentum 0 for none
 */
public record Sgd(double momentum) implements Optimiser {
    /** @throws IllegalArgumentException if the momentum is outside [0, 1) */
    public Sgd {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum must be in [0, 1), was " + momentum);
        }
    }

    @Override
    public List<String> state() {
        return momentum == 0 ? List.of() : List.of("velocity");
    }

    @Override
    public Rule of(Tensor parameters, List<Tensor> state) {
        return (gradient, learningRate, step) -> {
            Tensor direction =
                    momentum == 0 ? gradient : state.get(0).mulInPlace(momentum).addInPlace(gradient, 1);
            parameters.addInPlace(direction, learningRate);
        };
    }
}
