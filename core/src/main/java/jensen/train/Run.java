package jensen.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.gradient.Estimate;
import jensen.gradient.Target;
import jensen.model.LogWeights;
import jensen.net.Parameters;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Gradient;
import jensen.tensor.Native;
import jensen.tensor.Safetensors;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * A training run: an endless iterator of steps, from which the caller takes as many as it wants.
 *
 * <p>Each step cuts its batch into shards, which the threads share; the sums over shards are in a fixed order, and noise
 * belongs to rows, so the numbers are the same for any number of threads. A run is used by one thread at a time.
 */
public final class Run implements Iterator<Step>, AutoCloseable {
    // a checkpoint says how the elements of its buffers follow one another, as their count does not
    private static final String ORDER = "order";
    private static final String ORDER_OF_MEMORY = "of the weights' memory";

    private final Training training;
    private final Dataset data;
    private final Reader reader;
    private final Ascent theta;
    private final Ascent phi;
    private final Parameters read;
    private final Map<String, Tensor> borrowed;
    private final Team team;
    private final Generator rng;
    private final Profile profile;
    private long done;

    /**
     * A run that starts from given parameters, which it changes in place. It lasts no longer than a {@link Scope} that is open
     * where it is made.
     *
     * @param threads how many threads share the work
     * @throws IllegalArgumentException if the data's width is not the model's, their values do not fit the likelihood, or
     *     {@code threads} is not positive
     */
    public Run(Training training, Dataset data, Parameters theta, Parameters phi, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be ≥ 1, was " + threads);
        }
        this.training = training;
        this.data = data;
        this.reader = new Reader(training, data);
        this.theta = new Ascent(theta, training.optimiser(), training.shards());
        this.phi = new Ascent(phi, training.optimiser(), training.shards());
        this.read = training.model().reading(theta, phi);
        this.borrowed = read.borrowed();
        this.rng = training.generator();
        this.team = new Team(Math.min(threads, training.shards()));
        this.profile = new Profile(team.threads());
    }

    /** θ, as far as it has come. */
    public Parameters theta() {
        return theta.parameters;
    }

    /** φ, as far as it has come. */
    public Parameters phi() {
        return phi.parameters;
    }

    /** Where the time of the steps went. */
    public Profile profile() {
        return profile;
    }

    /** The number of steps done. */
    public long steps() {
        return done;
    }

    /** The number of steps in an epoch. */
    public int stepsPerEpoch() {
        return reader.stepsPerEpoch();
    }

    /** Epochs done, with a fraction for the steps of the current one. */
    public double epochs() {
        return reader.epochs(done);
    }

    /** Always true: a run ends when its caller stops asking. */
    @Override
    public boolean hasNext() {
        return true;
    }

    /**
     * Does one step.
     *
     * @throws NonFiniteException if the bound or its gradient is not finite; no parameter has changed then
     * @throws IllegalStateException if the run is closed
     */
    @Override
    public Step next() {
        long begun = System.nanoTime();
        int[] rows = reader.rows(done);
        int size = rows.length;
        int shards = Math.min(training.shards(), size);
        Shard[] parts = new Shard[shards];
        try {
            team.run(
                    shards,
                    s -> parts[s] = shard(Arrays.copyOfRange(rows, size * s / shards, size * (s + 1) / shards), size));
            return finish(parts, size);
        } finally {
            for (Shard part : parts) {
                if (part != null) {
                    part.release();
                }
            }
            profile.step(System.nanoTime() - begun);
        }
    }

    private Step finish(Shard[] parts, int size) {
        double objective = 0;
        double logLikelihood = 0;
        double kl = 0;
        for (Shard part : parts) {
            objective += part.objective;
            logLikelihood += part.logLikelihood;
            kl += part.kl;
        }
        double norm = reduce(parts);
        if (!Double.isFinite(norm)) {
            throw new NonFiniteException(done + 1, "the gradient", List.of());
        }
        double rate = training.learningRate().at(epochs());
        double klWeight = training.klWeight().at(epochs());
        int epoch = reader.epoch(done);
        boolean last = reader.last(done);
        double scale = training.clip() > 0 && norm > training.clip() ? training.clip() / norm : 1;
        team.run(
                training.shards(),
                piece -> profile.time(Profile.Part.UPDATE, () -> {
                    theta.update(piece, scale, rate, done + 1);
                    phi.update(piece, scale, rate, done + 1);
                    if (piece < parts.length) {
                        parts[piece].release(); // here, so that each thread frees what it made
                    }
                    return piece;
                }));
        done++;
        return new Step(
                done, epoch, last, size, objective / size, logLikelihood / size, kl / size, klWeight, rate, norm);
    }

    private double reduce(Shard[] parts) {
        List<List<Gradient>> forTheta = Arrays.stream(parts).map(p -> p.theta).toList();
        List<List<Gradient>> forPhi = Arrays.stream(parts).map(p -> p.phi).toList();
        double[] squares = new double[training.shards()];
        // the update begins with θ, so θ's gradient is summed last: it is still in the cache then
        team.run(
                squares.length,
                piece -> squares[piece] = profile.time(
                        Profile.Part.REDUCE, () -> phi.reduce(piece, forPhi) + theta.reduce(piece, forTheta)));
        return Math.sqrt(Arrays.stream(squares).sum());
    }

    /** The bound of one shard of a batch, and the gradient of its part of the batch's mean. */
    private Shard shard(int[] rows, int batchSize) {
        try (Scope scope = new Scope()) {
            Batch batch = profile.time(Profile.Part.DATA, () -> reader.read(done, rows, theta.parameters.flat()));
            Estimate e = profile.time(Profile.Part.FORWARD, () -> estimate(batch));
            Shard part = profile.time(Profile.Part.FORWARD, () -> Native.withoutGradient(() -> sums(e)));
            if (!Double.isFinite(part.objective)) {
                throw diagnose(e.terms(), batch);
            }
            profile.time(Profile.Part.BACKWARD, () -> differentiate(e, 1.0 / batchSize, part));
            return part;
        }
    }

    private Estimate estimate(Batch batch) {
        Generator ofStep = rng.split("posterior").split(done);
        Target target = new Target.OfBatch(training.model(), read, training.guide(), phi.parameters, batch, ofStep);
        Generator noise = rng.split("draw").split(done).rows(batch.index());
        return training.klWeight().estimate(target, training.objective(), epochs(), data.size(), noise);
    }

    private static Shard sums(Estimate e) {
        Tensor logLikelihood = e.terms().logLikelihood();
        return new Shard(
                sum(e.bound()),
                sum(logLikelihood) / logLikelihood.size(0),
                sum(e.terms().kl()));
    }

    private static double sum(Tensor values) {
        return Arrays.stream(values.toDoubles()).sum();
    }

    private Shard differentiate(Estimate e, double weight, Shard part) {
        List<Tensor> forTheta = new ArrayList<>(theta.leaves);
        forTheta.addAll(borrowed.values());
        List<Gradient> found;
        if (e.forTheta() == e.forPhi()) {
            List<Tensor> both = new ArrayList<>(forTheta);
            both.addAll(phi.leaves);
            found = Autograd.gradients(e.forTheta(), weight, both, false);
            part.phi = found.subList(forTheta.size(), found.size());
        } else {
            found = Autograd.gradients(e.forTheta(), weight, forTheta, true);
            part.phi = Autograd.gradients(e.forPhi(), weight, phi.leaves, false);
        }
        part.theta = found.subList(0, theta.leaves.size());
        giveBack(found.subList(theta.leaves.size(), forTheta.size()), part.phi);
        part.retain();
        return part;
    }

    /** Adds the gradients of what the model reads of φ to those of φ itself. */
    private void giveBack(List<Gradient> ofBorrowed, List<Gradient> ofPhi) {
        List<String> names = List.copyOf(phi.parameters.all().keySet());
        int i = 0;
        for (String name : borrowed.keySet()) {
            ofPhi.get(names.indexOf(name)).add(ofBorrowed.get(i++));
        }
    }

    private NonFiniteException diagnose(LogWeights w, Batch batch) {
        List<String> names = List.of("log p(x|z)", "log p(z)", "log q(z|x)");
        List<Tensor> terms = List.of(w.logLikelihood(), w.logPrior(), w.logPosterior());
        for (int t = 0; t < terms.size(); t++) {
            double[] values = terms.get(t).sum(0).toDoubles();
            List<Integer> rows = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                if (!Double.isFinite(values[i])) {
                    rows.add(data.origin(batch.index()[i]));
                }
            }
            if (!rows.isEmpty()) {
                return new NonFiniteException(done + 1, names.get(t), rows);
            }
        }
        return new NonFiniteException(done + 1, "the sum of finite terms of the bound", List.of());
    }

    /**
     * All that is needed to go on from here: θ, φ, the optimiser's buffers and the number of steps done. Everything
     * random is derived from the seed and that number.
     */
    public Safetensors checkpoint() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        theta.save("theta", tensors);
        phi.save("phi", tensors);
        return new Safetensors(tensors, Map.of("steps", String.valueOf(done), ORDER, ORDER_OF_MEMORY));
    }

    /**
     * Goes back or forward to where {@link #checkpoint} was called.
     *
     * @throws IllegalArgumentException if the checkpoint is of another architecture or optimiser, or its buffers are in another
     *     order
     */
    public void restore(Safetensors checkpoint) {
        String order = checkpoint.metadata().getOrDefault(ORDER, "of rows");
        if (!order.equals(ORDER_OF_MEMORY)) {
            throw new IllegalArgumentException("checkpoint must hold the optimiser's buffers in the order "
                    + ORDER_OF_MEMORY + ", has them in that " + order + ", as an earlier version wrote them");
        }
        theta.restore("theta", checkpoint.tensors());
        phi.restore("phi", checkpoint.tensors());
        done = Long.parseLong(checkpoint.metadata().getOrDefault("steps", "0"));
    }

    @Override
    public void close() {
        team.close();
    }

    /** What one shard found: sums over its data. */
    private static final class Shard {
        final double objective;
        final double logLikelihood;
        final double kl;
        List<Gradient> theta = List.of();
        List<Gradient> phi = List.of();

        Shard(double objective, double logLikelihood, double kl) {
            this.objective = objective;
            this.logLikelihood = logLikelihood;
            this.kl = kl;
        }

        void retain() {
            theta.forEach(Gradient::retain);
            phi.forEach(Gradient::retain);
        }

        void release() {
            theta.forEach(Gradient::release);
            phi.forEach(Gradient::release);
            theta = List.of();
            phi = List.of();
        }
    }
}
