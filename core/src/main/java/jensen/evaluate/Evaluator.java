package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntConsumer;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.dist.Distribution;
import jensen.dist.Finite;
import jensen.dist.Kl;
import jensen.dist.Reparameterised;
import jensen.model.Guide;
import jensen.model.Local;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Team;

/**
 * A trained model looking at data: its bounds, its evidence and its codes. Noise belongs to rows, so the numbers depend
 * neither on the number of threads nor on which other rows are looked at.
 *
 * @param model p_θ(x, z)
 * @param theta θ
 * @param guide how q is chosen
 * @param phi φ
 * @param encoding how stored values become what the likelihood sees
 * @param rng of the draws, and of an encoding at random
 * @param threads how many share the work
 * @param settled the q that were found before, which are not searched for again
 */
public record Evaluator(
        Model model,
        Parameters theta,
        Guide guide,
        Parameters phi,
        Encoding encoding,
        Generator rng,
        int threads,
        Optional<Settled> settled) {
    /** Reads of φ what the model's prior is made of. */
    public Evaluator {
        theta = model.reading(theta, phi);
    }

    /** One that has found nothing yet. */
    public Evaluator(
            Model model, Parameters theta, Guide guide, Parameters phi, Encoding encoding, Generator rng, int threads) {
        this(model, theta, guide, phi, encoding, rng, threads, Optional.empty());
    }

    /** The most values of x, over all data and draws, that are decoded at a time: 2 MB of float32, which fit a cache. */
    static final int CHUNK = 1 << 19;

    /** Rows that are decoded together when there are few draws for each. */
    static final int BLOCK = 100;

    /**
     * The bound and the evidence of each of some rows.
     *
     * @param data in which they are
     * @param rows their numbers
     * @param samples K, the draws of z for each, at least 2 for an error
     * @param done told how many more rows are done, from any thread
     */
    public List<Row> rows(Dataset data, int[] rows, int samples, IntConsumer done) {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be ≥ 1, was " + samples);
        }
        int block = (int) Math.max(
                1, Math.min(BLOCK, CHUNK / ((long) samples * data.shape().size())));
        return blocks(rows, block, done, part -> block(data, part, samples));
    }

    /** What {@code work} finds for some rows, which the threads share by blocks, without gradients. */
    <T> List<T> blocks(int[] rows, int block, IntConsumer done, Function<int[], List<T>> work) {
        int blocks = (rows.length + block - 1) / block;
        List<List<T>> found = new ArrayList<>(Collections.nCopies(blocks, List.of()));
        try (Team team = new Team(Math.max(1, Math.min(threads, blocks)))) {
            team.run(blocks, b -> {
                int[] part = Arrays.copyOfRange(rows, b * block, Math.min(rows.length, (b + 1) * block));
                found.set(b, Native.withoutGradient(() -> work.apply(part)));
                done.accept(part.length);
            });
        }
        return found.stream().flatMap(List::stream).toList();
    }

    /** The same model with q chosen in another way. */
    public Evaluator with(Guide guide, Parameters phi) {
        return new Evaluator(model, theta, guide, phi, encoding, rng, threads);
    }

    /**
     * The same with q(z|x) of some rows found once for all that is asked about them, where it takes a search for each datum;
     * else the same. What was found holds as long as θ and φ do not change.
     *
     * @param data in which the rows are
     * @param rows their numbers
     * @param done told how many more rows are found, from any thread, if it takes a search
     */
    public Evaluator settled(Dataset data, int[] rows, IntConsumer done) {
        if (guide.draws() == 0 || rows.length == 0) {
            return this;
        }
        Settled found = Settled.of(this, data, rows, done);
        return new Evaluator(model, theta, guide, phi, encoding, rng, threads, Optional.of(found));
    }

    /** The same with θ and φ in float64, whatever they were trained in. */
    Evaluator inDouble() {
        if (theta.flat().dtype() == DType.FLOAT64 && phi.flat().dtype() == DType.FLOAT64) {
            return this;
        }
        return new Evaluator(
                model, theta.to(DType.FLOAT64), guide, phi.to(DType.FLOAT64), encoding, rng, threads, settled);
    }

    /** p(z) where z is discrete; it belongs to the scope that it is asked for in. */
    Optional<Finite> discrete() {
        return model.prior() instanceof Prior.Discrete ? Optional.of((Finite) model.prior(theta)) : Optional.empty();
    }

    /** The number of values of z, where it is discrete. */
    public OptionalLong states() {
        return model.prior() instanceof Prior.Discrete discrete
                ? discrete.family().states(discrete.latent())
                : OptionalLong.empty();
    }

    /**
     * Refuses a discrete z.
     *
     * @param method what it is that moves through z
     * @throws IllegalArgumentException if z is discrete
     */
    void requireReal(String method) {
        if (model.prior() instanceof Prior.Discrete discrete) {
            throw new IllegalArgumentException(method + " moves through a real z, and z of this model is discrete, "
                    + discrete.family().name() + ": use enumeration or is");
        }
    }

    /** How many of the draws for each of n data to decode at a time. */
    int chunk(int n, int samples, Batch batch) {
        return (int) Math.max(1, Math.min(samples, CHUNK / (n * batch.x().size(-1))));
    }

    private List<Row> block(Dataset data, int[] rows, int samples) {
        int n = rows.length;
        double[][] logWeights = new double[n][samples];
        double[][] logLikelihoods = new double[n][samples];
        double[] kl = {};
        try (Scope scope = new Scope()) {
            Batch batch = read(data, rows);
            Distribution q = posterior(data, batch);
            var weigh = model.logWeights(theta, batch);
            Generator noise = rng.split("draw");
            int chunk = chunk(n, samples, batch);
            for (int from = 0, c = 0; from < samples; from += chunk, c++) {
                int k = Math.min(chunk, samples - from);
                try (Scope inner = new Scope()) {
                    LogWeights w = weigh.apply(q.draw(k, noise.split(c).rows(rows)), q);
                    spread(w.total(), logWeights, from, k);
                    spread(w.logLikelihood(), logLikelihoods, from, k);
                    if (kl.length == 0) {
                        kl = w.closedFormKl().map(Tensor::toDoubles).orElse(kl);
                    }
                }
            }
        }
        List<Row> found = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            LogMeanExp evidence = LogMeanExp.of(logWeights[i]);
            Estimate reconstruction = Estimate.mean(logLikelihoods[i]);
            Estimate elbo = Estimate.mean(logWeights[i]);
            boolean closed = kl.length > 0;
            found.add(new Row(
                    rows[i],
                    reconstruction.value(),
                    closed ? kl[i] : reconstruction.value() - elbo.value(),
                    closed ? reconstruction.standardError() : elbo.standardError(),
                    evidence.value(),
                    evidence.standardError(),
                    evidence.effectiveSamples(),
                    evidence.paretoShape()));
        }
        return found;
    }

    /** Values {@code [k, n]} to entries from … from + k − 1 of n rows. */
    static void spread(Tensor values, double[][] to, int from, int k) {
        double[] flat = values.toDoubles();
        int n = to.length;
        for (int j = 0; j < k; j++) {
            for (int i = 0; i < n; i++) {
                to[i][from + j] = flat[j * n + i];
            }
        }
    }

    /**
     * Rows as the likelihood sees them, {@code [n, X]}.
     *
     * @throws IllegalArgumentException if their values do not fit the likelihood
     */
    public Batch read(Dataset data, int[] rows) {
        model.likelihood().check(encoding.encoded(data.values()));
        return Batch.read(data, rows, encoding, rng.split("encode"), theta.flat());
    }

    /** q(z|x) of data, as the guide chooses it for any: events {@code [D]} under {@code [B]}. */
    public Distribution posterior(Batch batch) {
        return guide.ofNew(model, theta, phi, batch, ofNew());
    }

    /** {@link #posterior(Batch)} of rows of a data set, as it was found before if it was. */
    public Distribution posterior(Dataset data, Batch batch) {
        return found(data, batch).map(Local::chosen).orElseGet(() -> posterior(batch));
    }

    /**
     * {@link #posterior(Dataset, Batch)} as a function of numbers of each datum's own.
     *
     * @throws IllegalArgumentException if it is not one of such numbers alone
     */
    Local local(Dataset data, Batch batch) {
        return found(data, batch)
                .or(() -> guide.local(model, theta, phi, batch, ofNew()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "the best q of a datum's own is found where q is made of numbers that the guide chooses; here the"
                                + " guide is a " + guide.getClass().getSimpleName() + " of another kind"));
    }

    private Optional<Local> found(Dataset data, Batch batch) {
        return settled.flatMap(found -> found.of(data, batch))
                .map(numbers -> new Local(numbers, each -> guide.of(phi, each)));
    }

    private Generator ofNew() {
        return rng.split("posterior of new data");
    }

    /** What q(z|x) says of some rows. */
    public Codes codes(Dataset data, int[] rows) {
        double[][] mean = new double[rows.length][];
        double[][] deviation = new double[rows.length][];
        double[][] kl = new double[rows.length][];
        int blocks = (rows.length - 1) / BLOCK + 1;
        try (Team team = new Team(Math.min(threads, blocks))) {
            team.run(
                    blocks,
                    b -> Native.withoutGradient(() -> {
                        int from = b * BLOCK;
                        int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BLOCK));
                        try (Scope scope = new Scope()) {
                            Distribution q = posterior(data, read(data, part));
                            split(q.mean(), mean, from);
                            split(
                                    q instanceof Finite finite
                                            ? finite.standardDeviation()
                                            : Reparameterised.require(q).standardDeviation(),
                                    deviation,
                                    from);
                            Kl.closedFormPerDimension(q, model.prior(theta)).ifPresent(each -> split(each, kl, from));
                        }
                        return part;
                    }));
        }
        return new Codes(mean, deviation, kl[0] == null ? Optional.empty() : Optional.of(kl));
    }

    /**
     * The code that stands for each of some rows, {@code [rows][D]}: the mean of q(z|x) or, where z is discrete, its most
     * probable value, since the mean is none.
     */
    public double[][] typical(Dataset data, int[] rows) {
        if (states().isEmpty()) {
            return codes(data, rows).mean();
        }
        double[][] codes = new double[rows.length][];
        for (int from = 0; from < rows.length; from += BLOCK) {
            int start = from;
            int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BLOCK));
            Native.withoutGradient(() -> {
                try (Scope scope = new Scope()) {
                    split(((Finite) posterior(data, read(data, part))).mode(), codes, start);
                }
                return part;
            });
        }
        return codes;
    }

    /** Independent draws of z from p(z), {@code [n][D]}; the first of them are the same for any n. */
    public double[][] prior(int n, Generator rng) {
        double[][] z = new double[n][];
        try (Scope scope = new Scope()) {
            split(model.prior(theta).sample(n, rng), z, 0);
        }
        return z;
    }

    /**
     * E[x] under p(x|z), in the units of {@link #seen}.
     *
     * @param z codes, {@code [n][D]}
     * @return {@code n · X} values
     */
    public float[] decode(double[][] z) {
        return decode(z, (p, from) -> p.mean());
    }

    /**
     * One draw of x from p(x|z) for each code, in the units of {@link #seen}.
     *
     * @param z codes, {@code [n][D]}
     * @return {@code n · X} values
     */
    public float[] draw(double[][] z, Generator rng) {
        return decode(z, (p, from) -> p.sample(1, rng.split(from)));
    }

    private float[] decode(double[][] z, BiFunction<Distribution, Integer, Tensor> look) {
        int latent = model.prior().latent();
        int width = model.likelihood().event();
        float[] x = new float[Math.multiplyExact(z.length, width)];
        for (int from = 0; from < z.length; from += BLOCK) {
            double[] codes = Arrays.stream(z, from, Math.min(z.length, from + BLOCK))
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            int start = from;
            float[] part = Native.withoutGradient(() -> {
                try (Scope scope = new Scope()) {
                    Tensor flat = theta.flat();
                    Tensor code = Tensor.of(codes, flat.device(), codes.length / latent, latent)
                            .to(flat.dtype());
                    return look.apply(model.likelihood(theta, code), start).toFloats();
                }
            });
            System.arraycopy(part, 0, x, from * width, part.length);
        }
        return restored(x);
    }

    /** Rows as the encoder sees them, but in the data's own units where they were standardised; {@code rows · X} values. */
    public float[] seen(Dataset data, int[] rows) {
        float[] x = new float[Math.multiplyExact(rows.length, data.shape().size())];
        encoding.encode(data, rows, 0, rows.length, rng.split("encode"), x);
        return restored(x);
    }

    private float[] restored(float[] x) {
        if (encoding instanceof Encoding.Standardised s) {
            int width = s.mean().size();
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (x[i] * s.deviation().get(i % width) + s.mean().get(i % width));
            }
        }
        return x;
    }

    /** Values {@code […, D]} to rows from {@code from} on. */
    static void split(Tensor values, double[][] to, int from) {
        double[] flat = values.toDoubles();
        int width = Math.toIntExact(values.size(-1));
        for (int i = 0; i < flat.length / width; i++) {
            to[from + i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
    }
}
