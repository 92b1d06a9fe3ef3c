package jensen.dist;

import java.util.Arrays;
import java.util.List;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * Draws by noise that is always the same, of which moments without a closed form are taken: 64 pairs ±ε, of unit variance in
 * each dimension, so that means are exact where each element is an affine function of its own noise.
 *
 * @param z {@code [128, …, X]}
 */
record FixedDraws(Tensor z) {
    private static final int PAIRS = 64;

    /**
     * Those of a distribution.
     *
     * @param like a tensor {@code […, X]} with the distribution's batch
     */
    static FixedDraws of(Reparameterised q, Tensor like) {
        return new FixedDraws(q.reparameterise(noise(like, q.noiseLength())));
    }

    /** {@code [128, 1, …, N]}. */
    private static Tensor noise(Tensor like, long length) {
        Tensor half = Generator.of(0).normal(like.dtype(), like.device(), PAIRS, length);
        Tensor unit = half.div(half.square().mean(0).sqrt());
        long[] shape = new long[like.rank() + 1];
        Arrays.fill(shape, 1);
        shape[0] = 2L * PAIRS;
        shape[shape.length - 1] = length;
        return Tensor.concat(List.of(unit, unit.neg()), 0).reshape(shape);
    }

    /** Their mean, {@code […, X]}. */
    Tensor mean() {
        return z.mean(0);
    }

    /** The standard deviation of each element over them, {@code […, X]}. */
    Tensor deviation() {
        return z.sub(mean()).square().mean(0).sqrt();
    }
}
