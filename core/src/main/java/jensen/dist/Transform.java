package jensen.dist;

import jensen.tensor.Tensor;

/** An invertible, differentiable map between vectors of one length, with the determinant of its derivative: a step of a flow. */
public sealed interface Transform permits Planar, Autoregressive, Sylvester, Transform.Inverse {
    /**
     * Where a map takes vectors, and by how much it stretches volume there.
     *
     * @param z {@code […, X]}
     * @param logDeterminant log |det ∂z/∂from|, {@code […]}
     */
    record Image(Tensor z, Tensor logDeterminant) {}

    /** f(z) for z {@code […, X]}, and log |det ∂f/∂z|. */
    Image forward(Tensor z);

    /** f⁻¹(z) for z {@code […, X]}, and log |det ∂f⁻¹/∂z|; differentiable in z and in the parameters. */
    Image inverse(Tensor z);

    /** The same map with its parameters as constants. */
    Transform detach();

    /**
     * The map in the other direction.
     *
     * @param of f
     */
    record Inverse(Transform of) implements Transform {
        @Override
        public Image forward(Tensor z) {
            return of.inverse(z);
        }

        @Override
        public Image inverse(Tensor z) {
            return of.forward(z);
        }

        @Override
        public Inverse detach() {
            return new Inverse(of.detach());
        }
    }
}
