package jensen.evaluate;

import java.util.Arrays;
import java.util.Optional;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Kl;
import jensen.dist.MultivariateNormal;
import jensen.dist.Reparameterised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Tensor;

/**
 * The model z ~ N(0, I), x|z ~ N(W z + b, σ² I), of which everything is known in closed form; all results are float64.
 *
 * @param weight W, {@code [X][D]}
 * @param offset b, {@code [X]}
 * @param noiseVariance σ²
 * @see <a href="https://doi.org/10.1111/1467-9868.00196">Tipping and Bishop 1999, Probabilistic principal component
 *     analysis</a>
 */
public record LinearGaussian(double[][] weight, double[] offset, double noiseVariance) {
    /** @throws IllegalArgumentException if the shapes do not fit, or {@code noiseVariance} is not positive and finite */
    public LinearGaussian {
        if (weight.length == 0 || weight.length != offset.length) {
            throw new IllegalArgumentException(
                    "weight must have as many rows as offset has values, " + offset.length + ", has " + weight.length);
        }
        int latent = weight[0].length;
        if (latent == 0 || Arrays.stream(weight).anyMatch(row -> row.length != latent)) {
            throw new IllegalArgumentException("weight must have rows of one length, at least 1");
        }
        if (!(noiseVariance > 0 && noiseVariance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("noiseVariance must be positive and finite, was " + noiseVariance);
        }
    }

    /** A model of this kind as it is: standard normal prior, affine decoder, one variance; empty for other kinds. */
    public static Optional<LinearGaussian> of(Model model, Parameters theta) {
        if (model.prior() instanceof Prior.StandardNormal prior
                && model.likelihood() instanceof Head head
                && head.net() instanceof Mlp net
                && net.hidden().isEmpty()
                && head.family() instanceof Family.NormalShared) {
            Parameters w = theta.at("likelihood");
            double[] flat = w.get("net.0.weight").toDoubles();
            int latent = prior.latent();
            double[][] weight = new double[net.outputs()][];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = Arrays.copyOfRange(flat, i * latent, (i + 1) * latent);
            }
            double logVariance = w.get("family.logVariance").item();
            return Optional.of(new LinearGaussian(weight, w.get("net.0.bias").toDoubles(), Math.exp(logVariance)));
        }
        return Optional.empty();
    }

    /** D, the number of latent dimensions. */
    public int latent() {
        return weight[0].length;
    }

    /** log p(x) for x {@code [B, X]}, {@code [B]}: log p(x|z) + log p(z) − log p(z|x) at the posterior's mean. */
    public Tensor logEvidence(Tensor x) {
        MultivariateNormal posterior = posterior(x);
        Tensor z = posterior.mean();
        return likelihood(z)
                .logProb(x.to(DType.FLOAT64))
                .add(DiagonalNormal.standardLike(z).logProb(z))
                .sub(posterior.logProb(z));
    }

    /** p(z|x) = N(M⁻¹Wᵀ(x − b), σ²M⁻¹) with M = WᵀW + σ²I, for x {@code [B, X]}. */
    public MultivariateNormal posterior(Tensor x) {
        Tensor inverse = inverse(x.device());
        Tensor mean = x.to(DType.FLOAT64).sub(vector(offset, x.device())).matmul(matrix(x.device()));
        return new MultivariateNormal(
                mean.matmul(inverse), inverse.mul(noiseVariance).cholesky());
    }

    /** The normal with independent components that is nearest to p(z|x): its mean, and the variances σ²/M_ii. */
    public DiagonalNormal bestDiagonal(Tensor x) {
        double[] logVariance = new double[latent()];
        for (int j = 0; j < logVariance.length; j++) {
            double diagonal = noiseVariance;
            for (double[] row : weight) {
                diagonal += row[j] * row[j];
            }
            logVariance[j] = Math.log(noiseVariance / diagonal);
        }
        return new DiagonalNormal(posterior(x).mean(), vector(logVariance, x.device()));
    }

    /**
     * E_q[log p(x|z)] − KL(q ‖ p(z)) for x {@code [B, X]} and a normal q with events {@code [D]} under {@code [B]}; {@code
     * [B]}. The first term is log p(x|μ) − ½ Σ_j ‖W L_j‖² / σ² for q's mean μ and the columns L_j of a root of its
     * covariance.
     *
     * @throws IllegalArgumentException if q is not normal
     */
    public Tensor elbo(Tensor x, Reparameterised q) {
        MultivariateNormal normal = MultivariateNormal.of(q).orElseThrow(() -> notNormal(q));
        Tensor image = matrix(x.device()).matmul(normal.choleskyFactor());
        Tensor spread = image.square().sum(-1, -2).mul(-0.5 / noiseVariance);
        Tensor z = q.mean();
        Tensor kl = Kl.closedForm(q, DiagonalNormal.standardLike(z)).orElseThrow(() -> notNormal(q));
        return likelihood(z).logProb(x.to(DType.FLOAT64)).add(spread).sub(kl);
    }

    /**
     * KL(q ‖ p(z|x)) for x {@code [B, X]} and a normal q, {@code [B]}: what the bound loses.
     *
     * @throws IllegalArgumentException if q is not normal
     */
    public Tensor gap(Tensor x, Reparameterised q) {
        return Kl.closedForm(q, posterior(x)).orElseThrow(() -> notNormal(q));
    }

    private static IllegalArgumentException notNormal(Distribution q) {
        return new IllegalArgumentException(
                "q must be normal, is a " + q.getClass().getSimpleName());
    }

    private DiagonalNormal likelihood(Tensor z) {
        Device device = z.device();
        return new DiagonalNormal(
                z.linear(matrix(device), vector(offset, device)),
                Tensor.scalar(Math.log(noiseVariance), DType.FLOAT64, device));
    }

    /** M⁻¹, by the triangular root of M. */
    private Tensor inverse(Device device) {
        Tensor w = matrix(device);
        Tensor one = MultivariateNormal.identity(w);
        Tensor m = w.transpose(0, 1).matmul(w).add(one.mul(noiseVariance));
        Tensor root = m.cholesky().solveLower(one);
        return root.transpose(0, 1).matmul(root);
    }

    private Tensor matrix(Device device) {
        double[] flat = Arrays.stream(weight).flatMapToDouble(Arrays::stream).toArray();
        return Tensor.of(flat, device, weight.length, latent());
    }

    private static Tensor vector(double[] values, Device device) {
        return Tensor.of(values, device, values.length);
    }
}
