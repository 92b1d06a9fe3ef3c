package jensen.gradient;

import jensen.bound.Bound;
import jensen.bound.Piwae;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * Wake-sleep: awake, θ climbs the bound at draws from q; asleep, φ climbs E[log q(z|x)] over z and x drawn from the model. The
 * two climb different things, so that no bound need rise.
 *
 * @see <a href="https://doi.org/10.1126/science.7761831">Hinton et al. 1995, Science 268</a>
 */
public record WakeSleep() implements GradientEstimator {
    @Override
    public String name() {
        return "wake-sleep";
    }

    /** @throws IllegalArgumentException if the target cannot dream */
    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        Distribution q = Native.withoutGradient(target::posterior).detach();
        Tensor z = Native.withoutGradient(() -> target.draw(q, samples, rng).z());
        LogWeights w = target.logWeights(Draw.of(z), q).weighted(klWeight);
        Tensor value = bound.value(w);
        Tensor both = value.add(target.dream(rng.split("dream")));
        return new Estimate(value, both, both, w);
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        return bound instanceof Piwae
                ? new Verdict.Refused("does not climb the bound in φ, which would be all that piwae adds to iw")
                : new Verdict.AnotherForPhi("E[log q(z|x)] over z and x drawn from the model");
    }
}
