package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.dist.Aggregate;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Finite;
import jensen.dist.Mixture;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * What the divergence of a bound consists of: E_x KL(q(z|x) ‖ p(z)) = I(x; z) + KL(q(z) ‖ p(z)) over N data, with the
 * aggregate q(z) = 1/N Σ q(z|x_n) of exactly these data; in nats.
 *
 * @param rows N
 * @param kl E_x KL(q(z|x) ‖ p(z)), exact
 * @param mutualInformation I(x; z) = E_x E_q[log q(z|x) − log q(z)], at most log N
 * @param marginalKl KL(q(z) ‖ p(z)), which is the total correlation and each dimension's KL(q(z_j) ‖ p(z_j)), z_j being a dimension or a variable of classes
 * @param totalCorrelation KL(q(z) ‖ Π_j q(z_j)), for at most {@value #MOST} data
 * @see <a href="https://approximateinference.org/accepted/HoffmanJohnson2016.pdf">Hoffman and Johnson 2016, ELBO surgery</a>
 */
public record Surgery(
        int rows, double kl, Estimate mutualInformation, Estimate marginalKl, Optional<Estimate> totalCorrelation) {
    /** The most data of which the total correlation is found, a work that grows with their square. */
    public static final int MOST = 5000;

    /** Logarithms of densities that a thread holds at a time: 32 MB. */
    private static final int HELD = 1 << 22;

    /** Draws from q(z) at least, so that the error of their mean is itself known. */
    private static final int DRAWS = 2000;

    /** A divergence is not negative: an estimate below 0 by this many errors, of 1 in 30,000, is none of one. */
    private static final double ERRORS = 4;

    /** @throws IllegalStateException if the total correlation is negative beyond its error, which no data can make it */
    public Surgery {
        totalCorrelation.ifPresent(found -> {
            if (found.value() < -ERRORS * found.standardError() - 1e-9) {
                throw new IllegalStateException("the total correlation of z came out as " + found
                        + ", negative beyond its error: a divergence cannot be, so this is a bug");
            }
        });
    }

    /**
     * Cuts up the divergence.
     *
     * @param samples draws of z for each row, at least 2
     * @param done told how many more rows are done, from any thread
     * @throws IllegalArgumentException if KL(q ‖ p) has no closed form by dimension
     */
    public static Surgery of(Evaluator evaluator, Dataset data, int[] rows, int samples, IntConsumer done) {
        if (samples < 2) {
            throw new IllegalArgumentException("samples must be ≥ 2 for an error, was " + samples);
        }
        Codes codes = evaluator.codes(data, rows);
        double kl = Arrays.stream(
                        codes.klPerDimension()
                                .orElseThrow(
                                        () -> new IllegalArgumentException(
                                                "q must be normal with independent components and p(z) standard normal, or both discrete")))
                .sum();
        int[] places = new int[rows.length];
        Arrays.setAll(places, i -> i);
        int block = (int) Math.max(1, Math.min(Evaluator.BLOCK, HELD / ((long) samples * rows.length)));
        List<Estimate> information = evaluator.blocks(places, block, done, part -> {
            try (Scope scope = new Scope()) {
                return information(
                        codes,
                        evaluator.discrete(),
                        part,
                        rows,
                        samples,
                        evaluator.rng().split("surgery"));
            }
        });
        Estimate mean =
                information.stream().reduce(new Estimate(0, 0), Estimate::plus).times(1.0 / rows.length);
        return new Surgery(
                rows.length,
                kl,
                mean,
                new Estimate(kl - mean.value(), mean.standardError()),
                rows.length <= MOST ? Optional.of(correlation(evaluator, codes, rows)) : Optional.empty());
    }

    /** The mean over as many draws from each q(z|x_n) of log q(z) − Σ_j log q(z_j), with q(z) of all these data. */
    private static Estimate correlation(Evaluator evaluator, Codes codes, int[] rows) {
        int[] all = IntStream.range(0, rows.length).toArray();
        int each = (DRAWS - 1) / rows.length + 1;
        int block = Math.max(1, HELD / (each * rows.length * codes.mean()[0].length));
        List<Double> ratios = evaluator.blocks(all, block, n -> {}, part -> {
            try (Scope scope = new Scope()) {
                Tensor evenly = Tensor.scalar(-Math.log(rows.length), DType.FLOAT64, Device.CPU);
                int[] numbers = Arrays.stream(part).map(i -> rows[i]).toArray();
                Tensor z = posterior(codes, evaluator.discrete(), part)
                        .sample(each, evaluator.rng().split("correlation").rows(numbers));
                double[] found =
                        ratios(codes, evaluator.discrete(), all, evenly, z).toDoubles();
                return Arrays.stream(found).boxed().toList();
            }
        });
        return Estimate.mean(ratios.stream().mapToDouble(r -> r).toArray());
    }

    /** log q(z) − Σ_j log q(z_j): the marginals of a discrete q(z) are those of the mean probabilities. */
    private static Tensor ratios(Codes codes, Optional<Finite> discrete, int[] all, Tensor evenly, Tensor z) {
        if (discrete.isEmpty()) {
            return new Aggregate(normal(codes, all), evenly.reshape(1)).totalCorrelation(z);
        }
        Tensor mean = matrix(codes.mean(), all);
        Finite kind = discrete.get();
        Tensor joint = kind.withMean(mean).logProbOfPairs(z).add(evenly).logSumExp(-1);
        return joint.sub(kind.withMean(mean.mean(0)).logProb(z));
    }

    private static Distribution posterior(Codes codes, Optional<Finite> discrete, int[] places) {
        return discrete.isPresent() ? discrete.get().withMean(matrix(codes.mean(), places)) : normal(codes, places);
    }

    private static DiagonalNormal normal(Codes codes, int[] places) {
        return new DiagonalNormal(
                matrix(codes.mean(), places),
                matrix(codes.standardDeviation(), places).log().mul(2));
    }

    /** E_q[log q(z|x) − log q(z)] of each of some data. */
    private static List<Estimate> information(
            Codes codes, Optional<Finite> discrete, int[] places, int[] rows, int samples, Generator rng) {
        int d = codes.mean()[0].length;
        Distribution own = posterior(codes, discrete, places);
        int[] numbers = Arrays.stream(places).map(i -> rows[i]).toArray();
        Tensor z = own.sample(samples, rng.rows(numbers));
        double[] inside = own.logProb(z).toDoubles();
        double[] over = aggregate(codes, discrete, z.reshape(-1, d)).toDoubles();
        List<Estimate> found = new ArrayList<>(places.length);
        for (int i = 0; i < places.length; i++) {
            double[] ratios = new double[samples];
            for (int k = 0; k < samples; k++) {
                ratios[k] = inside[k * places.length + i] - over[k * places.length + i];
            }
            found.add(Estimate.mean(ratios));
        }
        return found;
    }

    /** log q(z) for z {@code [n, D]}. */
    private static Tensor aggregate(Codes codes, Optional<Finite> discrete, Tensor z) {
        int n = codes.mean().length;
        int[] all = new int[n];
        Arrays.setAll(all, i -> i);
        if (discrete.isPresent()) {
            Finite each = discrete.get().withMean(matrix(codes.mean(), all));
            return each.logProbOfPairs(z).logSumExp(-1).add(-Math.log(n));
        }
        return new Mixture(Tensor.of(new double[n], n), normal(codes, all)).logProb(z);
    }

    private static Tensor matrix(double[][] values, int[] places) {
        double[] flat = Arrays.stream(places)
                .mapToObj(i -> values[i])
                .flatMapToDouble(Arrays::stream)
                .toArray();
        return Tensor.of(flat, places.length, values[0].length);
    }
}
