package jensen.evaluate;

import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;

/**
 * Draws of z from q(z|x) for one datum which, weighted, are draws from p(z|x).
 *
 * @param z the draws, {@code [K][D]}
 * @param logWeights log p(x, z)/q(z|x) of each
 */
public record PosteriorDraws(double[][] z, double[] logWeights) {
    /** Draws. */
    public static PosteriorDraws of(Evaluator evaluator, Dataset data, int row, int samples) {
        int[] rows = {row};
        return Native.withoutGradient(() -> {
            try (Scope scope = new Scope()) {
                Batch batch = evaluator.read(data, rows);
                Distribution q = evaluator.posterior(data, batch);
                var weigh = evaluator.model().logWeights(evaluator.theta(), batch);
                Generator noise = evaluator.rng().split("posterior");
                double[][] z = new double[samples][];
                double[][] logWeights = new double[1][samples];
                int chunk = evaluator.chunk(1, samples, batch);
                for (int from = 0, c = 0; from < samples; from += chunk, c++) {
                    int k = Math.min(chunk, samples - from);
                    try (Scope inner = new Scope()) {
                        Draw drawn = q.draw(k, noise.split(c).rows(rows));
                        LogWeights w = weigh.apply(drawn, q);
                        Evaluator.spread(w.total(), logWeights, from, k);
                        Evaluator.split(drawn.z(), z, from);
                    }
                }
                return new PosteriorDraws(z, logWeights[0]);
            }
        });
    }

    /** What the weights say of p(x), and of how far the weighted draws can be trusted. */
    public LogMeanExp evidence() {
        return LogMeanExp.of(logWeights);
    }
}
