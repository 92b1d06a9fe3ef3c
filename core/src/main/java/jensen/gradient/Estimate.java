package jensen.gradient;

import jensen.model.LogWeights;
import jensen.tensor.Tensor;

/**
 * A bound's value and what to differentiate for its gradient.
 *
 * @param bound L for each datum, {@code [B]}
 * @param forTheta {@code [B]}; only its gradient with respect to θ means anything
 * @param forPhi {@code [B]}; only its gradient with respect to φ means anything; may be the same tensor
 * @param terms the log-weights that they were computed from
 */
public record Estimate(Tensor bound, Tensor forTheta, Tensor forPhi, LogWeights terms) {}
