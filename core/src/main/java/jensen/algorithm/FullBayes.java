package jensen.algorithm;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import jensen.bound.Elbo;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.DiagonalNormal;
import jensen.dist.Kl;
import jensen.gradient.Estimate;
import jensen.gradient.Pathwise;
import jensen.gradient.Target;
import jensen.net.Parameters;
import jensen.optim.Optimised;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Reader;
import jensen.train.Training;

/**
 * Variational inference for θ as for z: q(θ) = N(μ, diag σ²) under the prior N(0, I), θ = μ + σ ζ. Climbed is a bound on the
 * evidence of all N data, given here per datum: the ELBO with a drawn θ, less KL(q(θ) ‖ p(θ))/N.
 *
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, appendix F</a>
 */
public final class FullBayes implements Iterator<FullBayes.Step> {
    /** log σ² at the start: σ is a fiftieth. */
    private static final double FIRST_LOG_VARIANCE = 2 * Math.log(0.02);

    private final Training training;
    private final Reader reader;
    private final int rows;
    private final Parameters mean;
    private final Parameters drawn;
    private final Tensor logVariance;
    private final Parameters phi;
    private final Optimised forMean;
    private final Optimised forLogVariance;
    private final Optimised forPhi;
    private long done;

    /**
     * What a step did, before its update.
     *
     * @param bound on the evidence, per datum: {@code elbo − kl/N}
     * @param elbo the mean over the batch of the evidence lower bound of log p(x|θ), at the drawn θ
     * @param kl KL(q(θ) ‖ p(θ)), in nats
     */
    public record Step(double bound, double elbo, double kl) {}

    /**
     * A q(θ) of small deviations around θ.
     *
     * @param training whose objective is not asked: one draw of z, its divergence in closed form
     * @param theta μ to start from, changed in place
     * @param phi changed in place
     * @throws IllegalArgumentException if the prior is a VampPrior
     */
    public FullBayes(Training training, Dataset data, Parameters theta, Parameters phi) {
        Requirements.priorOfItsOwn("variational inference for θ", training.model());
        this.training = training;
        this.reader = new Reader(training, data);
        this.rows = data.size();
        this.mean = theta;
        this.drawn = theta.copy();
        this.phi = phi;
        try (Scope scope = new Scope()) {
            this.logVariance = scope.keep(theta.flat().zerosLike().add(FIRST_LOG_VARIANCE));
        }
        this.forMean = new Optimised(mean.flat(), training.optimiser());
        this.forLogVariance = new Optimised(logVariance, training.optimiser());
        this.forPhi = new Optimised(phi.flat(), training.optimiser());
    }

    /** μ, as far as it has come. */
    public Parameters mean() {
        return mean;
    }

    /** q(θ), one event of all parameters in their order. */
    public DiagonalNormal posterior() {
        return new DiagonalNormal(mean.flat(), logVariance);
    }

    /** Always true: the caller takes as many steps as it wants. */
    @Override
    public boolean hasNext() {
        return true;
    }

    /**
     * Does one step.
     *
     * @throws jensen.train.NonFiniteException if the bound or its gradient is not finite; no parameter has changed then
     */
    @Override
    public Step next() {
        try (Scope scope = new Scope()) {
            Batch batch = reader.read(done, reader.rows(done), mean.flat());
            Generator rng = training.generator();
            DiagonalNormal q = posterior();
            Tensor zeta = q.noise(1, rng.split("zeta").split(done)).select(0, 0);
            drawn.flat().copyInPlace(q.reparameterise(zeta));
            Estimate estimate = Native.withGradient(() -> estimate(batch));
            Requirements.finite(done, "the bound", estimate.bound());
            List<Tensor> leaves = Stream.concat(drawn.leaves().stream(), phi.leaves().stream())
                    .toList();
            List<Tensor> gradient = Autograd.gradient(estimate.bound().mean(), leaves);
            int split = drawn.leaves().size();
            Tensor forTheta = drawn.flat(gradient.subList(0, split));
            Tensor deviation = q.standardDeviation();
            // the derivatives of θ = μ + σ ζ, and of −KL/N = −½ Σ (σ² + μ² − 1 − log σ²)/N
            Tensor slope = forTheta.mul(zeta).mul(deviation).mul(0.5);
            Tensor shrink = deviation.square().add(-1).mul(-0.5 / rows);
            double kl = Kl.closedForm(q, DiagonalNormal.standardLike(q.mean()))
                    .orElseThrow()
                    .item();
            double elbo = estimate.terms().elbo().mean().item();
            double rate = training.learningRate().at(reader.epochs(done));
            List<Tensor> uphill = List.of(
                    forTheta.add(mean.flat().mul(-1.0 / rows)),
                    slope.add(shrink),
                    phi.flat(gradient.subList(split, gradient.size())));
            uphill.forEach(of -> Requirements.finite(done, "the gradient", of));
            forMean.step(uphill.get(0), rate);
            forLogVariance.step(uphill.get(1), rate);
            forPhi.step(uphill.get(2), rate);
            done++;
            return new Step(elbo - kl / rows, elbo, kl);
        }
    }

    private Estimate estimate(Batch batch) {
        Generator rng = training.generator();
        Target target = new Target.OfBatch(
                training.model(),
                drawn,
                training.guide(),
                phi,
                batch,
                rng.split("posterior").split(done));
        Generator noise = rng.split("draw").split(done).rows(batch.index());
        return new Pathwise().estimate(target, Elbo.analytic(), 1, 1, noise);
    }
}
