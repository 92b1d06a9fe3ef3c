package jensen.gradient;

import jensen.bound.Bound;
import jensen.dist.Distribution;
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
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        Distribution q = target.posterior();
        LogWeights w = target.logWeights(target.draw(q, samples, rng), q).weighted(klWeight);
        Tensor value = bound.value(w);
        return new Estimate(value, value, value, w);
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        return new Verdict.Unbiased();
    }
}
