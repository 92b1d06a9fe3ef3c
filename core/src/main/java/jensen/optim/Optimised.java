package jensen.optim;

import java.util.ArrayList;
import java.util.List;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** Values that an optimiser moves, with the buffers that it keeps of them. */
public final class Optimised {
    private final Tensor values;
    private final Optimiser optimiser;
    private final List<Tensor> state;
    private long steps;

    /**
     * Values that have not been moved yet.
     *
     * @param values changed in place
     */
    public Optimised(Tensor values, Optimiser optimiser) {
        this.values = values;
        this.optimiser = optimiser;
        List<Tensor> buffers = new ArrayList<>();
        try (Scope scope = new Scope()) {
            optimiser.state().forEach(name -> buffers.add(scope.keep(values.zerosLike())));
        }
        this.state = List.copyOf(buffers);
    }

    /** The buffers, in the order of {@link Optimiser#state()}. */
    public List<Tensor> state() {
        return state;
    }

    /**
     * One step uphill.
     *
     * @param gradient of the values' shape; may be overwritten
     */
    public void step(Tensor gradient, double learningRate) {
        steps++;
        optimiser.step(values, gradient, state, learningRate, steps);
    }

    /**
     * A part of a step uphill, of values on one axis: those from {@code from} on, as many as the gradient has. Different
     * threads can move different parts.
     *
     * @param step the number of the step, from 1
     */
    public void step(long from, Tensor gradient, double learningRate, long step) {
        long length = gradient.count();
        List<Tensor> buffers =
                state.stream().map(b -> b.narrow(0, from, length)).toList();
        optimiser.step(values.narrow(0, from, length), gradient, buffers, learningRate, step);
    }
}
