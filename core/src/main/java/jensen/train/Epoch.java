package jensen.train;

/**
 * What an epoch of training came to: means per datum, in nats.
 *
 * @param epoch its number, from 1 on
 * @param step the steps done at its end, over all epochs
 * @param objective the bound that was climbed, on the training data, with the weight that its divergence had
 * @param elbo the unweighted bound on the training data, each batch before its update
 * @param reconstruction E_q[log p(x|z)] on the training data
 * @param kl KL(q(z|x) ‖ p(z)) on the training data
 * @param validationElbo the unweighted bound on the validation data, at the end of the epoch
 * @param validationReconstruction E_q[log p(x|z)] on the validation data
 * @param validationKl KL(q(z|x) ‖ p(z)) on the validation data
 * @param klWeight the weight of the divergence in the last step
 * @param learningRate of the last step
 * @param gradientNorm the mean over the steps of the length of the gradient
 */
public record Epoch(
        int epoch,
        long step,
        double objective,
        double elbo,
        double reconstruction,
        double kl,
        double validationElbo,
        double validationReconstruction,
        double validationKl,
        double klWeight,
        double learningRate,
        double gradientNorm) {}
