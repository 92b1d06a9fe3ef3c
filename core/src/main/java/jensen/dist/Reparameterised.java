package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * A distribution that can be drawn from as z = g(ε), so that gradients with respect to its parameters flow through z: the mean
 * of ∇f(z) · dz/dφ over draws is d/dφ E[f(z)].
 */
public sealed interface Reparameterised extends Distribution
        permits DiagonalNormal, MultivariateNormal, LowRankNormal, NormalMixture, Flow, Chain, Relaxed {
    /**
     * z = g(ε): turns standard normal noise into draws, differentiably in the parameters. Where g is smooth in them dz/dφ is its
     * derivative; a mixture, whose g jumps, has another with the same mean.
     *
     * @param noise ε, {@code [k, …, N]}
     * @return {@code [k, …, X]}
     * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, eq. 4</a>
     */
    Tensor reparameterise(Tensor noise);

    @Override
    default Draw draw(int k, Generator rng) {
        return Draw.of(reparameterise(noise(k, rng)));
    }

    /** N, the length of the noise that makes one draw. */
    default long noiseLength() {
        return mean().size(-1);
    }

    /**
     * A distribution where gradients must flow through draws from it.
     *
     * @throws IllegalArgumentException if it is not reparameterised
     */
    static Reparameterised require(Distribution q) {
        if (q instanceof Reparameterised found) {
            return found;
        }
        throw new IllegalArgumentException("q must be a distribution that can be reparameterised, is a "
                + q.getClass().getSimpleName());
    }

    /** ε for k draws, {@code [k, …, N]}. */
    default Tensor noise(int k, Generator rng) {
        Tensor mean = mean();
        long[] each = Shapes.append(Shapes.batch(mean.shape()), noiseLength());
        return rng.normal(mean.dtype(), mean.device(), Shapes.prepend(k, each));
    }

    /** The standard deviation of each element, {@code […, X]}. */
    Tensor standardDeviation();

    @Override
    default Tensor sample(int k, Generator rng) {
        return Native.withoutGradient(() -> draw(k, rng).z());
    }

    @Override
    Reparameterised detach();
}
