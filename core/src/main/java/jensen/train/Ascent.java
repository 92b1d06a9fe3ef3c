package jensen.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
    /** In elements; a shorter vector at a piece's end may be rounded otherwise, and one across two lines takes longer. */
    private static final long LINE = 64;

    final Parameters parameters;
    final List<Tensor> leaves;
    private final Optimiser optimiser;
    private final Optimised optimised;
    private final Tensor gradient;
    private final List<Piece> pieces;

    /** A share of the parameters: the leaves or parts of leaves in it, with their gradient, and what is moved. */
    private record Piece(List<Part> parts, Tensor gradient, Move move) {}

    /** Nearly the same share of the parameters, from one whole cache line to another, with their gradient. */
    private record Move(Tensor gradient, Optimised values) {}

    /** Elements {@code from} … {@code to} − 1 of a leaf, and where their derivatives are added up. */
    private record Part(int leaf, long from, long to, Tensor sum) {}

    Ascent(Parameters parameters, Optimiser optimiser, int pieces) {
        this.parameters = parameters;
        this.leaves = parameters.leaves();
        this.optimiser = optimiser;
        this.optimised = new Optimised(parameters.flat(), optimiser);
        this.gradient = parameters.flat().zerosLike();
        this.pieces = IntStream.range(0, pieces)
                .mapToObj(i -> piece(from(i, pieces), from(i + 1, pieces)))
                .toList();
    }

    /** Where a piece begins: an even share, moved back to the beginning of a row where it is within a matrix. */
    private long from(int piece, int pieces) {
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

    private Piece piece(long from, long to) {
        List<Part> parts = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < leaves.size(); i++) {
            long end = start + leaves.get(i).count();
            long low = Math.max(start, from);
            long high = Math.min(end, to);
            if (low < high) {
                parts.add(new Part(i, low - start, high - start, gradient.narrow(0, low, high - low)));
            }
            start = end;
        }
        return new Piece(parts, gradient.narrow(0, from, to - from), move(line(from), line(to)));
    }

    private Move move(long from, long to) {
        return new Move(gradient.narrow(0, from, to - from), optimised.part(from, to - from));
    }

    private long line(long at) {
        return at == parameters.count() ? at : at - at % LINE;
    }

    /**
     * Sums one piece of the gradient over the shards, in their order.
     *
     * @param shards each shard's gradients by leaf
     * @return the squared length of the piece
     */
    double reduce(int piece, List<List<Gradient>> shards) {
        Piece of = pieces.get(piece);
        if (of.parts.isEmpty()) {
            return 0;
        }
        try (Scope scope = new Scope()) {
            for (Part part : of.parts) {
                List<Gradient> terms =
                        shards.stream().map(s -> s.get(part.leaf)).toList();
                Gradient.sum(terms, part.sum, part.from, part.to);
            }
            return of.gradient.dot(of.gradient).item();
        }
    }

    /** Moves one piece of the parameters along its gradient times {@code scale}, once all pieces are reduced. */
    void update(int piece, double scale, double learningRate, long step) {
        Move of = pieces.get(piece).move;
        if (of.gradient.count() == 0) {
            return;
        }
        try (Scope scope = new Scope()) {
            if (scale != 1) {
                of.gradient.mulInPlace(scale);
            }
            of.values.step(of.gradient, learningRate, step);
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
