package jensen.dist;

import java.util.ArrayList;
import java.util.List;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * A distribution carried through invertible maps, z = f_T(… f_1(z₀)): log q(z) = log q₀(z₀) − Σ log |det ∂f_t|.
 *
 * <p>A draw comes with its log-density. That of other values is found through the maps' inverses.
 *
 * @param base q₀, events {@code […, X]}
 * @param transforms f_1, …, f_T
 * @see <a href="https://arxiv.org/abs/1505.05770">Rezende and Mohamed 2015, arXiv 1505.05770, eqs. 5-7</a>
 */
public record Flow(Reparameterised base, List<Transform> transforms) implements Reparameterised {
    /** @throws IllegalArgumentException if there is no map */
    public Flow {
        transforms = List.copyOf(transforms);
        if (transforms.isEmpty()) {
            throw new IllegalArgumentException("transforms must be one or more, were none");
        }
    }

    @Override
    public Tensor logProb(Tensor x) {
        Tensor z = x;
        List<Tensor> logDeterminants = new ArrayList<>();
        for (int t = transforms.size() - 1; t >= 0; t--) {
            Transform.Image image = transforms.get(t).inverse(z);
            z = image.z();
            logDeterminants.add(image.logDeterminant());
        }
        return logDeterminants.stream().reduce(base.logProb(z), Tensor::add);
    }

    @Override
    public Tensor reparameterise(Tensor noise) {
        return carried(noise).z();
    }

    @Override
    public Draw draw(int k, Generator rng) {
        return carried(noise(k, rng));
    }

    private Draw carried(Tensor noise) {
        Tensor z = base.reparameterise(noise);
        Tensor logProb = base.logProb(z);
        for (Transform transform : transforms) {
            Transform.Image image = transform.forward(z);
            z = image.z();
            logProb = logProb.sub(image.logDeterminant());
        }
        return Draw.of(z, logProb);
    }

    @Override
    public long noiseLength() {
        return base.noiseLength();
    }

    @Override
    public Tensor noise(int k, Generator rng) {
        return base.noise(k, rng);
    }

    /**
     * E[z] over 128 draws, always of the same noise: 64 pairs ±ε, of unit variance in each dimension, so that it is exact where
     * each element is an affine function of its own noise, and else off by a fraction of the standard deviation.
     */
    @Override
    public Tensor mean() {
        return FixedDraws.of(this, base.mean()).mean();
    }

    /** The standard deviation of each element over the draws of {@link #mean}, {@code […, X]}. */
    @Override
    public Tensor standardDeviation() {
        return FixedDraws.of(this, base.mean()).deviation();
    }

    @Override
    public Flow detach() {
        return new Flow(
                base.detach(), transforms.stream().map(Transform::detach).toList());
    }
}
