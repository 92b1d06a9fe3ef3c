package jensen.dist;

import jensen.tensor.Native;
import jensen.tensor.Tensor;

/** The equation y + r tanh(s y + b) = c, which has one solution where r s > −1: the inverse of a step of a flow in one dimension. */
final class TanhEquation {
    /** Halvings of an interval of length 2 |r|: to the last digit of float64. */
    private static final int HALVINGS = 56;

    private TanhEquation() {}

    /**
     * The solution y, elementwise; differentiable in all four. Found without gradient by halving [c − |r|, c + |r|]; the step
     * of Newton's method that follows changes little in value, and has the derivatives of the implicit function.
     */
    static Tensor root(Tensor r, Tensor s, Tensor b, Tensor c) {
        Tensor found = Native.withoutGradient(() -> halve(r, s, b, c)).detach();
        Tensor h = s.mul(found).add(b).tanh();
        Tensor excess = found.add(r.mul(h)).sub(c);
        Tensor slope = r.mul(s).mul(h.square().neg().add(1)).add(1).detach();
        return found.sub(excess.div(slope));
    }

    private static Tensor halve(Tensor r, Tensor s, Tensor b, Tensor c) {
        Tensor half = r.abs().add(c.zerosLike());
        Tensor y = c.add(r.zerosLike()).add(s.zerosLike()).add(b.zerosLike());
        for (int i = 0; i < HALVINGS; i++) {
            half = half.mul(0.5);
            Tensor below = y.add(r.mul(s.mul(y).add(b).tanh())).lessThan(c);
            y = y.add(half.mul(below.mul(2).add(-1)));
        }
        return y;
    }
}
