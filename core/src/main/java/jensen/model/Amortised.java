package jensen.model;

import java.util.List;
import java.util.Optional;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Generator;

/**
 * A network selects q from x, one function for all data: q_φ(z|x).
 *
 * @param encoder from x to a distribution of z
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, §2.2</a>
 */
public record Amortised(Conditional encoder) implements Guide {
    @Override
    public Distribution posterior(Parameters phi, Batch batch) {
        return encoder.given(phi.at("encoder"), batch.x());
    }

    @Override
    public Optional<Local> local(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return encoder.local(phi.at("encoder"), batch.x());
    }

    @Override
    public Optional<Family> posteriorFamily() {
        return encoder instanceof Head head ? Optional.of(head.family()) : Optional.empty();
    }

    @Override
    public List<Slot> slots() {
        return Slot.under("encoder", encoder.slots());
    }
}
