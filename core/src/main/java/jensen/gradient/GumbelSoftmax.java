package jensen.gradient;

import java.util.Optional;
import jensen.bound.Bound;
import jensen.dist.Draw;
import jensen.dist.Relaxed;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * The pathwise gradient of a relaxed bound for a discrete z: y is drawn from q relaxed at a temperature, through noise, and φ
 * climbs the bound of the relaxed model at the code of y. θ climbs the bound itself, at the discrete values that the same y stand
 * for; these are exact draws from q, and all that an estimate reports is of them.
 *
 * <p>What φ climbs is another objective: the likelihood at codes between the values of z with, where the bound takes the
 * divergence in closed form, the discrete KL(q ‖ p); its value nears the bound's as the temperature falls, while the variance of
 * its gradient grows without limit. Other bounds take the densities of the relaxed q and prior, whose divergence is larger than
 * the discrete one at any temperature.
 *
 * @param temperature τ, above 0
 * @see <a href="https://arxiv.org/abs/1611.01144">Jang, Gu and Poole 2016, arXiv 1611.01144, §2</a>
 * @see <a href="https://arxiv.org/abs/1611.00712">Maddison, Mnih and Teh 2016, arXiv 1611.00712, §3.2-3.3</a>
 */
public record GumbelSoftmax(double temperature) implements GradientEstimator {
    /** @throws IllegalArgumentException if the temperature is not positive and finite */
    public GumbelSoftmax {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature must be above 0 and finite, was " + temperature);
        }
    }

    @Override
    public String name() {
        return "gumbel:" + temperature;
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        Relaxed q = Relaxed.of(Enumeration.finite(target.posterior()), temperature);
        Draw y = target.draw(q, samples, rng);
        Tensor z = Native.withoutGradient(() -> q.value(y.z()));
        LogWeights w = target.logWeights(Draw.of(z), q.of()).weighted(klWeight);
        LogWeights relaxed = target.logWeights(y, q).weighted(klWeight);
        Tensor value = bound.value(w);
        return new Estimate(value, value, bound.forPhi().value(relaxed), w);
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        return new Verdict.AnotherForPhi("the bound with z relaxed at temperature " + temperature);
    }

    @Override
    public Optional<String> refuses(Family q, int event) {
        return q.discrete() ? Optional.empty() : Optional.of("relaxes a discrete z; that of " + q.name() + " is real");
    }
}
