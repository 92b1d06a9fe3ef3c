package jensen.gradient;

import jensen.bound.Bound;
import jensen.data.Batch;
import jensen.dist.Reparameterised;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.net.Parameters;
import jensen.tensor.Tensor;

/**
 * The reparameterisation gradient: z = g_φ(ε, x), and the bound is differentiated through z.
 *
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, §2.3-2.4</a>
 */
public record Pathwise() implements GradientEstimator {
    @Override
    public Estimate estimate(
            Model model, Parameters theta, Batch batch, Reparameterised q, Tensor z, Bound bound, double klWeight) {
        LogWeights w = model.logWeights(theta, batch, z, q).weighted(klWeight);
        Tensor value = bound.value(w);
        return new Estimate(value, value, value, w);
    }
}
