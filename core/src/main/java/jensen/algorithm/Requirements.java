package jensen.algorithm;

import java.util.List;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.tensor.Tensor;
import jensen.train.NonFiniteException;

/** What the algorithms ask of a model and of each step. */
final class Requirements {
    private Requirements() {}

    /**
     * Refuses a prior that reads the encoder's parameters, which the algorithms do not differentiate by through it.
     *
     * @param algorithm its name
     * @throws IllegalArgumentException if it does
     */
    static void priorOfItsOwn(String algorithm, Model model) {
        if (model.prior() instanceof Prior.Vamp) {
            throw new IllegalArgumentException(
                    algorithm + ": expected a prior with parameters of its own, found a VampPrior, which is made of the"
                            + " encoder");
        }
    }

    /**
     * Checks numbers before anything is changed by them.
     *
     * @param step from 0 on
     * @param term what the numbers are
     * @throws NonFiniteException if one is not finite
     */
    static void finite(long step, String term, Tensor values) {
        if (!values.isFinite()) {
            throw new NonFiniteException(step + 1, term, List.of());
        }
    }
}
