package jensen.evaluate;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * C chains on each of B data. The model and q see each chain as a datum of its own, since then the shape, and with it the
 * rounding, of what they compute is one and the same for all.
 *
 * @param evaluator the model and its q
 * @param rows the number of each datum, {@code [B]}
 * @param flat x of each chain, {@code [C·B, X]}
 * @param count C
 * @param posterior q(z|x) of each chain's x
 */
record Chains(Evaluator evaluator, int[] rows, Batch flat, int count, Supplier<Distribution> posterior) {
    /** Chains on rows of a data set. */
    static Chains of(Evaluator evaluator, Dataset data, int[] rows, int count) {
        Tensor x = repeat(evaluator.read(data, rows).x(), count);
        Batch flat = new Batch(x, repeated(rows, count));
        return new Chains(evaluator, rows, flat, count, () -> evaluator.posterior(data, flat));
    }

    /** Chains on data that the model makes from z {@code [B, D]}, with the noise of their rows. */
    static Chains simulated(Evaluator evaluator, Tensor z, int[] rows, int count, Generator noise) {
        int[] index = repeated(rows, count);
        Tensor x = evaluator
                .model()
                .likelihood(evaluator.theta(), repeat(z, count))
                .sample(1, noise.rows(index))
                .select(0, 0)
                .detach();
        Batch flat = new Batch(x, index);
        return new Chains(evaluator, rows, flat, count, () -> evaluator.posterior(flat));
    }

    private static int[] repeated(int[] rows, int count) {
        return IntStream.range(0, count * rows.length)
                .map(n -> rows[n % rows.length])
                .toArray();
    }

    private static Tensor repeat(Tensor each, int count) {
        long width = each.size(1);
        return each.unsqueeze(0).expand(count, -1, -1).reshape(count * each.size(0), width);
    }

    /** A value for each datum {@code [B, D]} for each of its chains, {@code [C, B, D]}. */
    Tensor repeat(Tensor each) {
        return each.unsqueeze(0).expand(count, -1, -1).copy();
    }

    /** The density that chains start from, as it is for each of them. */
    Distribution start(AnnealedImportance.Start start) {
        return switch (start) {
            case PRIOR -> evaluator.model().prior(evaluator.theta()).detach();
            case POSTERIOR -> posterior.get().detach();
        };
    }

    /** A draw from the start for each chain, {@code [C, B, D]}, with noise of its own. */
    Tensor draw(AnnealedImportance.Start from, Generator noise) {
        int data = rows.length;
        int all = count * data;
        int[] own = IntStream.range(0, all)
                .map(n -> Math.addExact(Math.multiplyExact(rows[n % data], count), n / data))
                .toArray();
        Tensor z = start(from).sample(from == AnnealedImportance.Start.PRIOR ? all : 1, noise.rows(own));
        return z.detach().reshape(count, data, z.size(-1));
    }

    /** The terms log s(z) and log p(x, z)/s(z), for the density s(z) that chains start from. */
    Hmc.Target target(Distribution start) {
        return z -> {
            long data = rows.length;
            Tensor each = z.reshape(1, count * data, z.size(-1));
            LogWeights w = evaluator.model().logWeights(evaluator.theta(), flat, Draw.of(each), start);
            return List.of(w.logPosterior().reshape(count, data), w.total().reshape(count, data));
        };
    }
}
