package jensen.optim;

import java.util.List;
import jensen.tensor.Tensor;

/**
 * Adagrad: each parameter's step shrinks with the sum of its squared gradients.
 *
 * @param epsilon added to the root of the sum
 * @see <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi, Hazan and Singer, JMLR 12, 2011</a>
 */
public record Adagrad(double epsilon) implements Optimiser {
    /** @throws IllegalArgumentException if epsilon is not positive */
    public Adagrad {
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("epsilon must be > 0, was " + epsilon);
        }
    }

    /** With epsilon 1e-10. */
    public static Adagrad standard() {
        return new Adagrad(1e-10);
    }

    @Override
    public List<String> state() {
        return List.of("squares");
    }

    @Override
    public Rule of(Tensor parameters, List<Tensor> state) {
        return (gradient, learningRate, step) -> {
            Tensor squares = state.get(0).addProductInPlace(gradient, gradient, 1);
            parameters.addQuotientInPlace(gradient, squares.sqrt().add(epsilon), learningRate);
        };
    }
}
