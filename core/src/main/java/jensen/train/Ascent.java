package jensen.train;

import java.util.List;
import java.util.Map;
import jensen.net.Parameters;
import jensen.optim.Optimised;
import jensen.optim.Optimiser;
import jensen.tensor.Gradient;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * One group of parameters (θ, or φ) on its way uphill: sums its gradients over the shards and updates it, each in pieces
 * that different threads can take.
 */
final class Ascent {
    final Parameters parameters;
    final List<Tensor> leaves;
    private final Optimiser optimiser;
    private final Optimised optimised;
    private final Tensor gradient;
    private final int pieces;

    Ascent(Parameters parameters, Optimiser optimiser, int pieces) {
        this.parameters = parameters;
        this.leaves = parameters.leaves();
        this.optimiser = optimiser;
        this.pieces = pieces;
        this.optimised = new Optimised(parameters.flat(), optimiser);
        try (Scope scope = new Scope()) {
            this.gradient = scope.keep(parameters.flat().zerosLike());
        }
    }

    /** Where a piece begins: an even share, moved back to the beginning of a row where it is within a matrix. */
    private long from(int piece) {
        long share = parameters.count() * piece / pieces;
        long start = 0;
        for (Tensor leaf : leaves) {
            if (share < start + leaf.count()) {
                return share - (share - start) % Gradient.grain(leaf);
            }
            start += leaf.count();
        }
        return parameters.count();
    }

    /**
     * Sums one piece of the gradient over the shards, in their order.
     *
     * @param shards each shard's gradients by leaf
     * @return the squared length of the piece
     */
    double reduce(int piece, List<List<Gradient>> shards) {
        long from = from(piece);
        long to = from(piece + 1);
        if (from == to) {
            return 0;
        }
        try (Scope scope = new Scope()) {
            long start = 0;
            for (int i = 0; i < leaves.size() && start < to; i++) {
                long end = start + leaves.get(i).count();
                if (end > from) {
                    long low = Math.max(start, from);
                    long length = Math.min(end, to) - low;
                    Tensor sum = gradient.narrow(0, low, length);
                    for (int s = 0; s < shards.size(); s++) {
                        Gradient part = shards.get(s).get(i);
                        if (s == 0) {
                            part.copyTo(sum, low - start, low - start + length);
                        } else {
                            part.addTo(sum, low - start, low - start + length);
                        }
                    }
                }
                start = end;
            }
            Tensor whole = gradient.narrow(0, from, to - from);
            return whole.dot(whole).item();
        }
    }

    /** Moves one piece of the parameters along its gradient times {@code scale}. */
    void update(int piece, double scale, double learningRate, long step) {
        long from = from(piece);
        long length = from(piece + 1) - from;
        if (length == 0) {
            return;
        }
        try (Scope scope = new Scope()) {
            Tensor direction = gradient.narrow(0, from, length);
            if (scale != 1) {
                direction.mulInPlace(scale);
            }
            optimised.step(from, direction, learningRate, step);
        }
    }

    /** The optimiser's buffers. */
    List<Tensor> state() {
        return optimised.state();
    }

    /** Adds the parameters, by name, and the optimiser's buffers to what a checkpoint holds. */
    void save(String group, Map<String, Tensor> to) {
        parameters.all().forEach((name, leaf) -> to.put(group + "." + name, leaf.detach()));
        for (int i = 0; i < state().size(); i++) {
            to.put(buffer(group, i), state().get(i));
        }
    }

    void restore(String group, Map<String, Tensor> from) {
        parameters.load(group, from);
        for (int i = 0; i < state().size(); i++) {
            Tensor buffer = from.get(buffer(group, i));
            if (buffer == null || buffer.count() != parameters.count()) {
                throw new IllegalArgumentException("checkpoint must hold " + buffer(group, i) + " with "
                        + parameters.count() + " values, "
                        + (buffer == null ? "has none" : "has " + buffer.count()));
            }
            state().get(i).copyInPlace(buffer);
        }
    }

    private String buffer(String group, int i) {
        return "optimiser." + group + "." + optimiser.state().get(i);
    }
}
