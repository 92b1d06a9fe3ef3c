package jensen.gradient;

import java.util.Optional;
import jensen.bound.Bound;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Reparameterised;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * The reparameterisation gradient: z = g_φ(ε, x), and the bound is differentiated through z.
 *
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, §2.3-2.4</a>
 */
public record Pathwise() implements GradientEstimator {
    @Override
    public String name() {
        return "pathwise";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        Distribution q = target.posterior();
        return differentiated(
                bound, target.logWeights(through(target, q, samples, rng), q).weighted(klWeight));
    }

    /** The bound as it stands, to be differentiated. */
    static Estimate differentiated(Bound bound, LogWeights w) {
        Tensor value = bound.value(w);
        Tensor forPhi = bound.forPhi().equals(bound) ? value : bound.forPhi().value(w);
        return new Estimate(value, value, forPhi, w);
    }

    /** Draws through which gradients flow. */
    static Draw through(Target target, Distribution q, int samples, Generator rng) {
        if (q instanceof Reparameterised) {
            return target.draw(q, samples, rng);
        }
        throw new IllegalArgumentException(
                "q must be a distribution that can be reparameterised for this gradient, is a "
                        + q.getClass().getSimpleName() + ": use score, vimco, rws, enumerate or gumbel:T");
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        return new Verdict.Unbiased();
    }

    @Override
    public Optional<String> refuses(Family q, int event) {
        return refusesDiscrete(q);
    }

    /** What is differentiated through draws needs draws that have derivatives. */
    static Optional<String> refusesDiscrete(Family q) {
        return q.discrete()
                ? Optional.of("is through the draws of z, which has to be real; that of " + q.name() + " is discrete")
                : Optional.empty();
    }
}
