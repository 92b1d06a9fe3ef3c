package jensen.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import jensen.bound.Elbo;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.DiagonalNormal;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * The best normal q with independent components for each datum alone, found by climbing the datum's own ELBO from where the
 * network's q is, with θ fixed.
 *
 * @param steps of Adam, whose rate falls to zero over them
 * @param samples draws of z in each step
 * @param learningRate at the start, in units of the latent space
 * @see <a href="https://arxiv.org/abs/1801.03558">Cremer, Li and Duvenaud 2018, arXiv 1801.03558, §3</a>
 */
public record MeanField(int steps, int samples, double learningRate) {
    /** Rows that are optimised together. */
    private static final int TOGETHER = 20;

    /** @throws IllegalArgumentException if a number is not positive */
    public MeanField {
        if (steps < 1 || samples < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException("steps, samples and learning rate must be positive, were " + steps + ", "
                    + samples + " and " + learningRate);
        }
    }

    /** 300 steps with 16 draws from a rate of 0.03: within about 0.01 nats of the best on models of digits. */
    public static MeanField standard() {
        return new MeanField(300, 16, 0.03);
    }

    /**
     * The bounds of some rows with the network's q and with the best one, on the same noise.
     *
     * @param draws of z for each bound
     * @throws IllegalArgumentException if the guide's q is not normal with independent components
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
            DiagonalNormal network = normal(e, batch);
            DiagonalNormal best = climb(e, batch, network, e.rng().split("mean field"));
            Generator noise = e.rng().split("gain");
            double[][] before = elbos(e, batch, network, draws, noise);
            double[][] after = elbos(e, batch, best, draws, noise);
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

    private static DiagonalNormal normal(Evaluator e, Batch batch) {
        if (e.guide().posterior(e.phi(), batch) instanceof DiagonalNormal q) {
            return q;
        }
        throw new IllegalArgumentException(
                "the best q of its own is found where q is normal with independent components; here it is "
                        + e.guide().posterior(e.phi(), batch).getClass().getSimpleName());
    }

    /** The q to which a datum's own ELBO is climbed from the given one. */
    private DiagonalNormal climb(Evaluator e, Batch batch, DiagonalNormal start, Generator noise) {
        long width = start.mean().size(-1);
        Tensor flat =
                Tensor.concat(List.of(start.mean(), start.logVariance()), -1).copy();
        List<Tensor> state = List.of(flat.zerosLike(), flat.zerosLike());
        Schedule rate = new Schedule.Cosine(learningRate, 0, steps);
        Adam adam = Adam.standard();
        for (int step = 0; step < steps; step++) {
            try (Scope scope = new Scope()) {
                Generator fresh = noise.split(step).rows(batch.index());
                Tensor leaf = flat.requiresGradient();
                Tensor total = Native.withGradient(() -> {
                    DiagonalNormal q = new DiagonalNormal(leaf.narrow(-1, 0, width), leaf.narrow(-1, width, width));
                    LogWeights w = e.model().logWeights(e.theta(), batch, q.draw(samples, fresh), q);
                    return Elbo.analytic().value(w).sum();
                });
                Tensor gradient = Autograd.gradient(total, List.of(leaf)).get(0);
                adam.step(flat, gradient, state, rate.at(step), step + 1);
            }
        }
        return new DiagonalNormal(flat.narrow(-1, 0, width), flat.narrow(-1, width, width));
    }

    /** log p(x|z) − KL for each row and draw; the mean over draws is the ELBO. */
    private static double[][] elbos(Evaluator e, Batch batch, DiagonalNormal q, int draws, Generator noise) {
        int n = batch.size();
        double[][] found = new double[n][draws];
        int chunk = e.chunk(n, draws, batch);
        for (int from = 0, c = 0; from < draws; from += chunk, c++) {
            int k = Math.min(chunk, draws - from);
            try (Scope scope = new Scope()) {
                Draw z = q.draw(k, noise.split(c).rows(batch.index()));
                LogWeights w = e.model().logWeights(e.theta(), batch, z, q);
                Evaluator.spread(w.logLikelihood().sub(w.kl()), found, from, k);
            }
        }
        return found;
    }
}
