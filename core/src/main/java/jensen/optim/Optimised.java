package jensen.algorithm;

import java.util.ArrayList;
import java.util.List;
import jensen.optim.Optimiser;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** Values that an optimiser moves, with its state. */
final class Uphill {
    private final Tensor values;
    private final Optimiser optimiser;
    private final List<Tensor> state = new ArrayList<>();
    private long steps;

    /** @param values changed in place, on one axis */
    Uphill(Tensor values, Optimiser optimiser) {
        this.values = values;
        this.optimiser = optimiser;
        try (Scope scope = new Scope()) {
            optimiser.state().forEach(buffer -> state.add(scope.keep(values.zerosLike())));
        }
    }

    /** One step along a gradient on one axis. */
    void step(Tensor gradient, double learningRate) {
        steps++;
        optimiser.step(values, gradient, state, learningRate, steps);
    }

    /** Gradients by leaf, one after the other on one axis. */
    static Tensor flat(List<Tensor> gradients) {
        return Tensor.concat(gradients.stream().map(g -> g.reshape(-1)).toList(), 0);
    }
}
