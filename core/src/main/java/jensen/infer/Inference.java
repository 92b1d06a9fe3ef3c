package jensen.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jensen.bound.Elbo;
import jensen.evaluate.Estimate;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.gradient.StickTheLanding;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.FlowFamily;
import jensen.model.LogWeights;
import jensen.optim.Adam;
import jensen.optim.Optimised;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.NonFiniteException;

/**
 * How a posterior is approximated: by which q, climbing which bound, and until when.
 *
 * <p>Steps of Adam come in blocks, at the end of which the iterates of the block are averaged. Where the average is better
 * than the best before it by no more than the tolerance, or by less than two standard errors, the learning rate falls
 * to a third and the climb goes on from the best; it has converged where that has happened four times. Both bounds are
 * evaluated at the same noise, so that their difference is known far better than either.
 *
 * @param family q on coordinates without bounds
 * @param objective the bound, how its gradient is estimated, and the draws for each step
 * @param learningRate of the first steps
 * @param tolerance the gain in nats over a block that is worth another one at the same learning rate
 * @param steps the most steps
 * @see <a href="https://arxiv.org/abs/1603.00788">Kucukelbir, Tran, Ranganath, Gelman and Blei 2016, Automatic
 *     differentiation variational inference, arXiv 1603.00788</a>
 * @see <a href="https://arxiv.org/abs/2203.15945">Welandawe, Andersen, Vehtari and Huggins 2022, arXiv 2203.15945, where
 *     iterates at a falling learning rate are averaged and the gain from each rate decides when to stop</a>
 */
public record Inference(Family family, Objective objective, double learningRate, double tolerance, int steps) {
    private static final int BLOCK = 200;
    private static final double DECAY = 1.0 / 3;
    private static final int RATES = 4;

    /** The draws at which bounds are compared. */
    private static final int COMPARED = 1000;

    /**
     * @throws IllegalArgumentException if a number is not positive, or the bound's divergence is to be analytic, which needs a
     *     prior apart from the likelihood
     */
    public Inference {
        if (!(learningRate > 0) || !(tolerance > 0) || steps < 1) {
            throw new IllegalArgumentException("learningRate, tolerance and steps must be > 0, were " + learningRate
                    + ", " + tolerance + " and " + steps);
        }
        if (objective.bound() instanceof Elbo elbo && elbo.kl() == Elbo.KlForm.ANALYTIC) {
            throw new IllegalArgumentException(
                    "bound must need no closed-form divergence, as the model is one joint density: use Elbo.sampled()");
        }
    }

    /** With a family of q, climbing the ELBO. */
    public static Inference with(Family family) {
        return new Inference(family, new Objective(Elbo.sampled(), new StickTheLanding(), 16), 0.1, 0.002, 20_000);
    }

    /** With a normal q of independent coordinates, which gives each its mean but not their correlations. */
    public static Inference meanField() {
        return with(new Family.Normal());
    }

    /** With a normal q of any covariance. */
    public static Inference fullRank() {
        return with(new CorrelatedFamily.FullNormal());
    }

    /** With a normal q whose covariance is a diagonal and this many directions more, for many coordinates. */
    public static Inference lowRank(int rank) {
        return with(new CorrelatedFamily.LowRankNormal(rank));
    }

    /**
     * With a flow: a normal carried through this many autoregressive maps, which can take forms that no normal has. The gradient
     * is the pathwise one, since another's density is slow to find for an autoregressive flow.
     */
    public static Inference flow(int maps) {
        return with(new FlowFamily.Autoregressive(maps, 32))
                .with(new Objective(Elbo.sampled(), new Pathwise(), 16))
                .withLearningRate(0.02);
    }

    /**
     * The same with another bound, estimator or number of draws. A bound other than the ELBO makes q a good proposal for
     * importance sampling, wider than the posterior; the table then describes the proposal.
     */
    public Inference with(Objective objective) {
        return new Inference(family, objective, learningRate, tolerance, steps);
    }

    /** The same with another learning rate: a smaller one where a step leads to numbers that are not finite. */
    public Inference withLearningRate(double learningRate) {
        return new Inference(family, objective, learningRate, tolerance, steps);
    }

    /** The same with another tolerance: a smaller one for a q that is exact, a larger one for a quick look. */
    public Inference withTolerance(double tolerance) {
        return new Inference(family, objective, learningRate, tolerance, steps);
    }

