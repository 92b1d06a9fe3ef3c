package jensen.dist;

import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * A mixture of M normals with independent components, q(z) = Σ_m π_m Π_d N(z_d; μ_md, σ_md²), through whose draws gradients
 * flow to the weights, the means and the variances.
 *
 * <p>A draw is one of the component that its noise chooses. What is differentiated is not this choice but a velocity v(z) of
 * each parameter with ∂q/∂φ = −∇·(q v), by which d/dφ E_q[f(z)] = E_q[∇f(z)·v(z)]. For μ_md and σ_md it is r_m(z) times that
 * of the component, 1 and (z_d − μ_md)/σ_md, with r_m(z) = π_m q_m(z)/q(z): the mean over the components that may have made z.
 * For the weights it is −(∂F/∂z)⁻¹ ∂F/∂log π of the distributional transform F_d = P(Z_d ≤ z_d | z_1, …, z_(d−1)).
 *
 * @param logits unnormalised log π, {@code […, M]}
 * @param components N(μ_m, diag σ_m²), with events {@code [X]} under {@code […, M]}
 * @see <a href="https://arxiv.org/abs/1805.08498">Figurnov, Mohamed and Mnih 2018, arXiv 1805.08498, §3 and appendix A</a>
 * @see <a href="https://arxiv.org/abs/1806.01851">Jankowiak and Obermeyer 2018, arXiv 1806.01851, eq. 8, on velocities</a>
 */
public record NormalMixture(Tensor logits, DiagonalNormal components) implements Reparameterised {
    private Mixture mixture() {
        return new Mixture(logits, components);
    }

    @Override
    public Tensor logProb(Tensor x) {
        return mixture().logProb(x);
    }

    @Override
    public long noiseLength() {
        return mixture().noiseLength();
    }

    /**
     * z as the noise chooses it, moving with the parameters by v(z).
     *
     * @param noise {@code [k, …, 1 + X]}, as {@link Mixture} reads it
     */
    @Override
    public Tensor reparameterise(Tensor noise) {
        Tensor z = Native.withoutGradient(() -> mixture().drawn(noise));
        return Native.recordsGradient() ? moving(z) : z;
    }

    /** z, with the derivatives v(z): each term that is added to it is zero. */
    private Tensor moving(Tensor z) {
        DiagonalNormal fixed = components.detach();
        Tensor at = z.unsqueeze(-2);
        Tensor own = components.reparameterise(Native.withoutGradient(() -> fixed.standardise(at)));
        Tensor byComponents = own.mul(responsibilities(at, fixed)).sum(-2);
        Tensor weights = logits.sub(logits.detach()).unsqueeze(-1);
        Tensor byWeights = flow(at, fixed).matmul(weights).select(-1, 0);
        return z.add(byComponents.sub(byComponents.detach())).sub(byWeights);
    }

    /** r_m(z), {@code [k, …, M, 1]}. */
    private Tensor responsibilities(Tensor at, DiagonalNormal fixed) {
        return Native.withoutGradient(
                () -> fixed.logProb(at).add(logits).softmax(-1).unsqueeze(-1));
    }

    /**
     * (∂F/∂z)⁻¹ ∂F/∂log π, {@code [k, …, X, M]}.
     *
     * <p>F_d = Σ_m r_md Φ_md, in which r_md is the probability of component m given the elements before d. Both derivatives
     * have G_md = r_md (Φ_md − F_d): ∂F_d/∂log π_m is G_md, ∂F_d/∂z_j is Σ_m G_md ∂log N(z_j; μ_mj, σ_mj²)/∂z_j for j < d, and
     * ∂F_d/∂z_d is the density of z_d. Dividing each row by that density leaves a diagonal of ones.
     */
    private Tensor flow(Tensor at, DiagonalNormal fixed) {
        return Native.withoutGradient(() -> {
            Tensor x = fixed.standardise(at);
            Tensor each = x.square()
                    .add(fixed.logVariance())
                    .add(DiagonalNormal.LOG_TAU)
                    .mul(-0.5);
            Tensor before = before(each);
            Tensor logWeights = each.matmul(before.transpose(0, 1))
                    .add(logits.unsqueeze(-1))
                    .logSoftmax(-2);
            Tensor logDensity = logWeights.add(each).logSumExp(-2).unsqueeze(-2);
            Tensor cdf = x.normalCdf();
            Tensor g = cdf.sub(logWeights.exp().mul(cdf).sum(-2).unsqueeze(-2))
                    .mul(logWeights.sub(logDensity).exp());
            Tensor score = x.mul(fixed.logVariance().mul(-0.5).exp()).neg();
            Tensor rows = g.transpose(-1, -2);
            Tensor moved = rows.matmul(score).mul(before);
            return moved.add(MultivariateNormal.identity(each)).solveLower(rows);
        });
    }

    /** 1 where column j is before row d, else 0, {@code [X, X]}. */
    private static Tensor before(Tensor like) {
        int n = Math.toIntExact(like.size(-1));
        double[] ones = new double[n * n];
        for (int d = 0; d < n; d++) {
            java.util.Arrays.fill(ones, d * n, d * n + d, 1);
        }
        return Tensor.of(ones, like.device(), n, n).to(like.dtype());
    }

    /** Σ_m π_m μ_m. */
    @Override
    public Tensor mean() {
        return mixture().mean();
    }

    /** √Σ_m π_m [σ_m² + (μ_m − E[z])²]. */
    @Override
    public Tensor standardDeviation() {
        Tensor far = components.mean().sub(mean().unsqueeze(-2));
        return components
                .logVariance()
                .exp()
                .add(far.square())
                .mul(logits.softmax(-1).unsqueeze(-1))
                .sum(-2)
                .sqrt();
    }

    @Override
    public NormalMixture detach() {
        return new NormalMixture(logits.detach(), components.detach());
    }
}
