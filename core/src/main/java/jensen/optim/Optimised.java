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
    private final Optimiser.Rule rule;
    private long steps;

    /**
     * Values that have not been moved yet.
     *
     * @param values changed in place
     */
    public Optimised(Tensor values, Optimiser optimiser) {
        this(values, optimiser, buffers(values, optimiser));
    }

    private Optimised(Tensor values, Optimiser optimiser, List<Tensor> state) {
        this.values = values;
        this.optimiser = optimiser;
        this.state = state;
        this.rule = optimiser.of(values, state);
    }

    private static List<Tensor> buffers(Tensor values, Optimiser optimiser) {
        List<Tensor> buffers = new ArrayList<>();
        try (Scope scope = new Scope()) {
            optimiser.state().forEach(name -> buffers.add(scope.keep(values.zerosLike())));
        }
        return List.copyOf(buffers);
    }

    /** The elements {@code from} … {@code from + length} − 1 of values on one axis; different threads can move different parts. */
    public Optimised part(long from, long length) {
        return new Optimised(
                values.narrow(0, from, length),
                optimiser,
                state.stream().map(b -> b.narrow(0, from, length)).toList());
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
        step(gradient, learningRate, steps);
    }

    /**
     * One step uphill, whose number the caller knows, from 1.
     *
     * @param gradient of the values' shape; may be overwritten
     */
    public void step(Tensor gradient, double learningRate, long step) {
        rule.step(gradient, learningRate, step);
    }
}
