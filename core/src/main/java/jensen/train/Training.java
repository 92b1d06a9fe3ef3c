package jensen.train;

import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.gradient.BatchPenalty;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.WakeSleep;
import jensen.model.Amortised;
import jensen.model.Guide;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.SemiAmortised;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.optim.Optimiser;
import jensen.optim.Schedule;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;

/**
 * Everything that decides the numbers of a training run, apart from the data.
 *
 * @param model p_θ(x, z)
 * @param guide how q is chosen for a datum
 * @param objective the bound, its gradient's estimator and the number of draws
 * @param optimiser the update rule
 * @param learningRate the optimiser's step size
 * @param klWeight what the divergence counts in the objective
 * @param clip the length to which longer gradients are shortened; 0 for no limit
 * @param encoding how stored values become what the likelihood sees
 * @param batch data in a batch
 * @param shards the parts into which a batch is cut, as many as threads can share; part of the record since the order of
 *     the sums, and so the last bits, depend on it (on the number of threads they do not)
 * @param initialiser how weights start
 * @param seed of everything random
 */
public record Training(
        Model model,
        Guide guide,
        Objective objective,
        Optimiser optimiser,
        Schedule learningRate,
        KlWeight klWeight,
        double clip,
        Encoding encoding,
        int batch,
        int shards,
        Initialiser initialiser,
        long seed) {
    /** @throws IllegalArgumentException if a size is not positive, the clip negative, or the objective not to be weighted so */
    public Training {
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be ≥ 1, was " + batch);
        }
        if (shards < 1 || shards > batch) {
            throw new IllegalArgumentException("shards must be from 1 to the batch's " + batch + ", was " + shards);
        }
        if (model.prior() instanceof Prior.Vamp vamp
                && !(guide instanceof Amortised a && a.encoder().equals(vamp.encoder()))
                && !(guide instanceof SemiAmortised s && s.encoder().equals(vamp.encoder()))) {
            throw new IllegalArgumentException(
                    "model's prior is made of the posteriors of an encoder, which the guide must"
                            + " have: expected an amortised or semi-amortised guide with " + vamp.encoder());
        }
        Prior prior = model.prior();
        guide.posteriorFamily().ifPresent(q -> {
            if (!prior.fits(q)) {
                throw new IllegalArgumentException(
                        "p(z) must have the values of z that q(z|x) has, which is " + q.name() + ": was " + prior);
            }
            objective.check(q, prior.latent());
        });
        if (!(clip >= 0)) {
            throw new IllegalArgumentException("clip must be ≥ 0, was " + clip);
        }
        klWeight.check(objective, shards);
        if (guide instanceof PerDatum && objective.gradient() instanceof WakeSleep) {
            throw new IllegalArgumentException(
                    "wake-sleep learns q from data that the model makes, which have no row in a"
                            + " table: use an amortised guide");
        }
    }

    /**
     * The usual training of a model: the ELBO with its divergence in closed form by one draw or, for a discrete z, by the sum
     * over its values or five draws; Adam at 1e-3, batches of 100, Glorot's start, seed 0.
     */
    public static Training of(Model model, Guide guide, Encoding encoding) {
        return new Training(
                model,
                guide,
                guide.posteriorFamily()
                        .map(q -> Objective.elbo(q, model.prior().latent()))
                        .orElseGet(Objective::elbo),
                Adam.standard(),
                new Schedule.Constant(1e-3),
                KlWeight.one(),
                0,
                encoding,
                100,
                shardsFor(100, 1),
                Initialiser.GLOROT,
                0);
    }

    /** The same with another objective, and the shards that suit its number of draws. */
    public Training with(Objective objective) {
        return changed(objective, optimiser, learningRate, klWeight, batch, usualShards(batch, objective), seed);
    }

    /** The same with another update rule and step size. */
    public Training with(Optimiser optimiser, Schedule learningRate) {
        return changed(objective, optimiser, learningRate, klWeight, batch, shards, seed);
    }

    /** The same with another weight of the divergence, and one shard where it looks at whole batches. */
    public Training with(KlWeight klWeight) {
        int looked = klWeight instanceof BatchPenalty ? 1 : shards;
        return changed(objective, optimiser, learningRate, klWeight, batch, looked, seed);
    }

    /** The same with batches of another size, and the shards that suit it. */
    public Training withBatch(int batch) {
        return changed(objective, optimiser, learningRate, klWeight, batch, usualShards(batch, objective), seed);
    }

    /** The same with another seed. */
    public Training withSeed(long seed) {
        return changed(objective, optimiser, learningRate, klWeight, batch, shards, seed);
    }

    private Training changed(
            Objective objective,
            Optimiser optimiser,
            Schedule learningRate,
            KlWeight klWeight,
            int batch,
            int shards,
            long seed) {
        return new Training(
                model,
                guide,
                objective,
                optimiser,
                learningRate,
                klWeight,
                clip,
                encoding,
                batch,
                shards,
                initialiser,
                seed);
    }

    /**
     * A run on the CPU in float32, from parameters that start at the data's mean.
     *
     * @param threads how many share the work
     * @throws IllegalArgumentException if the data do not fit the model
     */
    public Run start(Dataset data, int threads) {
        Parameters theta = theta(DType.FLOAT32, Device.CPU);
        Run run = new Run(this, data, theta, phi(DType.FLOAT32, Device.CPU), threads);
        centre(theta, data);
        return run;
    }

    /**
     * The number of shards for a batch where nothing else is asked for: 2, or 4 or 8 where each has
     * thousands of decodings to do. More would serve more cores, but each shard adds a gradient of all weights to be summed: at
     * batch 100 four shards take a third longer than two on two cores.
     *
     * @param batch data in a batch
     * @param samples draws for each datum
     */
    public static int shardsFor(int batch, int samples) {
        long decoded = (long) batch * samples;
        return Math.min(batch, decoded >= 8000 ? 8 : decoded >= 2000 ? 4 : 2);
    }

    private int usualShards(int batch, Objective objective) {
        return klWeight instanceof BatchPenalty ? 1 : shardsFor(batch, objective.samples());
    }

    /** The generator that all the run's randomness is split from. */
    public Generator generator() {
        return Generator.of(seed);
    }

    /** θ at the start. */
    public Parameters theta(DType dtype, Device device) {
        return Parameters.start(model.slots(), initialiser, generator().split("theta"), dtype, device);
    }

    /** φ at the start. */
    public Parameters phi(DType dtype, Device device) {
        return Parameters.start(guide.slots(), initialiser, generator().split("phi"), dtype, device);
    }

    /**
     * Starts the likelihood at the mean of the training data, by its output bias where it has one, and a prior's
     * pseudo-inputs at rows spread over them.
     *
     * @param data in which up to 10,000 rows, spread evenly, are looked at for the mean
     * @throws IllegalArgumentException if there are fewer data than pseudo-inputs
     */
    public void centre(Parameters theta, Dataset data) {
        if (model.prior() instanceof Prior.Vamp vamp) {
            startInputs(vamp, theta.at("prior"), data);
        }
        int[] rows = data.spread(10_000);
        int width = data.shape().size();
        double[] mean = new double[width];
        float[] row = new float[width];
        for (int r = 0; r < rows.length; r++) {
            encoding.encode(data, rows, r, r + 1, generator().split("centre"), row);
            for (int i = 0; i < width; i++) {
                mean[i] += row[i] / rows.length;
            }
        }
        model.likelihood().centre(theta.at("likelihood"), mean);
    }

    private void startInputs(Prior.Vamp vamp, Parameters w, Dataset data) {
        int[] rows = data.spread(vamp.inputs());
        if (rows.length < vamp.inputs()) {
            throw new IllegalArgumentException(
                    "pseudo-inputs start at data: expected at most " + rows.length + ", found " + vamp.inputs());
        }
        float[] values = new float[Math.multiplyExact(rows.length, data.shape().size())];
        encoding.encode(data, rows, 0, rows.length, generator().split("inputs"), values);
        vamp.start(w, values);
    }
}
