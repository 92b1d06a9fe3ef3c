package jensen.dist;

import java.util.List;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Variables in two layers, the second drawn given the first: q(a, b) = q(a) q(b|a). A further layer is a chain in the place of
 * the second.
 *
 * <p>A draw comes with its log-density, so that q(b|a) is found once for both.
 *
 * @param first q(a)
 * @param then q(b|a)
 * @param upwards whether values are (b, a) instead of (a, b), as where a prior begins at the last layer
 * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, eqs. 1 and 4</a>
 */
public record Chain(Reparameterised first, Given then, boolean upwards) implements Reparameterised {
    /** The distribution of a layer given the one before. */
    public interface Given {
        /**
         * q(b|a).
         *
         * @param a {@code […, A]}
         * @return events {@code [B]} under {@code […]}
         */
        Reparameterised at(Tensor a);

        /** The same with its parameters as constants; it stays differentiable in a. */
        Given detach();
    }

    /** log q(a) + log q(b|a). */
    @Override
    public Tensor logProb(Tensor x) {
        long a = first.mean().size(-1);
        long b = x.size(-1) - a;
        Tensor from = x.narrow(-1, upwards ? b : 0, a);
        return first.logProb(from).add(then.at(from).logProb(x.narrow(-1, upwards ? 0 : a, b)));
    }

    @Override
    public Tensor reparameterise(Tensor noise) {
        long own = first.noiseLength();
        Tensor a = first.reparameterise(noise.narrow(-1, 0, own));
        return joined(a, then.at(a).reparameterise(noise.narrow(-1, own, noise.size(-1) - own)));
    }

    @Override
    public Draw draw(int k, Generator rng) {
        Tensor noise = noise(k, rng);
        long own = first.noiseLength();
        Tensor a = first.reparameterise(noise.narrow(-1, 0, own));
        Reparameterised second = then.at(a);
        Tensor b = second.reparameterise(noise.narrow(-1, own, noise.size(-1) - own));
        return Draw.of(joined(a, b), first.logProb(a).add(second.logProb(b)));
    }

    private Tensor joined(Tensor a, Tensor b) {
        return Tensor.concat(upwards ? List.of(b, a) : List.of(a, b), -1);
    }

    @Override
    public long noiseLength() {
        return Native.withoutGradient(() -> {
            Tensor one = first.mean();
            while (one.rank() > 1) {
                one = one.select(0, 0);
            }
            return first.noiseLength() + then.at(one.unsqueeze(0)).noiseLength();
        });
    }

    @Override
    public Tensor noise(int k, Generator rng) {
        Tensor mean = first.mean();
        long[] each = Shapes.append(Shapes.batch(mean.shape()), noiseLength());
        return rng.normal(mean.dtype(), mean.device(), Shapes.prepend(k, each));
    }

    /** E[a], and the mean of E[b|a] over 128 fixed draws of a: off by a fraction of the standard deviation of E[b|a]. */
    @Override
    public Tensor mean() {
        return joined(first.mean(), given().mean().mean(0));
    }

    /** That of a, and √(E[var b|a] + var E[b|a]) over the draws of {@link #mean}. */
    @Override
    public Tensor standardDeviation() {
        Reparameterised given = given();
        Tensor far = given.mean().sub(given.mean().mean(0));
        Tensor variance = given.standardDeviation().square().add(far.square()).mean(0);
        return joined(first.standardDeviation().add(first.mean().zerosLike()), variance.sqrt());
    }

    /** q(b|a) at fixed draws of a, {@code [128, …]}. */
    private Reparameterised given() {
        return then.at(FixedDraws.of(first, first.mean()).z());
    }

    @Override
    public Chain detach() {
        return new Chain(first.detach(), then.detach(), upwards);
    }
}
