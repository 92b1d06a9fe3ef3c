package jensen.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Reverse-mode differentiation. */
public final class Autograd {
    private Autograd() {}

    /**
     * ∂output/∂input for each input; zero where the output does not depend on it.
     *
     * @param output a scalar
     * @param inputs leaves made by {@link Tensor#requiresGradient}, or tensors that the output was computed from
     */
    public static List<Tensor> gradient(Tensor output, List<Tensor> inputs) {
        return gradient(output, inputs, false);
    }

    /** As {@link #gradient(Tensor, List)}; {@code again} keeps the graph for a further differentiation of it. */
    public static List<Tensor> gradient(Tensor output, List<Tensor> inputs, boolean again) {
        if (output.rank() != 0) {
            throw new IllegalArgumentException("expected a scalar, found the shape " + Arrays.toString(output.shape()));
        }
        return gradients(output, 1, inputs, again).stream()
                .map(Gradient::toTensor)
                .toList();
    }

    /**
     * weight · ∂Σoutput/∂input for each input, as terms that are not yet added up.
     *
     * @param output of any shape
     */
    public static List<Gradient> gradients(Tensor output, double weight, List<Tensor> inputs, boolean again) {
        Tensor cotangent = Tensor.op(() -> torch.full_like(output.pointer.detach(), new Scalar(weight)));
        return Tensor.guarded(() -> new Pass(inputs, again).run(output, cotangent));
    }

    /**
     * An operation whose derivative is given, so that what is done inside need be neither remembered nor differentiated.
     *
     * @param inputs what the value is differentiated by; anything else in it is constant
     * @param value computes it
     * @param pullbacks for each input, ∂(c · value)/∂input for a cotangent c of the value's shape; where the input was
     *     broadcast, the sum over that is taken of it
     */
    public static Tensor operation(List<Tensor> inputs, Supplier<Tensor> value, List<UnaryOperator<Tensor>> pullbacks) {
        if (!Tape.records(inputs)) {
            return value.get();
        }
        return Tape.record(inputs, value, (c, to) -> {
            for (int i = 0; i < inputs.size(); i++) {
                if (to.wants(i)) {
                    to.add(i, summed(pullbacks.get(i).apply(c), inputs.get(i)));
                }
            }
        });
    }

    /** The sum over the axes along which {@code like} was broadcast to a tensor's shape, in the shape of {@code like}. */
    private static Tensor summed(Tensor t, Tensor like) {
        long[] shape = like.shape();
        if (Arrays.equals(t.shape(), shape)) {
            return t;
        }
        return t.count() == like.count() ? t.reshape(shape) : Tensor.op(() -> t.pointer.sum_to_size(shape));
    }

    /** The derivative of an operation on each row of a tensor that makes one number of it. */
    public interface RowPullback {
        /**
         * ∂(c · value)/∂input for some rows, or for all.
         *
         * @param c the cotangent of these rows' values
         * @param rows picks these rows of a tensor that has all of them, or one for each index along its own leading axes
         */
        Tensor pull(Tensor c, UnaryOperator<Tensor> rows);
    }

    /**
     * As {@link #operation} of one input, {@code […, n]} to {@code […]}, row by row. Rows whose cotangent is zero are left out,
     * here and in the affine maps before, where they are many.
     */
    public static Tensor rowwise(Tensor input, Supplier<Tensor> value, RowPullback pullback) {
        List<Tensor> inputs = List.of(input);
        if (!Tape.records(inputs)) {
            return value.get();
        }
        return Tape.record(inputs, value, (c, to) -> {
            Rows some = Rows.otherThanZero(c);
            if (some == null) {
                to.add(0, pullback.pull(c, all -> all));
            } else {
                to.add(0, new Gradient.Some(pullback.pull(some.pickNumbers(c), some::pick), some));
            }
        });
    }

    /** Whether nothing that is computed from a tensor now can be differentiated by it. */
    public static boolean isConstant(Tensor tensor) {
        return !Tape.differentiable(List.of(tensor));
    }

    /**
     * Whether {@link #operation} on these takes a value that was computed without a gradient: inside a scope, where the given
     * derivatives are used, or where none is needed.
     */
    public static boolean takesDerivatives(List<Tensor> inputs) {
        return Tape.records(inputs) || !Tape.differentiable(inputs);
    }

    /** One way back: from a scalar over the tape, libtorch differentiating between its operations. */
    private static final class Pass {
        private final List<Tensor> inputs;
        private final boolean again;
        private final IdentityHashMap<Tensor, Gradient> found = new IdentityHashMap<>();
        private final List<Tape.Entry> entries;
        private final Set<Tensor> leaves = Collections.newSetFromMap(new IdentityHashMap<>());

