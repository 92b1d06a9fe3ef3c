package jensen.optim;

import java.util.List;
import jensen.tensor.FusedAdam;
import jensen.tensor.Tensor;

/**
 * Adam, with bias correction.
 *
 * @param beta1 decay of the mean of the gradient
 * @param beta2 decay of the mean of its square
 * @param epsilon added to the root of the latter
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba 2014, arXiv 1412.6980, algorithm 1</a>
 */
public record Adam(double beta1, double beta2, double epsilon) implements Optimiser {
    /** @throws IllegalArgumentException if a decay is outside [0, 1) or epsilon is not positive */
    public Adam {
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon > 0)) {
            throw new IllegalArgumentException(
                    "expected 0 ≤ beta1, beta2 < 1 and epsilon > 0, found " + beta1 + ", " + beta2 + ", " + epsilon);
        }
    }

    /** The paper's constants: 0.9, 0.999, 1e-8. */
    public static Adam standard() {
        return new Adam(0.9, 0.999, 1e-8);
    }

    @Override
    public List<String> state() {
        return List.of("mean", "square");
    }

    @Override
    public Rule of(Tensor parameters, List<Tensor> state) {
        return new FusedAdam(parameters, state.get(0), state.get(1), beta1, beta2, epsilon)::ascend;
    }
}
