package jensen.dist;

import java.util.ArrayList;
import java.util.List;
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
        return all.mul(chosen(noise.narrow(-1, 0, 1)).unsqueeze(-1)).sum(-2);
    }

    /** 1 for the component in whose share of [0, 1] the probability of the noise {@code […, 1]} is, else 0, {@code […, M]}. */
    private Tensor chosen(Tensor noise) {
        Tensor u = noise.normalCdf();
        Tensor pi = logits.softmax(-1);
        List<Tensor> chosen = new ArrayList<>();
        Tensor end = u.zerosLike();
        Tensor before = u.zerosLike();
        for (long m = 0; m < pi.size(-1); m++) {
            end = end.add(pi.narrow(-1, m, 1));
            // rounding may leave the last share's end below 1
            Tensor within =
                    m + 1 < pi.size(-1) ? u.lessThan(end) : u.zerosLike().add(1);
            chosen.add(within.sub(before));
            before = within;
        }
        return Tensor.concat(chosen, -1);
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
