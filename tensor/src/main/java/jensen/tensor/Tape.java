package jensen.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.GradMode;

/**
 * The operations with derivatives of their own that a thread has done within its open scopes, in order.
 *
 * <p>libtorch differentiates what is between them: the result of such an operation is a leaf to it, and {@link Autograd}
 * goes back over the tape from leaf to leaf. A scope's operations are forgotten with its memory.
 */
final class Tape {
    /**
     * An operation that was done.
     *
     * @param output a leaf to libtorch
     * @param pullback from the output's cotangent to the inputs'
     */
    record Entry(Tensor output, List<Tensor> inputs, Pullback pullback) {}

    /** Adds the inputs' cotangents, given the output's. */
    interface Pullback {
        void pull(Tensor cotangent, Sink to);
    }

    /** A pullback whose rows do not depend on one another, so that it can do some of them alone. */
    interface PullbackByRows extends Pullback {
        void pull(Gradient.Some cotangent, Sink to);
    }

    /** The pullback of the same elements in another shape; rows stay what they are where they keep their length. */
    record Reshaped(Tensor from) implements PullbackByRows {
        @Override
        public void pull(Tensor cotangent, Sink to) {
            to.add(0, cotangent.reshape(from.shape()));
        }

        @Override
        public void pull(Gradient.Some cotangent, Sink to) {
            if (cotangent.value().size(-1) == from.size(-1)) {
                to.add(0, cotangent);
            } else {
                to.add(0, cotangent.rows().spread(cotangent.value(), from));
            }
        }
    }

    /** Where the cotangents of an operation's inputs go. */
    interface Sink {
        /** Whether the cotangent of input {@code i} is of any use. */
        boolean wants(int i);

        /** Adds to the cotangent of input {@code i}. */
        void add(int i, Tensor cotangent);

        /** Adds a product of matrices to the cotangent of input {@code i}. */
        void add(int i, Gradient.Product product);

        /** Adds a part of the cotangent of input {@code i}. */
        void add(int i, Gradient.Slice slice);

        /** Adds some rows of the cotangent of input {@code i}. */
        void add(int i, Gradient.Some rows);
    }

    private static final ThreadLocal<Tape> CURRENT = ThreadLocal.withInitial(Tape::new);

    private final List<Entry> entries = new ArrayList<>();
    private int scopes;

    private Tape() {}

    /** This thread's operations so far. */
    static List<Entry> entries() {
        return CURRENT.get().entries;
    }

    /** Notes that a scope was opened on this thread. */
    static int open() {
        Tape tape = CURRENT.get();
        tape.scopes++;
        return tape.entries.size();
    }

    /** Forgets what was done since {@link #open}. */
    static void close(int mark) {
        Tape tape = CURRENT.get();
        tape.scopes--;
        tape.entries.subList(mark, tape.entries.size()).clear();
    }

    /**
     * Whether an operation on these inputs is to be recorded here: it may be differentiated, and a scope will forget it.
     * Outside all scopes libtorch differentiates by itself.
     */
    static boolean records(List<Tensor> inputs) {
        return CURRENT.get().scopes > 0 && differentiable(inputs);
    }

    /** Whether what is computed from these inputs now may be differentiated. */
    static boolean differentiable(List<Tensor> inputs) {
        return GradMode.is_enabled() && inputs.stream().anyMatch(t -> t.pointer.requires_grad());
    }

    /**
     * Does an operation of libtorch's on one tensor; where that is what an operation recorded here came to, by which libtorch
     * would have to go back from it, this one is recorded as well.
     */
    static Tensor through(Tensor t, UnaryOperator<org.bytedeco.pytorch.Tensor> value, Pullback pullback) {
        Supplier<Tensor> result = () -> Tensor.op(() -> value.apply(t.pointer));
        return GradMode.is_enabled() && holds(t) ? record(List.of(t), result, pullback) : result.get();
    }

    private static boolean holds(Tensor t) {
        List<Entry> entries = entries();
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).output == t) {
                return true;
            }
        }
        return false;
    }

    /** Does an operation, for which {@link #records} is true, and records it. */
    static Tensor record(List<Tensor> inputs, Supplier<Tensor> value, Pullback pullback) {
        Tensor output = Native.withoutGradient(value);
        output.pointer.requires_grad_(true);
        CURRENT.get().entries.add(new Entry(output, inputs, pullback));
        return output;
    }
}
