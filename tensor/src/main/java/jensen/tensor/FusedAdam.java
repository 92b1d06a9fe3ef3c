package jensen.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.TensorVector;

/** libtorch's single-pass Adam update, which its Java interface lacks: a third of the time of one operation a term. */
public final class FusedAdam {
    private static final OperatorHandle OPERATOR = Operators.find("aten::_fused_adam_");

    private FusedAdam() {}

    /**
     * One step uphill, in place: m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← p + rate · m̂ / (√v̂ + ε), where the
     * hats divide by 1 − βᵗ.
     *
     * @param mean m with the opposite sign, as libtorch descends −g
     * @param square v
     * @param step t, from 1
     */
    public static void ascend(
            Tensor parameters,
            Tensor gradient,
            Tensor mean,
            Tensor square,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            long step) {
        Tensor.guarded(() -> {
            try (PointerScope scope = new PointerScope()) {
                IValueVector stack = new IValueVector();
                stack.push_back(list(parameters));
                stack.push_back(list(gradient));
                stack.push_back(list(mean));
                stack.push_back(list(square));
                stack.push_back(list());
                // float64, as a count above 2²⁴ would not fit a float32
                stack.push_back(list(Tensor.scalar((double) step, DType.FLOAT64, parameters.device())));
                stack.push_back(new IValue(learningRate));
                stack.push_back(new IValue(beta1));
                stack.push_back(new IValue(beta2));
                stack.push_back(new IValue(0.0)); // weight decay
                stack.push_back(new IValue(epsilon));
                stack.push_back(new IValue(false)); // amsgrad
                stack.push_back(new IValue(true)); // maximise
                stack.push_back(new IValue());
                stack.push_back(new IValue());
                OPERATOR.callBoxed(stack);
                return stack;
            }
        });
    }

    private static IValue list(Tensor... tensors) {
        TensorVector vector = new TensorVector(
                java.util.Arrays.stream(tensors).map(t -> t.pointer).toArray(org.bytedeco.pytorch.Tensor[]::new));
        return new IValue(new GenericList((Pointer) new TensorList(vector)));
    }
}
