package jensen.algorithm;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.evaluate.Hmc;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Parameters;
import jensen.optim.Optimised;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.NonFiniteException;
import jensen.train.Reader;
import jensen.train.Training;

/**
 * Monte Carlo EM: no encoder; each datum has a Markov chain on p(z|x). A step moves the chains of a batch by one trajectory of
 * Hamiltonian Monte Carlo, {@value #LEAPFROGS} leapfrogs long, whose step size is led to an acceptance of {@value #ACCEPTANCE},
 * and then climbs log p(x, z) at where they are, {@value #UPDATES} times.
 *
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, appendix E</a>
 */
public final class MonteCarloEm implements Iterator<MonteCarloEm.Step> {
    static final int LEAPFROGS = 10;
    static final int UPDATES = 5;
    static final double ACCEPTANCE = 0.9;
    private static final double FIRST_STEP = 0.1;
    private static final double ADAPTATION = 0.05;

    private final Training training;
    private final Reader reader;
    private final Parameters theta;
    private final Optimised uphill;
    private final double[][] chains;
    private double stepSize = FIRST_STEP;
    private long done;

    /**
     * What a step did.
     *
     * @param logJoint the mean over the batch of log p(x, z), before the updates
     * @param acceptance the mean over the batch of the probability that the chains' proposals were accepted with
     * @param stepSize of the trajectories
     */
    public record Step(double logJoint, double acceptance, double stepSize) {}

    /**
     * Chains that start at draws from the prior.
     *
     * @param training whose model, optimiser, learning rate, encoding, batch and seed count; its guide and objective do not
     * @param theta changed in place
     * @throws IllegalArgumentException if z is discrete or the prior a VampPrior
     */
    public MonteCarloEm(Training training, Dataset data, Parameters theta) {
        if (training.model().prior() instanceof Prior.Discrete) {
            throw new IllegalArgumentException(
                    "Monte Carlo EM moves through a real z by Hamiltonian chains, and z of this model is discrete");
        }
        Requirements.priorOfItsOwn("Monte Carlo EM", training.model());
        this.training = training;
        this.reader = new Reader(training, data);
        this.theta = theta;
        this.uphill = new Optimised(theta.flat(), training.optimiser());
        int latent = training.model().prior().latent();
        this.chains = new double[data.size()][];
        try (Scope scope = new Scope()) {
            double[] z = training.model()
                    .prior(theta)
                    .sample(data.size(), training.generator().split("chains"))
                    .toDoubles();
            for (int i = 0; i < chains.length; i++) {
                chains[i] = Arrays.copyOfRange(z, i * latent, (i + 1) * latent);
            }
        }
    }

    /** θ, as far as it has come. */
    public Parameters theta() {
        return theta;
    }

    /** Always true: the caller takes as many steps as it wants. */
    @Override
    public boolean hasNext() {
        return true;
    }

    /**
     * Does one step.
     *
     * @throws NonFiniteException if log p(x, z) or its gradient is not finite; θ is then as before the step
     */
    @Override
    public Step next() {
        try (Scope scope = new Scope()) {
            Batch batch = reader.read(done, reader.rows(done), theta.flat());
            double used = stepSize;
            Hmc.Move move = move(batch);
            Tensor logJoints = move.state().logDensity(1);
            Requirements.finite(done, "log p(x, z)", logJoints);
            double acceptance = Arrays.stream(move.acceptance()).average().orElseThrow();
            stepSize *= Math.exp(ADAPTATION * (acceptance - ACCEPTANCE));
            double logJoint = logJoints.mean().item();
            double rate = training.learningRate().at(reader.epochs(done));
            Tensor before = theta.flat().copy();
            try {
                for (int i = 0; i < UPDATES; i++) {
                    update(batch, move.state().z(), rate);
                }
            } catch (NonFiniteException e) {
                theta.flat().copyInPlace(before);
                throw e;
            }
            done++;
            return new Step(logJoint, acceptance, used);
        }
    }

    private Hmc.Move move(Batch batch) {
        int[] rows = batch.index();
        Tensor like = theta.flat();
        int latent = chains[0].length;
        double[] from = Arrays.stream(rows)
                .mapToObj(r -> chains[r])
                .flatMapToDouble(Arrays::stream)
                .toArray();
        Tensor z = Tensor.of(from, like.device(), 1, rows.length, latent).to(like.dtype());
        Hmc hmc = new Hmc(at -> List.of(logJoint(batch, at)), rows, LEAPFROGS);
        double[] steps = new double[rows.length];
        Arrays.fill(steps, stepSize);
        Generator noise = training.generator().split("move").split(done);
        Hmc.Move move = Native.withGradient(() -> hmc.move(hmc.at(z), steps, noise, 1));
        double[] to = move.state().z().toDoubles();
        for (int i = 0; i < rows.length; i++) {
            chains[rows[i]] = Arrays.copyOfRange(to, i * latent, (i + 1) * latent);
        }
        return move;
    }

    private void update(Batch batch, Tensor z, double rate) {
        try (Scope scope = new Scope()) {
            Tensor gradient = theta.flat(Native.withGradient(
                    () -> Autograd.gradient(logJoint(batch, z).mean(), theta.leaves())));
            Requirements.finite(done, "the gradient", gradient);
            uphill.step(gradient, rate);
        }
    }

    /** log p(x, z), {@code [C, B]}. */
    private Tensor logJoint(Batch batch, Tensor z) {
        Model model = training.model();
        Distribution prior = model.prior(theta);
        LogWeights terms = model.logWeights(theta, batch, Draw.of(z), prior);
        return terms.logLikelihood().add(terms.logPrior());
    }
}