    /** The same with another limit of the number of steps. */
    public Inference withSteps(int steps) {
        return new Inference(family, objective, learningRate, tolerance, steps);
    }

    /** The q that approximates a posterior best, from 0 in all coordinates. */
    public Fit fit(Posterior posterior, Generator rng) {
        return fit(posterior, Map.of(), rng);
    }

    /**
     * The q that approximates a posterior best.
     *
     * @param start values of parameters to start about, each in row-major order; 0 in the coordinates of the others
     * @throws IllegalArgumentException if a value to start from is not in its parameter's support, or the log-density has not
     *     one number for each draw
     * @throws NonFiniteException if the log-density or its gradient is not finite
     */
    public Fit fit(Posterior posterior, Map<String, double[]> start, Generator rng) {
        Approximation best;
        try (Scope scope = new Scope()) {
            best = Approximation.around(posterior.coordinates(start), posterior, family, rng.split("start"));
        }
        Climb climb = new Climb(best.copy(), rng.split("noise"));
        double rate = learningRate;
        int falls = 0;
        List<Fit.Block> history = new ArrayList<>();
        for (int done = 0; done < steps && falls < RATES; done = climb.steps) {
            Approximation mean = climb.block(Math.min(BLOCK, steps - done), rate);
            double[] now = bounds(mean, rng.split("compare").split(done));
            Estimate gain = gain(now, bounds(best, rng.split("compare").split(done)));
            history.add(new Fit.Block(climb.steps, rate, Estimate.mean(now), gain));
            boolean worthwhile = gain.value() > Math.max(tolerance, 2 * gain.standardError());
            if (gain.value() > 0) {
                best = mean;
            }
            if (!worthwhile) {
                climb.restart(best);
                rate *= DECAY;
                falls++;
            }
        }
        return Fit.of(this, best, falls == RATES, history, rng.split("diagnose"));
    }

    private static Estimate gain(double[] now, double[] before) {
        double[] difference = new double[now.length];
        for (int i = 0; i < now.length; i++) {
            difference[i] = now[i] - before[i];
        }
        return Estimate.mean(difference);
    }

    /** Independent estimates of the bound. */
    private double[] bounds(Approximation q, Generator rng) {
        int samples = objective.samples();
        int repeats = Math.max(2, COMPARED / samples);
        return Native.withoutGradient(() -> {
            try (Scope scope = new Scope()) {
                LogWeights w = q.logWeights(samples * repeats, rng);
                return objective
                        .bound()
                        .value(LogWeights.of(
                                w.logLikelihood().reshape(samples, repeats),
                                w.logPosterior().reshape(samples, repeats)))
                        .toDoubles();
            }
        });
    }

    /** The iterates on their way uphill. */
    private final class Climb {
        private final Approximation q;
        private final Generator noise;
        // a memory of 100 squared gradients: from a poor start the first are so large that 1,000 of them hold up the
        // rest
        private static final Adam ADAM = new Adam(0.9, 0.99, 1e-8);

        private final Optimised phi;
        private int steps;

        Climb(Approximation q, Generator noise) {
            this.q = q;
            this.noise = noise;
            this.phi = new Optimised(q.phi().flat(), ADAM);
        }

        void restart(Approximation from) {
            q.phi().flat().copyInPlace(from.phi().flat());
        }

        /** Takes steps, and returns the mean of what they led to. */
        Approximation block(int count, double rate) {
            Approximation mean = q.copy();
            mean.phi().flat().mulInPlace(0);
            for (int i = 0; i < count; i++) {
                step(rate);
                mean.phi().flat().addInPlace(q.phi().flat(), 1.0 / count);
            }
            return mean;
        }

        private void step(double rate) {
            steps++;
            try (Scope scope = new Scope()) {
                jensen.gradient.Estimate estimate =
                        objective.gradient().estimate(q, objective.bound(), objective.samples(), 1, noise.split(steps));
                require("log p(data, θ)", estimate.terms().logLikelihood());
                require("log q(θ)", estimate.terms().logPosterior());
                Tensor gradient = q.phi()
                        .flat(Autograd.gradient(estimate.forPhi().sum(), q.phi().leaves()));
                require("the gradient", gradient);
                phi.step(gradient, rate);
            }
        }

        private void require(String what, Tensor values) {
            if (!values.isFinite()) {
                throw new NonFiniteException(steps, what, List.of());
            }
        }
    }
}
