package jensen.dist;

import java.util.List;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Independent binary variables with success probability σ(logit).
 *
 * @param logits log(p / (1 − p)), {@code […, X]}
 */
public record Bernoulli(Tensor logits) implements Distribution {
    /**
     * Σ x·l − log(1 + eˡ), the log-mass of x ∈ {0, 1}.
     *
     * <p>Computed on the logits, it neither over- nor underflows. Its derivative x − σ(l) is given here, as found from the
     * formula step by step it takes three times as long.
     */
    @Override
    public Tensor logProb(Tensor x) {
        return Autograd.operation(
                List.of(logits, x),
                () -> logits.innerProduct(x).sub(logits.sumSoftplus()),
                List.of(c -> x.sub(logits.sigmoid()).mul(c.unsqueeze(-1)), c -> logits.mul(c.unsqueeze(-1))));
    }

    @Override
    public Tensor sample(int k, Generator rng) {
        Tensor uniform = rng.uniform(logits.dtype(), logits.device(), Shapes.prepend(k, logits.shape()));
        return uniform.lessThan(mean().detach());
    }

    @Override
    public Tensor mean() {
        return logits.sigmoid();
    }

    @Override
    public Bernoulli detach() {
        return new Bernoulli(logits.detach());
    }
}
