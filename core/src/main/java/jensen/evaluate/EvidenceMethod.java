package jensen.evaluate;

import java.util.List;
import java.util.function.IntConsumer;
import jensen.data.Dataset;

/** How log p(x) = log ∫ p(x|z) p(z) dz, for a discrete z log Σ p(x|z) p(z), is found. */
public sealed interface EvidenceMethod
        permits ClosedForm,
                Quadrature,
                EnumeratedEvidence,
                ImportanceSampling,
                AnnealedImportance,
                Annealing,
                ReciprocalEvidence,
                AutomaticEvidence {
    /** The method's name, as in files and on the command line. */
    String name();

    /**
     * log p(x) of each of some rows.
     *
     * @param evaluator the model, its q and the noise
     * @param data in which the rows are
     * @param rows their numbers
     * @param done told how many more rows are done, from any thread
     * @throws IllegalArgumentException if the method does not serve the evaluator's model
     */
    List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done);
}
