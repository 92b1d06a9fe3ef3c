package jensen.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
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
        return Tensor.guarded(() -> {
            TensorVector of = new TensorVector(output.pointer);
            TensorVector by =
                    new TensorVector(inputs.stream().map(t -> t.pointer).toArray(org.bytedeco.pytorch.Tensor[]::new));
            TensorVector found = torch.grad(of, by, new TensorVector(), new BoolOptional(again), false, true);
            List<Tensor> gradients = new ArrayList<>(inputs.size());
            for (int i = 0; i < inputs.size(); i++) {
                org.bytedeco.pytorch.Tensor g = found.get(i);
                gradients.add(g.defined() ? Tensor.owned(g) : inputs.get(i).zerosLike());
            }
            return gradients;
        });
    }
}
