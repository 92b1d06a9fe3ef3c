package jensen.dist;

import java.util.ArrayList;
import java.util.List;
import jensen.tensor.Tensor;

/**
 * The Sylvester map f(z) = z + Q R tanh(R̃ Qᵀz + b): M planar maps at once, in M orthogonal directions that see each other in
 * one order.
 *
 * @param basis Q with orthonormal columns, {@code […, X, M]}
 * @param outer R, upper-triangular, {@code […, M, M]}
 * @param inner R̃, upper-triangular, {@code […, M, M]}; the map is invertible where R_ii R̃_ii > −1
 * @param bias b, {@code […, M]}
 * @see <a href="https://arxiv.org/abs/1803.05649">van den Berg et al. 2018, arXiv 1803.05649, eqs. 7-14</a>
 */
public record Sylvester(Tensor basis, Tensor outer, Tensor inner, Tensor bias) implements Transform {
    /** Σ log(1 + R_ii R̃_ii (1 − tanh²)), by Sylvester's determinant identity. */
    @Override
    public Image forward(Tensor z) {
        Tensor y = MultivariateNormal.product(basis.transpose(-1, -2), z);
        Tensor h = MultivariateNormal.product(inner, y).add(bias).tanh();
        return new Image(z.add(moved(h)), logDeterminant(h));
    }

    /** Back-substitution in the coordinates Qᵀz, from the last: in each it is one equation in one unknown. */
    @Override
    public Image inverse(Tensor z) {
        Tensor y = MultivariateNormal.product(basis.transpose(-1, -2), z);
        long m = bias.size(-1);
        List<Tensor> found = new ArrayList<>();
        List<Tensor> bends = new ArrayList<>();
        for (long i = m - 1; i >= 0; i--) {
            Tensor target = y.select(-1, i);
            Tensor shift = bias.select(-1, i);
            for (int later = 0; later < found.size(); later++) {
                long j = m - 1 - later;
                target = target.sub(entry(outer, i, j).mul(bends.get(later)));
                shift = shift.add(entry(inner, i, j).mul(found.get(later)));
            }
            Tensor rate = entry(inner, i, i);
            Tensor root = TanhEquation.root(entry(outer, i, i), rate, shift, target);
            found.add(root);
            bends.add(rate.mul(root).add(shift).tanh());
        }
        java.util.Collections.reverse(bends);
        Tensor h = Tensor.stack(bends, -1);
        return new Image(z.sub(moved(h)), logDeterminant(h).neg());
    }

    @Override
    public Sylvester detach() {
        return new Sylvester(basis.detach(), outer.detach(), inner.detach(), bias.detach());
    }

    /**
     * The first M columns of H_1 H_2 … H_M with the reflections H = I − 2 v vᵀ/‖v‖²: every M orthonormal vectors are of this
     * form up to signs.
     *
     * @param normals the vectors v, none of them zero, {@code […, M, X]}
     * @return {@code […, X, M]}
     */
    public static Tensor orthonormal(Tensor normals) {
        int m = Math.toIntExact(normals.size(-2));
        Tensor identity = MultivariateNormal.identity(normals);
        // rows are the columns of Q, so that each reflection is a product from the right
        Tensor rows = identity.narrow(0, 0, m).add(normals.zerosLike());
        for (int i = m - 1; i >= 0; i--) {
            Tensor v = normals.narrow(-2, i, 1);
            Tensor along =
                    rows.mul(v).sum(-1).unsqueeze(-1).div(v.square().sum(-1).unsqueeze(-1));
            rows = rows.sub(along.mul(v).mul(2));
        }
        return rows.transpose(-1, -2);
    }

    private Tensor moved(Tensor h) {
        return MultivariateNormal.product(basis, MultivariateNormal.product(outer, h));
    }

    private Tensor logDeterminant(Tensor h) {
        Tensor diagonal =
                outer.mul(inner).mul(MultivariateNormal.identity(bias)).sum(-1);
        return diagonal.mul(h.square().neg().add(1)).log1p().sum(-1);
    }

    private static Tensor entry(Tensor matrix, long i, long j) {
        return matrix.select(-2, i).select(-1, j);
    }
}
