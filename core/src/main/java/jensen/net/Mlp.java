package jensen.net;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * A multi-layer perceptron: affine layers with a non-linearity between them, none after the last.
 *
 * @param inputs the length of the input
 * @param hidden the lengths of the hidden layers; none makes it an affine map
 * @param outputs the length of the output
 * @param activation the non-linearity
 */
public record Mlp(int inputs, List<Integer> hidden, int outputs, Activation activation) implements Network {
    /** @throws IllegalArgumentException if a length is not positive */
    public Mlp {
        hidden = List.copyOf(hidden);
        requirePositive("inputs", inputs);
        requirePositive("outputs", outputs);
        hidden.forEach(h -> requirePositive("hidden", h));
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be ≥ 1, was " + value);
        }
    }

    @Override
    public List<Slot> slots() {
        List<Integer> sizes = new ArrayList<>(hidden);
        sizes.add(0, inputs);
        sizes.add(outputs);
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i + 1 < sizes.size(); i++) {
            slots.addAll(affine(i, sizes.get(i), sizes.get(i + 1)));
        }
        return slots;
    }

    /** The slots of an affine layer. */
    static List<Slot> affine(int layer, long in, long out) {
        return List.of(Slot.affine(layer + ".weight", in, out), Slot.constant(layer + ".bias", 0, out));
    }

    /** The affine layer itself. */
    static Tensor affine(Parameters w, int layer, Tensor x) {
        return x.linear(w.get(layer + ".weight"), w.get(layer + ".bias"));
    }

    @Override
    public String outputBias() {
        return hidden.size() + ".bias";
    }

    @Override
    public Tensor apply(Parameters w, Tensor x) {
        return byRows(x, rows -> affine(w, hidden.size(), hidden(w, rows)));
    }

    /** The activation of the outputs. */
    Tensor activated(Parameters w, Tensor x) {
        return byRows(x, rows -> activation.affine(hidden(w, rows), w.get(outputWeight()), w.get(outputBias())));
    }

    /** The name of the weight of the last layer, which is affine. */
    public String outputWeight() {
        return hidden.size() + ".weight";
    }

    /** What the last layer takes, {@code […, H]}, for x {@code […, inputs]}. */
    public Tensor lastHidden(Parameters w, Tensor x) {
        return byRows(x, rows -> hidden(w, rows));
    }

    /** Does what is done to rows {@code [N, inputs]} to those of x {@code […, inputs]}: one change of shape for all layers. */
    private Tensor byRows(Tensor x, UnaryOperator<Tensor> layers) {
        if (x.rank() == 2) {
            return layers.apply(x);
        }
        Tensor rows = layers.apply(x.reshape(-1, inputs));
        return rows.reshape(Shapes.append(Shapes.batch(x.shape()), rows.size(1)));
    }

    private Tensor hidden(Parameters w, Tensor x) {
        Tensor h = x;
        for (int i = 0; i < hidden.size(); i++) {
            h = activation.affine(h, w.get(i + ".weight"), w.get(i + ".bias"));
        }
        return h;
    }
}
