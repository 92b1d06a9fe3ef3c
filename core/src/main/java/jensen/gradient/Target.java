package jensen.gradient;

import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.Guide;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.net.Parameters;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/** What a bound is climbed on: the q of some data, and the log-weights of draws from it. */
public interface Target {
    /** q(z|x), differentiable in φ: events {@code [D]} under {@code [B]}. */
    Distribution posterior();

    /** Draws z from q, {@code [K, B, D]}. */
    default Draw draw(Distribution q, int samples, Generator rng) {
        return q.draw(samples, rng);
    }

    /**
     * log w of draws, differentiable in θ and through z.
     *
     * @param draw z from q, {@code [K, B, D]}
     * @param q the distribution whose density divides: the posterior, or the same with its parameters as constants
     */
    LogWeights logWeights(Draw draw, Distribution q);

    /**
     * log q(z|x) of z and x drawn from the model, as many as there are data: {@code [B]}, differentiable in φ alone.
     *
     * @throws IllegalArgumentException if there is no q for data that the model makes
     */
    default Tensor dream(Generator rng) {
        throw new IllegalArgumentException("wake-sleep needs a q for data that the model makes, which this has not");
    }

    /**
     * p(z).
     *
     * @throws IllegalArgumentException if there is none apart from the joint
     */
    default Distribution prior() {
        throw new IllegalArgumentException("this weight of the KL needs a prior p(z) of its own, which there is not");
    }

    /**
     * A model and a guide on a batch of training data.
     *
     * @param rng of what it takes the guide to find q
     */
    record OfBatch(Model model, Parameters theta, Guide guide, Parameters phi, Batch batch, Generator rng)
            implements Target {
        @Override
        public Distribution posterior() {
            return guide.inTraining(model, theta, phi, batch, rng);
        }

        @Override
        public Distribution prior() {
            return model.prior(theta);
        }

        @Override
        public LogWeights logWeights(Draw draw, Distribution q) {
            return model.logWeights(theta, batch, draw, q);
        }

        @Override
        public Tensor dream(Generator rng) {
            Tensor z = Native.withoutGradient(() -> model.prior(theta).sample(batch.size(), rng.split("z")));
            Tensor x = Native.withoutGradient(
                    () -> model.likelihood(theta, z).sample(1, rng.split("x")).select(0, 0));
            return guide.posterior(phi, new Batch(x, batch.index())).logProb(z);
        }
    }
}
