package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * A mixture of M distributions, p(x) = Σ_m π_m p_m(x).
 *
 * @param logits unnormalised log π, {@code […, M]}
 * @param components p_m, with events {@code [X]} under {@code […, M]}
 */
public record Mixture(Tensor logits, Reparameterised components) implements Distribution {
    /** log Σ_m π_m p_m(x). */
    @Override
    public Tensor logProb(Tensor x) {
        return each(x).add(logits.logSoftmax(-1)).logSumExp(-1);
    }

    /** log p_m(x), {@code […, M]}. */
    private Tensor each(Tensor x) {
        if (components instanceof DiagonalNormal normals && normals.mean().rank() == 2) {
            return normals.logProbOfPairs(x);
        }
        return components.logProb(x.unsqueeze(-2));
    }

    /** Draws of the component that the first element of the noise chooses: all see the rest, and the others' are thrown away. */
    @Override
    public Tensor sample(int k, Generator rng) {
        return Native.withoutGradient(() -> {
            long[] each = Shapes.append(Shapes.batch(logits.shape()), noiseLength());
            return drawn(rng.normal(logits.dtype(), logits.device(), Shapes.prepend(k, each)));
        });
    }

    /** The length of the noise that makes one draw. */
    long noiseLength() {
        return 1 + components.noiseLength();
    }

    /** Draws {@code [k, …, X]} from noise {@code [k, …, N]}; as functions of the parameters they jump between components. */
    Tensor drawn(Tensor noise) {
        Tensor rest = noise.narrow(-1, 1, components.noiseLength());
        Tensor all = components.reparameterise(rest.unsqueeze(-2));
        Tensor chosen = OneHot.chosen(noise.narrow(-1, 0, 1).normalCdf(), logits.softmax(-1));
        return all.mul(chosen.unsqueeze(-1)).sum(-2);
    }

    /** Σ_m π_m E_m[x]. */
    @Override
    public Tensor mean() {
        return components.mean().mul(logits.softmax(-1).unsqueeze(-1)).sum(-2);
    }

    @Override
    public Mixture detach() {
        return new Mixture(logits.detach(), components.detach());
    }
}
