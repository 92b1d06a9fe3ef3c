package jensen.model;

import java.util.List;
import java.util.function.Function;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Finite;
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

    /** The draws that a climb takes for each datum. */
    long draws() {
        return (long) steps * samples;
    }

    /** The most values of z over which an expectation is a sum. */
    private static final int SUMMED = 4096;

    /**
     * The parameters that a batch's q are climbed to, as constants {@code [B, P]}: through the draws or, where z is discrete, by
     * the sum over its values or, where there are too many, by the score of q.
     *
     * @param start the parameters to climb from, {@code [B, P]}
     * @param q what parameters mean: events {@code [D]} under {@code [B]}
     * @param rng of the draws, keyed by the batch's rows
     * @throws IllegalArgumentException if q can neither be reparameterised nor has finitely many values
     */
    public Tensor climb(
            Model model, Parameters theta, Batch batch, Tensor start, Function<Tensor, Distribution> q, Generator rng) {
        Tensor parameters = start.detach().copy();
        Optimised climbed = new Optimised(parameters, Adam.standard());
        Schedule rate = new Schedule.Cosine(learningRate, 0, steps);
        Local local = local(model, theta, batch, q.apply(parameters));
        for (int step = 0; step < steps; step++) {
            try (Scope scope = new Scope()) {
                Generator noise = rng.split(step).rows(batch.index());
                Tensor leaf = parameters.requiresGradient();
                Tensor total = Native.withGradient(
                        () -> local.objective(q.apply(leaf), noise).sum());
                Tensor gradient = Autograd.gradient(total, List.of(leaf)).get(0);
                climbed.step(gradient, rate.at(step));
            }
        }
        return parameters;
    }

    /** What to differentiate for the gradient of a datum's ELBO in q's parameters. */
    private interface Local {
        /** {@code [B]}. */
        Tensor objective(Distribution q, Generator noise);
    }

    private Local local(Model model, Parameters theta, Batch batch, Distribution like) {
        if (!(like instanceof Finite finite)) {
            return (q, noise) -> {
                Reparameterised now = Reparameterised.require(q);
                return model.logWeights(theta, batch, now.draw(samples, noise), now)
                        .elbo();
            };
        }
        if (finite.states() > SUMMED) {
            return (q, noise) -> byScore(model, theta, batch, q, noise);
        }
        // θ is fixed, and so is the joint density of every value
        Tensor support = finite.support();
        Tensor logJoint = Native.withoutGradient(() -> {
            LogWeights w = model.logWeights(theta, batch, Draw.of(support.unsqueeze(1)), like);
            return w.logLikelihood().add(w.logPrior()).transpose(0, 1);
        });
        return (q, noise) -> {
            Tensor logQ = ((Finite) q).logProbOfPairs(support).transpose(0, 1);
            return logQ.exp().mul(logJoint.sub(logQ)).sum(-1);
        };
    }

    /** Σ_k (log w_k − the mean of the others) log q(z_k) / K, whose gradient is the ELBO's in the mean. */
    private Tensor byScore(Model model, Parameters theta, Batch batch, Distribution q, Generator noise) {
        Tensor z = Native.withoutGradient(() -> q.sample(samples, noise));
        Tensor logWeights = Native.withoutGradient(
                () -> model.logWeights(theta, batch, Draw.of(z), q).total());
        Tensor learning =
                samples == 1 ? logWeights : logWeights.sub(logWeights.mean(0)).mul((double) samples / (samples - 1));
        return learning.mul(q.logProb(z)).mean(0);
    }
}
