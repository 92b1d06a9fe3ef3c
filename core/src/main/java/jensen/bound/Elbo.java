package jensen.bound;

import java.util.List;
import jensen.model.LogWeights;
import jensen.tensor.Autograd;
import jensen.tensor.Tensor;

/**
 * The evidence lower bound, E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)).
 *
 * @param kl how the divergence is computed
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, eqs. 2, 3, 6 and 7</a>
 */
public record Elbo(KlForm kl) implements Bound {
    /** How an ELBO computes KL(q(z|x) ‖ p(z)). */
    public enum KlForm {
        /** By its closed form: the paper's estimator B, eq. 7. */
        ANALYTIC,
        /** As the mean of log q(z|x) − log p(z) over the draws: the paper's estimator A, eq. 6. */
        SAMPLED
    }

    /** The mean over the draws of log p(x|z), less the closed-form divergence. */
    public static Elbo analytic() {
        return new Elbo(KlForm.ANALYTIC);
    }

    /** The mean over the draws of log w. */
    public static Elbo sampled() {
        return new Elbo(KlForm.SAMPLED);
    }

    @Override
    public String name() {
        return kl == KlForm.ANALYTIC ? "elbo" : "elbo-sampled";
    }

    /** @throws IllegalArgumentException if an analytic divergence is asked for where there is no closed form */
    @Override
    public Tensor value(LogWeights w) {
        Tensor mean = differentiable(perDraw(w));
        if (kl == KlForm.SAMPLED) {
            return mean;
        }
        Tensor divergence = w.closedFormKl()
                .orElseThrow(() -> new IllegalArgumentException(
                        "KL(q ‖ p) has no closed form for this posterior and prior: use elbo-sampled, Elbo.sampled()"));
        double beta = w.klWeight();
        return Autograd.operation(
                List.of(mean, divergence),
                () -> mean.sub(beta == 1 ? divergence : divergence.mul(beta)),
                List.of(c -> c, c -> c.mul(-beta)));
    }

    /** log w or, where the divergence has its closed form, log p(x|z). */
    @Override
    public Tensor perDraw(LogWeights w) {
        return kl == KlForm.SAMPLED ? w.total() : w.logLikelihood();
    }

    @Override
    public Tensor of(Tensor logWeights) {
        return logWeights.size(0) == 1 ? logWeights.select(0, 0) : logWeights.mean(0);
    }

    /** 1/K. */
    @Override
    public Tensor weight(Tensor logWeights) {
        return logWeights.zerosLike().add(1.0 / logWeights.size(0));
    }

    @Override
    public Tensor slope(Tensor logWeights) {
        return logWeights.zerosLike();
    }

    @Override
    public boolean constantWeight(int samples) {
        return true;
    }
}
