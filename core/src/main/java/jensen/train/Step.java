package jensen.train;

/**
 * What one step of training did: plain numbers, in nats per datum, means over the batch before the update.
 *
 * @param index the number of the step, from 1 on, over all epochs
 * @param epoch the epoch that it belongs to, from 0 on
 * @param last whether the step ends its epoch
 * @param examples the data in its batch
 * @param objective the bound that was climbed, with the weight that its divergence had
 * @param logLikelihood E_q[log p(x|z)]
 * @param kl KL(q(z|x) ‖ p(z)), unweighted
 * @param klWeight the weight of the divergence in the objective
 * @param learningRate the step size
 * @param gradientNorm the length of the gradient of the objective, before clipping
 */
public record Step(
        long index,
        int epoch,
        boolean last,
        int examples,
        double objective,
        double logLikelihood,
        double kl,
        double klWeight,
        double learningRate,
        double gradientNorm) {
    /** The unweighted evidence lower bound, E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)). */
    public double elbo() {
        return logLikelihood - kl;
    }
}
