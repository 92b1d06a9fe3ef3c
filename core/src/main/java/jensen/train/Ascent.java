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

    /** Elements of a leaf from which on it is cut. */
    private static final long LARGE = 4096;

    final Parameters parameters;
    final List<Tensor> leaves;
    private final Optimiser optimiser;
    private final Optimised optimised;
    private final Tensor gradient;
    private final List<Piece> pieces;

    /** What one task sums, and what it moves, which is nearly the same. */
    private record Piece(List<Part> parts, Move move) {}

    /** A share of all parameters, from one whole cache line to another, with their gradient. */
    private record Move(Tensor gradient, Optimised values) {}

    /** Elements {@code from} … {@code to} − 1 of a leaf, and where their derivatives are added up. */
    private record Part(int leaf, long from, long to, Tensor sum) {}

    Ascent(Parameters parameters, Optimiser optimiser, int pieces) {
        this.parameters = parameters;
        this.leaves = parameters.leaves();
        this.optimiser = optimiser;
        this.optimised = new Optimised(parameters.flat(), optimiser);
        this.gradient = parameters.flat().zerosLike();
        this.pieces = IntStream.range(0, pieces).mapToObj(i -> piece(i, pieces)).toList();
    }

    /**
     * Rows of all large leaves, since those of one may take longer than those of another: zeros of data are left out of a
     * first layer's gradient. The small ones are dealt out.
     */
    private Piece piece(int piece, int pieces) {
        List<Part> parts = new ArrayList<>();
        long start = 0;
        int small = 0;
        for (int i = 0; i < leaves.size(); i++) {
            Tensor leaf = leaves.get(i);
            if (leaf.count() >= LARGE) {
                parts.add(part(i, start, row(leaf, piece, pieces), row(leaf, piece + 1, pieces)));
            } else if (small++ % pieces == piece) {
                parts.add(part(i, start, 0, leaf.count()));
            }
            start += leaf.count();
        }
        parts.removeIf(part -> part.from == part.to);
        return new Piece(parts, move(piece, pieces));
    }

    private Part part(int leaf, long start, long from, long to) {
        return new Part(leaf, from, to, gradient.narrow(0, start + from, to - from));
    }

    /** Where a piece of a leaf begins: at a row. */
    private static long row(Tensor leaf, int piece, int pieces) {
        long share = leaf.count() * piece / pieces;
        return share - share % Gradient.grain(leaf);
    }

    /** Where a piece of the parameters begins that is moved: at a cache line. */
    private long line(int piece, int pieces) {
        long share = parameters.count() * piece / pieces;
        return piece == pieces ? share : share - share % LINE;
    }

    private Move move(int piece, int pieces) {
        long from = line(piece, pieces);
        long to = line(piece + 1, pieces);
        return new Move(gradient.narrow(0, from, to - from), optimised.part(from, to - from));
    }

    /**
     * Sums one piece of the gradient over the shards, in their order.
     *
     * @param shards each shard's gradients by leaf
     * @return the squared length of the piece
     */
    double reduce(int piece, List<List<Gradient>> shards) {
        double squares = 0;
        try (Scope scope = new Scope()) {
            for (Part part : pieces.get(piece).parts) {
                List<Gradient> terms =
                        shards.stream().map(s -> s.get(part.leaf)).toList();
                Gradient.sum(terms, part.sum, part.from, part.to);
                squares += Gradient.squaredLength(part.sum);
            }
        }
        return squares;
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
