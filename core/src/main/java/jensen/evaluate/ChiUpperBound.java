package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Scope;

/**
 * The χ² upper bound, ½ log E_q[w²] = log p(x) + ½ log(1 + χ²(p(z|x) ‖ q(z|x))) ≥ log p(x), estimated as ½ log 1/K Σ_k w_k².
 *
 * <p>To report, not to climb: it is to be lowered, and the logarithm of a mean lies below that of the expectation, so that with
 * few draws the estimate may fall short of log p(x) itself. The weights' squares have tails twice as heavy as the weights: k̂
 * tells whether the estimate and its error mean anything.
 *
 * @param mean over the rows, with its standard error from the draws, by the delta method
 * @param rows how many
 * @param untrusted the rows whose k̂, of the squares of the weights, is above {@value LogMeanExp#TRUSTED}
 * @see <a href="https://arxiv.org/abs/1611.00328">Dieng et al. 2017, arXiv 1611.00328, eq. 4 with n = 2</a>
 */
public record ChiUpperBound(Estimate mean, int rows, int untrusted) {
    /**
     * Estimates it.
     *
     * @param data in which the rows are
     * @param rows their numbers
     * @param samples K, the draws of z for each
     * @param done told how many more rows are done, from any thread
     */
    public static ChiUpperBound of(Evaluator evaluator, Dataset data, int[] rows, int samples, IntConsumer done) {
        int block = (int) Math.max(
                1,
                Math.min(
                        Evaluator.BLOCK,
                        Evaluator.CHUNK / ((long) samples * data.shape().size())));
        List<LogMeanExp> squares = evaluator.blocks(rows, block, done, part -> squares(evaluator, data, part, samples));
        double sum = 0;
        double variance = 0;
        int untrusted = 0;
        for (LogMeanExp each : squares) {
            sum += each.value() / 2;
            variance += each.standardError() * each.standardError() / 4;
            untrusted += each.trusted() ? 0 : 1;
        }
        return new ChiUpperBound(
                new Estimate(sum / rows.length, Math.sqrt(variance) / rows.length), rows.length, untrusted);
    }

    private static List<LogMeanExp> squares(Evaluator evaluator, Dataset data, int[] rows, int samples) {
        double[][] logWeights = new double[rows.length][samples];
        Generator noise = evaluator.rng().split("upper bound");
        try (Scope scope = new Scope()) {
            Batch batch = evaluator.read(data, rows);
            Distribution q = evaluator.posterior(data, batch);
            var weigh = evaluator.model().logWeights(evaluator.theta(), batch);
            int chunk = evaluator.chunk(rows.length, samples, batch);
            for (int from = 0, c = 0; from < samples; from += chunk, c++) {
                int k = Math.min(chunk, samples - from);
                try (Scope inner = new Scope()) {
                    LogWeights w = weigh.apply(q.draw(k, noise.split(c).rows(rows)), q);
                    Evaluator.spread(w.total(), logWeights, from, k);
                }
            }
        }
        List<LogMeanExp> found = new ArrayList<>();
        for (double[] row : logWeights) {
            found.add(LogMeanExp.of(Arrays.stream(row).map(l -> 2 * l).toArray()));
        }
        return found;
    }
}
