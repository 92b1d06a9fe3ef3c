package jensen.bound;

import jensen.model.LogWeights;
import jensen.tensor.Tensor;

/**
 * The K-sample importance-weighted bound, log 1/K Σ_k w_k; the ELBO at K = 1, log p(x) as K → ∞.
 *
 * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, eq. 8</a>
 */
public record ImportanceWeighted() implements Bound {
    @Override
    public Tensor value(LogWeights w) {
        Tensor total = w.total();
        return total.logSumExp(0).add(-Math.log((double) total.size(0)));
    }
}
