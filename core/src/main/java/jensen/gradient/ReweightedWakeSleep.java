package jensen.gradient;

import jensen.bound.Bound;
import jensen.bound.ImportanceWeighted;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * Reweighted wake-sleep, with φ updated awake: θ climbs the importance-weighted bound, φ climbs Σ_k w̃_k log q(z_k|x) with the
 * normalised weights w̃, which estimates −KL(p(z|x) ‖ q(z|x)) but for a constant, consistently as K grows. z need not be
 * continuous.
 *
 * @see <a href="https://arxiv.org/abs/1406.2751">Bornschein and Bengio 2014, arXiv 1406.2751, §2.2</a>
 */
public record ReweightedWakeSleep() implements GradientEstimator {
    @Override
    public String name() {
        return "rws";
    }

    @Override
    public Estimate estimate(Target target, Bound bound, int samples, double klWeight, Generator rng) {
        Distribution q = target.posterior();
        Tensor z = Native.withoutGradient(() -> target.draw(q, samples, rng).z());
        LogWeights w = target.logWeights(Draw.of(z), q.detach()).weighted(klWeight);
        Tensor value = bound.value(w);
        Tensor posterior = new ImportanceWeighted().weight(w.weighted(1).total());
        Tensor both = value.add(posterior.mul(q.logProb(z)).sum(0));
        return new Estimate(value, both, both, w);
    }

    @Override
    public Verdict serves(Bound bound, int samples) {
        if (!(bound instanceof ImportanceWeighted)) {
            return new Verdict.Refused("climbs iw in θ and nothing else");
        }
        return samples < 2
                ? new Verdict.Refused("needs 2 samples or more, as it compares their weights")
                : new Verdict.AnotherForPhi("−KL(p(z|x) ‖ q(z|x)), by normalised weights of the draws");
    }
}
