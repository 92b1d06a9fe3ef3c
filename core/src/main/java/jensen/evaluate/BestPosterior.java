package jensen.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.Local;
import jensen.model.LogWeights;
import jensen.model.Refinement;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * The best q of the guide's family for each datum alone, found by climbing the datum's own ELBO from where the guide's q is. With
 * a q of several layers it is the first layer's choice that is climbed, the networks between layers staying as they are.
 *
 * @param refinement the climb
 * @see <a href="https://arxiv.org/abs/1801.03558">Cremer, Li and Duvenaud 2018, arXiv 1801.03558, §3</a>
 */
public record BestPosterior(Refinement refinement) {
    /** Rows that are optimised together. */
    private static final int TOGETHER = 20;

    /** 300 steps with 16 draws from a rate of 0.03: within about 0.01 nats of the best on models of digits. */
    public static BestPosterior standard() {
        return new BestPosterior(new Refinement(300, 16, 0.03));
    }

    /**
     * The bounds of some rows with the network's q and with the best one, on the same noise.
     *
     * @param draws of z for each bound
     * @throws IllegalArgumentException if the guide's q is not made of numbers that it chooses for the datum
     */
    public List<Gain> gains(Evaluator evaluator, Dataset data, int[] rows, int draws, IntConsumer done) {
        return evaluator.blocks(rows, TOGETHER, done, part -> gains(evaluator, data, part, draws));
    }

    /**
     * What a q of its own gains a datum.
     *
     * @param index its row
     * @param amortised the ELBO with the network's q
     * @param best the ELBO with the best q
     * @param gain their difference, the amortisation gap; its error is that of paired draws
     */
    public record Gain(int index, Estimate amortised, Estimate best, Estimate gain) {}

    private List<Gain> gains(Evaluator e, Dataset data, int[] rows, int draws) {
        try (Scope scope = new Scope()) {
            Batch batch = e.read(data, rows);
            Local local = e.local(data, batch);
            Tensor climbed = refinement.climb(
                    e.model(),
                    e.theta(),
                    batch,
                    local.parameters(),
                    local.family(),
                    e.rng().split("mean field"));
            Generator noise = e.rng().split("gain");
            double[][] before = elbos(e, batch, local.chosen(), draws, noise);
            double[][] after = elbos(e, batch, local.family().apply(climbed), draws, noise);
            List<Gain> found = new ArrayList<>(rows.length);
            for (int i = 0; i < rows.length; i++) {
                double[] difference = new double[draws];
                for (int k = 0; k < draws; k++) {
                    difference[k] = after[i][k] - before[i][k];
                }
                found.add(new Gain(
                        rows[i], Estimate.mean(before[i]), Estimate.mean(after[i]), Estimate.mean(difference)));
            }
            return found;
        }
    }

    /** log p(x|z) − KL for each row and draw, or log w where KL has no closed form; the mean over draws is the ELBO. */
    private static double[][] elbos(Evaluator e, Batch batch, Distribution q, int draws, Generator noise) {
        int n = batch.size();
        var weigh = e.model().logWeights(e.theta(), batch);
        double[][] found = new double[n][draws];
        int chunk = e.chunk(n, draws, batch);
        for (int from = 0, c = 0; from < draws; from += chunk, c++) {
            int k = Math.min(chunk, draws - from);
            try (Scope scope = new Scope()) {
                Draw z = q.draw(k, noise.split(c).rows(batch.index()));
                LogWeights w = weigh.apply(z, q);
                Evaluator.spread(w.closedFormKl().map(w.logLikelihood()::sub).orElseGet(w::total), found, from, k);
            }
        }
        return found;
    }
}
