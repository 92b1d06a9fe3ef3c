package jensen.evaluate;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * Simulation-based calibration of q: of data that the model makes from known z, the rank of z among draws from q(z|x). Were q
 * the posterior, all ranks would be equally frequent; where q is too narrow the outer ones are too frequent, where it is too
 * wide the inner ones.
 *
 * @param simulated how many data were made
 * @param draws L, draws from q for each; ranks go from 0 to L
 * @param ranks how many data have a rank in each of equal parts of 0 … L, {@code [D][parts]}
 * @see <a href="https://arxiv.org/abs/1804.06788">Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv 1804.06788</a>
 */
public record Calibration(int simulated, int draws, int[][] ranks) {
    private static final int PARTS = 20;
    private static final int DRAWS = 99;

    /** Data of which a part of the ranks must expect this many, for χ² to be of use. */
    private static final int EXPECTED = 5;

    /** The fewest data for which there is a p-value. */
    public static final int FEWEST = PARTS * EXPECTED;

    /**
     * Simulates.
     *
     * @param count how many data, at least {@value #FEWEST}
     * @param done told how many more are done, from any thread
     */
    public static Calibration of(Evaluator evaluator, int count, IntConsumer done) {
        if (count < FEWEST) {
            throw new IllegalArgumentException("count must be ≥ " + FEWEST + ", was " + count);
        }
        int latent = evaluator.model().prior().latent();
        int[] numbers = IntStream.range(0, count).toArray();
        List<int[]> found = evaluator.blocks(numbers, Evaluator.BLOCK, done, part -> {
            try (Scope scope = new Scope()) {
                return ranks(evaluator, part, evaluator.rng().split("calibration"));
            }
        });
        int[][] histogram = new int[latent][PARTS];
        for (int[] each : found) {
            for (int d = 0; d < latent; d++) {
                histogram[d][each[d] * PARTS / (DRAWS + 1)]++;
            }
        }
        return new Calibration(count, DRAWS, histogram);
    }

    private static List<int[]> ranks(Evaluator e, int[] numbers, Generator rng) {
        int n = numbers.length;
        Tensor z = e.model().prior(e.theta()).sample(n, rng.split("z").rows(numbers));
        Tensor x = e.model()
                .likelihood(e.theta(), z)
                .sample(1, rng.split("x").rows(numbers))
                .select(0, 0);
        Distribution q = e.posterior(new Batch(x, numbers));
        double[] truth = z.toDoubles();
        double[] drawn = q.sample(DRAWS, rng.split("q").rows(numbers)).toDoubles();
        int latent = truth.length / n;
        double[] place = rng.split("ties")
                .rows(numbers)
                .uniform(DType.FLOAT64, Device.CPU, 1, n, latent)
                .toDoubles();
        return IntStream.range(0, n)
                .mapToObj(i -> {
                    int[] rank = new int[latent];
                    for (int d = 0; d < latent; d++) {
                        int equal = 0;
                        for (int k = 0; k < DRAWS; k++) {
                            double other = drawn[(k * n + i) * latent + d];
                            rank[d] += other < truth[i * latent + d] ? 1 : 0;
                            equal += other == truth[i * latent + d] ? 1 : 0;
                        }
                        rank[d] += (int) (place[i * latent + d] * (equal + 1));
                    }
                    return rank;
                })
                .toList();
    }

    /** The probability, were q the posterior, of ranks of this dimension at least as uneven as these, by χ². */
    public double pValue(int dimension) {
        double expected = (double) simulated / PARTS;
        double square = 0;
        for (int count : ranks[dimension]) {
            square += (count - expected) * (count - expected) / expected;
        }
        return RegularizedGamma.Q.value((PARTS - 1) / 2.0, square / 2);
    }

    /** The share of ranks in the two outermost parts, over the share that they would have; above 1 where q is too narrow. */
    public double outer(int dimension) {
        int[] counts = ranks[dimension];
        return (counts[0] + counts[PARTS - 1]) / (2.0 * simulated / PARTS);
    }
}
