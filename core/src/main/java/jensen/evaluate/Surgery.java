package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import jensen.data.Dataset;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Mixture;
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
 * @param marginalKl KL(q(z) ‖ p(z))
 * @see <a href="https://approximateinference.org/accepted/HoffmanJohnson2016.pdf">Hoffman and Johnson 2016, ELBO surgery</a>
 */
public record Surgery(int rows, double kl, Estimate mutualInformation, Estimate marginalKl) {
    /** Logarithms of densities that a thread holds at a time: 32 MB. */
    private static final int HELD = 1 << 22;

    /**
     * Cuts up the divergence.
     *
     * @param samples draws of z for each row, at least 2
     * @param done told how many more rows are done, from any thread
     * @throws IllegalArgumentException if q is not normal with independent components or the prior not standard normal
     */
    public static Surgery of(Evaluator evaluator, Dataset data, int[] rows, int samples, IntConsumer done) {
        if (samples < 2) {
            throw new IllegalArgumentException("samples must be ≥ 2 for an error, was " + samples);
        }
        Codes codes = evaluator.codes(data, rows);
        double kl = Arrays.stream(codes.klPerDimension()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "q must be normal with independent components and p(z) standard normal")))
                .sum();
        int[] places = new int[rows.length];
        Arrays.setAll(places, i -> i);
        int block = (int) Math.max(1, Math.min(Evaluator.BLOCK, HELD / ((long) samples * rows.length)));
        List<Estimate> information = evaluator.blocks(places, block, done, part -> {
            try (Scope scope = new Scope()) {
                return information(codes, part, rows, samples, evaluator.rng().split("surgery"));
            }
        });
        Estimate mean =
                information.stream().reduce(new Estimate(0, 0), Estimate::plus).times(1.0 / rows.length);
        return new Surgery(rows.length, kl, mean, new Estimate(kl - mean.value(), mean.standardError()));
    }

    /** E_q[log q(z|x) − log q(z)] of each of some data. */
    private static List<Estimate> information(Codes codes, int[] places, int[] rows, int samples, Generator rng) {
        int d = codes.mean()[0].length;
        Tensor mean = matrix(codes.mean(), places);
        Tensor deviation = matrix(codes.standardDeviation(), places);
        Distribution own = new DiagonalNormal(mean, deviation.log().mul(2));
        int[] numbers = Arrays.stream(places).map(i -> rows[i]).toArray();
        Tensor z = own.sample(samples, rng.rows(numbers));
        double[] inside = own.logProb(z).toDoubles();
        double[] over = aggregate(codes, z.reshape(-1, d)).toDoubles();
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
    private static Tensor aggregate(Codes codes, Tensor z) {
        int n = codes.mean().length;
        int[] all = new int[n];
        Arrays.setAll(all, i -> i);
        Tensor logVariance = matrix(codes.standardDeviation(), all).log().mul(2);
        DiagonalNormal each = new DiagonalNormal(matrix(codes.mean(), all), logVariance);
        return new Mixture(Tensor.of(new double[n], n), each).logProb(z);
    }

    private static Tensor matrix(double[][] values, int[] places) {
        double[] flat = Arrays.stream(places)
                .mapToObj(i -> values[i])
                .flatMapToDouble(Arrays::stream)
                .toArray();
        return Tensor.of(flat, places.length, values[0].length);
    }
}
