package jensen.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * Every datum has a q of its own: variational inference without amortisation. φ is a table with a row for each datum of the
 * training data, which starts at the family's zero; data that are not in the table are optimised when they are looked at.
 *
 * <p>The optimiser's state belongs to the whole table. A rule with momentum so goes on to move a row in the steps after
 * the one that its datum was in, and a rule that divides by the recent gradients' size lets rows that are seldom seen
 * take longer steps.
 *
 * @param family what a row means
 * @param latent D
 * @param rows data in the table; 0 where φ is not trained
 * @param refinement how q is found for a datum that is not in the table
 * @see <a href="https://arxiv.org/abs/1206.7051">Hoffman, Blei, Wang and Paisley 2012, arXiv 1206.7051, §2.3</a>
 */
public record PerDatum(Family family, int latent, int rows, Refinement refinement) implements Guide {
    /** @throws IllegalArgumentException if {@code latent} is not positive or {@code rows} negative */
    public PerDatum {
        if (latent < 1 || rows < 0) {
            throw new IllegalArgumentException("latent must be ≥ 1 and rows ≥ 0, were " + latent + " and " + rows);
        }
    }

    /** @throws IllegalArgumentException if a datum's index is not in the table */
    @Override
    public Distribution posterior(Parameters phi, Batch batch) {
        long[] index = new long[batch.size()];
        for (int i = 0; i < index.length; i++) {
            index[i] = batch.index()[i];
            if (index[i] < 0 || index[i] >= rows) {
                throw new IllegalArgumentException(
                        "batch.index must be below the table's " + rows + " rows, was " + index[i]);
            }
        }
        Tensor table = phi.get("table");
        return of(phi, table.rows(Tensor.of(index, table.device(), index.length)));
    }

    @Override
    public Distribution ofNew(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return found(model, theta, phi, batch, rng).chosen();
    }

    @Override
    public Optional<Local> local(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return Optional.of(found(model, theta, phi, batch, rng));
    }

    private Local found(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        Tensor like = phi.flat();
        Tensor start = Tensor.zeros(like.dtype(), like.device(), batch.size(), width());
        Tensor end = refinement.climb(model, theta, batch, start, numbers -> of(phi, numbers), rng);
        return new Local(end, numbers -> of(phi, numbers));
    }

    @Override
    public long draws() {
        return refinement.draws();
    }

    @Override
    public Optional<Family> posteriorFamily() {
        return Optional.of(family);
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(List.of(Slot.constant("table", 0, rows, width())));
        slots.addAll(Slot.under("family", family.slots(latent)));
        return slots;
    }

    @Override
    public Distribution of(Parameters phi, Tensor numbers) {
        return family.of(phi.at("family"), numbers, latent);
    }

    private int width() {
        return family.outputs(latent);
    }
}
