package jensen.dist;

import jensen.tensor.DType;
import jensen.tensor.Generator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Independent variables with values 0 … C − 1.
 *
 * @param logits unnormalised log-probabilities, {@code […, X, C]}
 */
public record Categorical(Tensor logits) implements Distribution {
    /** Σ log p(xᵢ), for x of whole numbers 0 … C − 1, {@code […, X]}. */
    @Override
    public Tensor logProb(Tensor x) {
        Tensor normalised = logits.logSoftmax(-1);
        // gather does not broadcast: adding zeros does
        Tensor index =
                x.to(DType.INT64).add(normalised.select(-1, 0).zerosLike().to(DType.INT64));
        Tensor all = normalised.expand(Shapes.append(index.shape(), logits.size(-1)));
        return all.gather(index.unsqueeze(-1)).reshape(index.shape()).sum(-1);
    }

    /** The value whose turn it is when u crosses the cumulative probabilities. */
    @Override
    public Tensor sample(int k, Generator rng) {
        Tensor p = logits.detach().softmax(-1);
        long[] each = Shapes.batch(p.shape());
        Tensor u = rng.uniform(p.dtype(), p.device(), Shapes.prepend(k, each));
        Tensor value = u.zerosLike();
        Tensor cumulative = p.select(-1, 0).zerosLike();
        for (long c = 0; c < p.size(-1) - 1; c++) {
            cumulative = cumulative.add(p.select(-1, c));
            value = value.add(u.lessThan(cumulative).neg().add(1));
        }
        return value;
    }

    /** E[x] of the values as numbers, Σ c p(c). */
    @Override
    public Tensor mean() {
        Tensor p = logits.softmax(-1);
        Tensor mean = p.select(-1, 0).zerosLike();
        for (int c = 1; c < p.size(-1); c++) {
            mean = mean.add(p.select(-1, c).mul(c));
        }
        return mean;
    }

    @Override
    public Categorical detach() {
        return new Categorical(logits.detach());
    }
}
