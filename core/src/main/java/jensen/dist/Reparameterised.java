package jensen.dist;

import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/** A distribution that can be drawn from as z = g(ε), so that gradients with respect to its parameters flow through z. */
public sealed interface Reparameterised extends Distribution permits DiagonalNormal {
    /**
     * Draws z = g(ε).
     *
     * @return {@code [k, …, X]}
     * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, eq. 4</a>
     */
    Tensor draw(int k, Generator rng);

    /** The standard deviation of each element, {@code […, X]}. */
    Tensor standardDeviation();

    @Override
    default Tensor sample(int k, Generator rng) {
        return Native.withoutGradient(() -> draw(k, rng));
    }

    @Override
    Reparameterised detach();
}
