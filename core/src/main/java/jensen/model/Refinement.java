package jensen.model;

import java.util.List;
import java.util.function.Function;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Reparameterised;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.optim.Optimised;
import jensen.optim.Schedule;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * Moves each datum's q uphill on the datum's own ELBO, with θ fixed: stochastic variational inference for the local
 * parameters. Each datum's way is its own, whichever other data are climbed with it.
 *
 * @param steps of Adam, whose rate falls to zero over them
 * @param samples draws of z in each step
 * @param learningRate at the start, in units of q's parameters
 * @see <a href="https://arxiv.org/abs/1206.7051">Hoffman, Blei, Wang and Paisley 2012, arXiv 1206.7051, §2.3</a>
 */
public record Refinement(int steps, int samples, double learningRate) {
    /** @throws IllegalArgumentException if a number is not positive */
    public Refinement {
        if (steps < 1 || samples < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException("steps, samples and learning rate must be positive, were " + steps + ", "
                    + samples + " and " + learningRate);
        }
    }

    /** The same with another number of steps. */
    public Refinement withSteps(int steps) {
        return new Refinement(steps, samples, learningRate);
    }

    /**
     * The parameters that a batch's q are climbed to, as constants {@code [B, P]}.
     *
     * @param start the parameters to climb from, {@code [B, P]}
     * @param q what parameters mean: events {@code [D]} under {@code [B]}
     * @param rng of the draws, keyed by the batch's rows
     * @throws IllegalArgumentException if q cannot be reparameterised
     */
    public Tensor climb(
            Model model, Parameters theta, Batch batch, Tensor start, Function<Tensor, Distribution> q, Generator rng) {
        Tensor parameters = start.detach().copy();
        Optimised climbed = new Optimised(parameters, Adam.standard());
        Schedule rate = new Schedule.Cosine(learningRate, 0, steps);
        for (int step = 0; step < steps; step++) {
            try (Scope scope = new Scope()) {
                Generator noise = rng.split(step).rows(batch.index());
                Tensor leaf = parameters.requiresGradient();
                Tensor total = Native.withGradient(() -> {
                    Reparameterised now = Reparameterised.require(q.apply(leaf));
                    return model.logWeights(theta, batch, now.draw(samples, noise), now)
                            .elbo()
                            .sum();
                });
                Tensor gradient = Autograd.gradient(total, List.of(leaf)).get(0);
                climbed.step(gradient, rate.at(step));
            }
        }
        return parameters;
    }
}
