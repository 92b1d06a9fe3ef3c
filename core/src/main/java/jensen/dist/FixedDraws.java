package jensen.dist;

import java.util.Arrays;
import java.util.List;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * Noise that is always the same, of which moments without a closed form are taken: 64 pairs ±ε, of unit variance in each
 * dimension, so that means are exact where each element is an affine function of its own noise.
 */
final class FixedDraws {
    private static final int PAIRS = 64;

    private FixedDraws() {}

    /**
     * Noise {@code [128, 1, …, N]} for a distribution.
     *
     * @param like a tensor {@code […, X]} with the distribution's batch
     */
    static Tensor noise(Tensor like, long length) {
        Tensor half = Generator.of(0).normal(like.dtype(), like.device(), PAIRS, length);
        Tensor unit = half.div(half.square().mean(0).sqrt());
        long[] shape = new long[like.rank() + 1];
        Arrays.fill(shape, 1);
        shape[0] = 2L * PAIRS;
        shape[shape.length - 1] = length;
        return Tensor.concat(List.of(unit, unit.neg()), 0).reshape(shape);
    }

    /** The standard deviation over draws, the first axis. */
    static Tensor deviation(Tensor draws) {
        return draws.sub(draws.mean(0)).square().mean(0).sqrt();
    }
}
