package jensen.dist;

import jensen.tensor.Tensor;

/**
 * The planar map f(z) = z + û tanh(wᵀz + b): it stretches or squeezes space along one direction, across one plane.
 *
 * <p>It is invertible where wᵀû > −1, which û = u + (m(wᵀu) − wᵀu) w/‖w‖² ensures. Here m(a) = log(1 + (e − 1) eᵃ) − 1,
 * which is 0 at 0, so that the map is the identity at u = 0.
 *
 * @param u {@code […, X]}
 * @param w {@code […, X]}
 * @param b {@code […]}
 * @see <a href="https://arxiv.org/abs/1505.05770">Rezende and Mohamed 2015, arXiv 1505.05770, eqs. 10-12 and appendix A.1</a>
 */
public record Planar(Tensor u, Tensor w, Tensor b) implements Transform {
    private static final double SHIFT = Math.log(Math.E - 1);

    /** Keeps û finite at w = 0, where the map is a translation whatever û is. */
    private static final double TINY = 1e-12;

    /** log |1 + ûᵀw (1 − tanh²)|, with tanh at wᵀz + b. */
    @Override
    public Image forward(Tensor z) {
        Bend bend = bend();
        Tensor h = w.mul(z).sum(-1).add(b).tanh();
        return new Image(z.add(bend.direction.mul(h.unsqueeze(-1))), bend.logDeterminant(h));
    }

    /** Along w the map is a ↦ a + wᵀû tanh(a + b) with a = wᵀz, which is solved for a; across it nothing moves but by that a. */
    @Override
    public Image inverse(Tensor z) {
        Bend bend = bend();
        Tensor along = w.mul(z).sum(-1);
        Tensor one = b.zerosLike().add(1);
        Tensor h = TanhEquation.root(bend.slope.add(-1), one, b, along).add(b).tanh();
        return new Image(
                z.sub(bend.direction.mul(h.unsqueeze(-1))),
                bend.logDeterminant(h).neg());
    }

    @Override
    public Planar detach() {
        return new Planar(u.detach(), w.detach(), b.detach());
    }

    /**
     * û and 1 + wᵀû.
     *
     * @param direction û, {@code […, X]}
     * @param slope 1 + wᵀû > 0, {@code […]}
     */
    private record Bend(Tensor direction, Tensor slope) {
        Tensor logDeterminant(Tensor h) {
            Tensor squared = h.square();
            // slope is not formed as a sum with 1, and neither is this: both keep their digits where they are nearly 0
            return slope.mul(squared.neg().add(1)).add(squared).log();
        }
    }

    private Bend bend() {
        Tensor product = w.mul(u).sum(-1);
        Tensor length = w.square().sum(-1).add(TINY);
        Tensor positive = product.add(SHIFT).softplus();
        Tensor missing = positive.add(-1).sub(product).div(length);
        return new Bend(u.add(w.mul(missing.unsqueeze(-1))), positive.sub(missing.mul(TINY)));
    }
}
