package jensen.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * The logarithm of the mean of w = p(x, z)/q(z|x) over draws of z from q. The number of draws for a datum doubles, earlier
 * draws being kept, until the error is as small as asked and the weights' tail light enough for it to be trusted.
 *
 * @param samples draws to begin with
 * @param error the standard error to reach, in nats; ∞ asks for a trustworthy one of whatever size
 * @param budget the most draws for a datum; with as many as {@code samples}, the number is fixed
 * @param chunk the draws of a datum that are decoded at a time, which bounds the memory; 0 for as many as suit the data's
 *     width. Another number is other noise.
 */
public record ImportanceSampling(int samples, double error, int budget, int chunk) implements EvidenceMethod {
    /** Logarithms of weights that a thread holds at a time: 64 MB. */
    private static final int HELD = 1 << 23;

    /** The most rows that are decoded together. */
    private static final int GROUP = 16;

    /** @throws IllegalArgumentException unless 2 ≤ samples ≤ budget, the error is positive and the chunk not negative */
    public ImportanceSampling {
        if (samples < 2 || samples > budget) {
            throw new IllegalArgumentException(
                    "samples must be from 2 to the budget of " + budget + ", was " + samples);
        }
        if (!(error > 0)) {
            throw new IllegalArgumentException("error must be positive, was " + error);
        }
        if (chunk < 0) {
            throw new IllegalArgumentException("chunk must be ≥ 0, was " + chunk);
        }
    }

    /** With as many draws decoded at a time as suit the data's width. */
    public ImportanceSampling(int samples, double error, int budget) {
        this(samples, error, budget, 0);
    }

    @Override
    public String name() {
        return "is";
    }

    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        int block = Math.max(1, Math.min(GROUP, HELD / budget));
        return evaluator.blocks(rows, block, done, part -> block(evaluator, data, part));
    }

    private List<Evidence> block(Evaluator evaluator, Dataset data, int[] rows) {
        Evidence[] found = new Evidence[rows.length];
        double[][] logWeights = new double[rows.length][0];
        int[] open = IntStream.range(0, rows.length).toArray();
        Generator noise = evaluator.rng().split("draw");
        for (int round = 0, k = samples; open.length > 0; round++, k = (int) Math.min(budget, 2L * k)) {
            int draws = k;
            double[][] part = Arrays.stream(open).mapToObj(i -> logWeights[i]).toArray(double[][]::new);
            extend(evaluator, data, Arrays.stream(open).map(i -> rows[i]).toArray(), part, k, noise.split(round));
            for (int j = 0; j < open.length; j++) {
                found[open[j]] = summary(rows[open[j]], part[j]);
                logWeights[open[j]] = part[j];
            }
            open = Arrays.stream(open)
                    .filter(i -> !found[i].reached() && draws < budget)
                    .toArray();
        }
        return List.of(found);
    }

    private Evidence summary(int row, double[] logWeights) {
        LogMeanExp weights = LogMeanExp.of(logWeights);
        boolean reached = weights.standardError() <= error && weights.trusted();
        return new Evidence(
                row, weights.value(), weights.standardError(), this, logWeights.length, reached, Optional.of(weights));
    }

    /** Lengthens some rows' weights to k draws, with noise that depends neither on the other rows nor on their number. */
    private void extend(Evaluator evaluator, Dataset data, int[] rows, double[][] logWeights, int k, Generator noise) {
        int have = logWeights[0].length;
        for (int i = 0; i < rows.length; i++) {
            logWeights[i] = Arrays.copyOf(logWeights[i], k);
        }
        int together = chunk > 0
                ? chunk
                : Math.max(1, Evaluator.CHUNK / (GROUP * data.shape().size()));
        try (Scope scope = new Scope()) {
            Batch batch = evaluator.read(data, rows);
            Distribution q = evaluator.posterior(batch);
            for (int from = have, c = 0; from < k; from += together, c++) {
                int draws = Math.min(together, k - from);
                try (Scope inner = new Scope()) {
                    Draw z = q.draw(draws, noise.split(c).rows(rows));
                    Tensor total = evaluator
                            .model()
                            .logWeights(evaluator.theta(), batch, z, q)
                            .total();
                    Evaluator.spread(total, logWeights, from, draws);
                }
            }
        }
    }
}
