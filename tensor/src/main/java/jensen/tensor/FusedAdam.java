package jensen.tensor;

import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorList;

/**
 * libtorch's single-pass Adam update, which its Java interface lacks: a third of the time of one operation a term. Its arguments
 * are made once, as they take 15 µs of each step otherwise. They belong to the innermost open {@link Scope}.
 */
public final class FusedAdam {
    private static final OperatorHandle OPERATOR = Operators.find("aten::_fused_adam_");
    private static final IValue NOTHING = Operators.kept(new IValue());
    private static final IValue NO_WEIGHT_DECAY = Operators.kept(new IValue(0.0));
    private static final IValue NO_AMSGRAD = Operators.kept(new IValue(false));
    private static final IValue MAXIMISE = Operators.kept(new IValue(true));
    private static final IValue NO_TENSORS = Operators.kept(list());

    private final Tensor step;
    private final List<IValue> buffers;
    private final List<IValue> constants;
    private final IValue steps;

    /**
     * An update of some parameters.
     *
     * @param mean m with the opposite sign, as libtorch descends −g
     * @param square v
     */
    public FusedAdam(Tensor parameters, Tensor mean, Tensor square, double beta1, double beta2, double epsilon) {
        // float64, as a count above 2²⁴ would not fit a float32
        step = Tensor.scalar(0, DType.FLOAT64, parameters.device());
        buffers = List.of(list(parameters), list(mean), list(square));
        steps = list(step);
        constants = List.of(new IValue(beta1), new IValue(beta2), NO_WEIGHT_DECAY, new IValue(epsilon));
    }

    /**
     * One step uphill, in place: m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← p + rate · m̂ / (√v̂ + ε), where the
     * hats divide by 1 − βᵗ.
     *
     * @param count t, from 1
     */
    public void ascend(Tensor gradient, double learningRate, long count) {
        Tensor.guarded(() -> {
            try (PointerScope scope = new PointerScope()) {
                step.pointer.fill_(new org.bytedeco.pytorch.Scalar((double) count));
                IValueVector stack = new IValueVector();
                stack.push_back(buffers.get(0));
                stack.push_back(list(gradient));
                stack.push_back(buffers.get(1));
                stack.push_back(buffers.get(2));
                stack.push_back(NO_TENSORS);
                stack.push_back(steps);
                stack.push_back(new IValue(learningRate));
                constants.forEach(stack::push_back);
                stack.push_back(NO_AMSGRAD);
                stack.push_back(MAXIMISE);
                stack.push_back(NOTHING);
                stack.push_back(NOTHING);
                OPERATOR.callBoxed(stack);
                return stack;
            }
        });
    }

    private static IValue list(Tensor... tensors) {
        return new IValue(new GenericList((Pointer) new TensorList(Tensor.vector(List.of(tensors)))));
    }
}
