package jensen.model;

import java.util.ArrayList;
import java.util.List;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Flow;
import jensen.dist.Transform;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Normalising flows: the outputs are μ and log σ² of independent normals, followed by what each of the maps that carry them
 * needs.
 */
public sealed interface FlowFamily extends CorrelatedFamily {
    /** T, the number of maps. */
    int length();

    /** The maps, made of the outputs {@code […, M]} that follow the 2X of the base. */
    List<Transform> transforms(Parameters w, Tensor outputs, int event);

    @Override
    default Distribution of(Parameters w, Tensor outputs, int event) {
        DiagonalNormal base = new DiagonalNormal(outputs.narrow(-1, 0, event), outputs.narrow(-1, event, event));
        Tensor rest = outputs.narrow(-1, 2L * event, outputs.size(-1) - 2L * event);
        return new Flow(base, transforms(w, rest, event));
    }

    /**
     * Planar maps; each takes u, w and b from the network.
     *
     * @param length T
     * @see jensen.dist.Planar
     */
    record Planar(int length) implements FlowFamily {
        /** @throws IllegalArgumentException if the length is not positive */
        public Planar {
            CorrelatedFamily.requirePositive("length", length);
        }

        @Override
        public String name() {
            return "planar-flow:" + length;
        }

        @Override
        public int outputs(int event) {
            return Math.addExact(2 * event, Math.multiplyExact(length, 2 * event + 1));
        }

        @Override
        public List<Transform> transforms(Parameters w, Tensor outputs, int event) {
            List<Transform> transforms = new ArrayList<>();
            for (int t = 0; t < length; t++) {
                Tensor own = outputs.narrow(-1, t * (2L * event + 1), 2L * event + 1);
                transforms.add(new jensen.dist.Planar(
                        own.narrow(-1, 0, event), own.narrow(-1, event, event), own.select(-1, 2L * event)));
            }
            return transforms;
        }
    }

    /**
     * Inverse-autoregressive maps, in turn from the first element to the last and back; their masked networks are parameters of
     * the family, and all take one context from the network.
     *
     * @param length T
     * @param hidden the hidden units of each masked network, and the length of the context
     * @see jensen.dist.Autoregressive
     */
    record Autoregressive(int length, int hidden) implements FlowFamily {
        /** The gates' logit at the start: a fresh map changes little. */
        static final double OPEN = 2;

        /** @throws IllegalArgumentException if a size is not positive */
        public Autoregressive {
            CorrelatedFamily.requirePositive("length", length);
            CorrelatedFamily.requirePositive("hidden", hidden);
        }

        @Override
        public String name() {
            return "autoregressive-flow:" + length;
        }

        @Override
        public int outputs(int event) {
            return Math.addExact(2 * event, hidden);
        }

        @Override
        public List<Slot> slots(int event) {
            List<Slot> slots = new ArrayList<>(masked(length, hidden, event));
            long h = hidden;
            for (int t = 0; t < length; t++) {
                slots.add(Slot.weight(t + ".context.weight", List.of(h, h), h, h));
            }
            return slots;
        }

        /** The slots of masked networks whose context is a constant. */
        static List<Slot> masked(int length, long h, long x) {
            List<Slot> slots = new ArrayList<>();
            for (int t = 0; t < length; t++) {
                slots.addAll(Slot.under(
                        String.valueOf(t),
                        List.of(
                                Slot.weight("input.weight", List.of(h, x), x, h),
                                Slot.constant("input.bias", 0, h),
                                Slot.weight("output.weight", List.of(2 * x, h), h, 2 * x),
                                Slot.constant("output.mean", 0, x),
                                Slot.constant("output.gate", OPEN, x))));
            }
            return slots;
        }

        /** The map of one of them, under a context {@code […, H]}; every other goes back from the last element. */
        static jensen.dist.Autoregressive step(Parameters own, Tensor context, boolean reversed) {
            return new jensen.dist.Autoregressive(
                    own.get("input.weight"),
                    context,
                    own.get("output.weight"),
                    Tensor.concat(List.of(own.get("output.mean"), own.get("output.gate")), 0),
                    reversed);
        }

        @Override
        public List<Transform> transforms(Parameters w, Tensor outputs, int event) {
            List<Transform> transforms = new ArrayList<>();
            for (int t = 0; t < length; t++) {
                Parameters own = w.at(String.valueOf(t));
                Tensor context = outputs.linear(own.get("context.weight"), own.get("input.bias"));
                transforms.add(step(own, context, t % 2 == 1));
            }
            return transforms;
        }
    }

    /**
     * Sylvester maps; each takes its M reflections, the diagonals through tanh and the rest of its two triangles, and its bias
     * from the network.
     *
     * @param length T
     * @param columns M, the directions that each map moves; at most the length of the event
     * @see jensen.dist.Sylvester
     */
    record Sylvester(int length, int columns) implements FlowFamily {
        /** @throws IllegalArgumentException if a size is not positive */
        public Sylvester {
            CorrelatedFamily.requirePositive("length", length);
            CorrelatedFamily.requirePositive("columns", columns);
        }

        @Override
        public String name() {
            return "sylvester-flow:" + length;
        }

        private int each(int event) {
            if (columns > event) {
                throw new IllegalArgumentException(
                        "columns must be at most the event's " + event + " elements, was " + columns);
            }
            return Math.addExact(Math.multiplyExact(columns, event), columns * (columns + 2));
        }

        @Override
        public int outputs(int event) {
            return Math.addExact(2 * event, Math.multiplyExact(length, each(event)));
        }

        @Override
        public List<Transform> transforms(Parameters w, Tensor outputs, int event) {
            List<Transform> transforms = new ArrayList<>();
            for (int t = 0; t < length; t++) {
                transforms.add(step(outputs.narrow(-1, (long) t * each(event), each(event)), event));
            }
            return transforms;
        }

        private Transform step(Tensor outputs, int event) {
            long[] batch = Shapes.batch(outputs.shape());
            long m = columns;
            long triangle = m * (m + 1) / 2;
            long reflections = m * event;
            // a network that says nothing reflects the axes, which is a basis too
            Tensor axes = jensen.dist.MultivariateNormal.identity(outputs.narrow(-1, 0, event))
                    .narrow(0, 0, m);
            Tensor normals = outputs.narrow(-1, 0, reflections)
                    .reshape(Shapes.append(batch, m, event))
                    .add(axes);
            return new jensen.dist.Sylvester(
                    jensen.dist.Sylvester.orthonormal(normals),
                    upper(outputs.narrow(-1, reflections, triangle)),
                    upper(outputs.narrow(-1, reflections + triangle, triangle)),
                    outputs.narrow(-1, reflections + 2 * triangle, m));
        }

        private Tensor upper(Tensor entries) {
            Tensor diagonal = entries.narrow(-1, 0, columns).tanh();
            Tensor rest = entries.narrow(-1, columns, entries.size(-1) - columns);
            return CorrelatedFamily.triangular(diagonal, rest, columns).transpose(-1, -2);
        }
    }
}
