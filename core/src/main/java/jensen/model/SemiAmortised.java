package jensen.model;

import java.util.List;
import java.util.Optional;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * A network selects where to start from x, and steps uphill on the datum's own ELBO refine q from there.
 *
 * <p>φ is trained as if a change of where the steps start were the same change of where they end: the gradient with
 * respect to the refined parameters is handed to the network as it is, without differentiating through the steps. This
 * is the first-order part of the semi-amortised gradient.
 *
 * @param encoder from x to the q to start from
 * @param refinement the steps
 * @see <a href="https://arxiv.org/abs/1802.02550">Kim, Wiseman, Miller, Sontag and Rush 2018, arXiv 1802.02550, §3; for
 *     the first-order gradient Nichol, Achiam and Schulman 2018, arXiv 1803.02999, §2</a>
 */
public record SemiAmortised(Head encoder, Refinement refinement) implements Guide {
    @Override
    public Distribution posterior(Parameters phi, Batch batch) {
        return encoder.given(phi.at("encoder"), batch.x());
    }

    @Override
    public Distribution inTraining(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return found(model, theta, phi, batch, rng).chosen();
    }

    @Override
    public Optional<Local> local(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        return Optional.of(found(model, theta, phi, batch, rng));
    }

    private Local found(Model model, Parameters theta, Parameters phi, Batch batch, Generator rng) {
        Tensor start = encoder.outputs(phi.at("encoder"), batch.x());
        Tensor end = refinement.climb(model, theta, batch, start, outputs -> of(phi, outputs), rng);
        return new Local(start.add(end.sub(start.detach())), outputs -> of(phi, outputs));
    }

    @Override
    public Distribution of(Parameters phi, Tensor numbers) {
        return encoder.of(phi.at("encoder"), numbers);
    }

    @Override
    public long draws() {
        return refinement.draws();
    }

    @Override
    public Optional<Family> posteriorFamily() {
        return Optional.of(encoder.family());
    }

    @Override
    public List<Slot> slots() {
        return Slot.under("encoder", encoder.slots());
    }
}