        Pass(List<Tensor> inputs, boolean again) {
            this.inputs = inputs;
            this.entries = useful();
            // libtorch's stretches overlap where the tape has operations, so that none may be freed by its first use
            this.again = again || !entries.isEmpty();
            leaves.addAll(inputs);
            entries.forEach(e -> leaves.add(e.output()));
        }

        /** The operations on this thread whose inputs may depend on those that are asked for. */
        private List<Tape.Entry> useful() {
            Set<Tensor> reached = Collections.newSetFromMap(new IdentityHashMap<>());
            reached.addAll(inputs);
            List<Tape.Entry> useful = new ArrayList<>();
            for (Tape.Entry e : Tape.entries()) {
                if (e.inputs().stream()
                        .anyMatch(i -> !i.pointer.is_leaf() || reached.contains(i) || reached.contains(asked(i)))) {
                    useful.add(e);
                    reached.add(e.output());
                }
            }
            return useful;
        }

        List<Gradient> run(Tensor output, Tensor weight) {
            if (leaves.contains(output)) {
                gradient(output).add(weight);
            } else {
                stretch(List.of(output), List.of(weight));
            }
            for (int i = entries.size() - 1; i >= 0; i--) {
                Tape.Entry e = entries.get(i);
                leaves.remove(e.output());
                Gradient cotangent = found.get(e.output());
                if (cotangent != null) {
                    Inputs sink = new Inputs(e.inputs());
                    Native.withoutGradient(() -> {
                        Gradient.Some some = cotangent.onlySome();
                        if (some != null && e.pullback() instanceof Tape.PullbackByRows byRows) {
                            byRows.pull(some, sink);
                        } else {
                            e.pullback().pull(cotangent.toTensor(), sink);
                        }
                        return sink;
                    });
                    sink.carryOn();
                }
            }
            return inputs.stream().map(i -> gradient(i)).toList();
        }

        private Gradient gradient(Tensor of) {
            return found.computeIfAbsent(of, Gradient::new);
        }

        /** Lets libtorch differentiate from some tensors back to the leaves. */
        private void stretch(List<Tensor> from, List<Tensor> cotangents) {
            List<Tensor> to = List.copyOf(leaves);
            TensorVector g = torch.grad(
                    Tensor.vector(from),
                    Tensor.vector(to),
                    Tensor.vector(cotangents),
                    new BoolOptional(again),
                    false,
                    true);
            for (int i = 0; i < to.size(); i++) {
                org.bytedeco.pytorch.Tensor part = g.get(i);
                if (part.defined()) {
                    gradient(to.get(i)).add(Tensor.owned(part));
                }
            }
        }

        /** A tensor as it was asked for, where it is the same to libtorch. */
        private Tensor asked(Tensor t) {
            if (leaves.contains(t) || !t.pointer.is_leaf()) {
                return t;
            }
            return inputs.stream()
                    .filter(i -> i.pointer.is_same(t.pointer))
                    .findFirst()
                    .orElse(t);
        }

        private final class Inputs implements Tape.Sink {
            private final List<Tensor> of;
            private final List<Tensor> between = new ArrayList<>();
            private final List<Tensor> cotangents = new ArrayList<>();

            Inputs(List<Tensor> of) {
                this.of = of.stream().map(t -> asked(t)).toList();
            }

            @Override
            public boolean wants(int i) {
                return leaves.contains(of.get(i)) || !of.get(i).pointer.is_leaf();
            }

            @Override
            public void add(int i, Tensor cotangent) {
                if (leaves.contains(of.get(i))) {
                    gradient(of.get(i)).add(cotangent);
                } else if (wants(i)) {
                    between.add(of.get(i));
                    cotangents.add(cotangent);
                }
            }

            @Override
            public void add(int i, Gradient.Product product) {
                if (leaves.contains(of.get(i))) {
                    gradient(of.get(i)).add(product);
                } else if (wants(i)) {
                    add(i, product.multiplied(of.get(i)));
                }
            }

            @Override
            public void add(int i, Gradient.Slice slice) {
                if (leaves.contains(of.get(i))) {
                    gradient(of.get(i)).add(slice);
                } else if (wants(i)) {
                    add(i, slice.padded(of.get(i)));
                }
            }

            @Override
            public void add(int i, Gradient.Some rows) {
                if (leaves.contains(of.get(i))) {
                    gradient(of.get(i)).add(rows);
                } else if (wants(i)) {
                    add(i, rows.rows().spread(rows.value(), of.get(i)));
                }
            }

            /** From those inputs that libtorch made, all at once, as what made them may be the same. */
            void carryOn() {
                if (!between.isEmpty()) {
                    stretch(between, cotangents);
                }
            }
        }
    }
}
