package jensen.algorithm;

import java.util.Arrays;
import jensen.data.Batch;
import jensen.data.Batches;
import jensen.data.Dataset;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import jensen.train.Training;

/** A data set batch by batch, each epoch in an order of its own, as {@link jensen.train.Run} goes through it. */
final class Reader {
    private final Training training;
    private final Dataset data;
    private final Batches batches;
    private final Generator rng;
    private int[] order = {};
    private int orderOf = -1;

    Reader(Training training, Dataset data) {
        this.training = training;
        this.data = data;
        this.batches = new Batches(data.size(), training.batch(), true);
        this.rng = training.generator();
    }

    double epoch(long step) {
        return (double) step / batches.stepsPerEpoch();
    }

    /**
     * The batch of a step, from 0 on.
     *
     * @param like of the type and on the device that x shall be
     */
    Batch read(long step, Tensor like) {
        int epoch = Math.toIntExact(step / batches.stepsPerEpoch());
        int inEpoch = Math.toIntExact(step % batches.stepsPerEpoch());
        if (epoch != orderOf) {
            order = batches.order(epoch, rng);
            orderOf = epoch;
        }
        int from = batches.from(inEpoch);
        int to = batches.to(inEpoch);
        int width = data.shape().size();
        float[] values = new float[(to - from) * width];
        training.encoding().encode(data, order, from, to, rng.split("encode").split(epoch), values);
        Tensor x = Tensor.of(values, like.device(), to - from, width).to(like.dtype());
        return new Batch(x, Arrays.copyOfRange(order, from, to));
    }
}
