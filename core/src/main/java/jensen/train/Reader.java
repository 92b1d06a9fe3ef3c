package jensen.train;

import java.util.Arrays;
import jensen.data.Batch;
import jensen.data.Batches;
import jensen.data.Dataset;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/** A data set batch by batch, each epoch in an order of its own. */
public final class Reader {
    private final Training training;
    private final Dataset data;
    private final Batches batches;
    private final Generator rng;
    private int[] order = {};
    private int orderOf = -1;

    /**
     * The batches of a training.
     *
     * @throws IllegalArgumentException if the data's width is not the model's, or their values do not fit the likelihood
     */
    public Reader(Training training, Dataset data) {
        int event = training.model().likelihood().event();
        if (data.shape().size() != event) {
            throw new IllegalArgumentException("data must have " + event + " values a row as the model has, has "
                    + data.shape().size());
        }
        training.model().likelihood().check(training.encoding().encoded(data.values()));
        this.training = training;
        this.data = data;
        this.batches = new Batches(data.size(), training.batch(), true);
        this.rng = training.generator();
    }

    /** The number of steps in an epoch. */
    public int stepsPerEpoch() {
        return batches.stepsPerEpoch();
    }

    /** Epochs done after so many steps, with a fraction for the steps of the current one. */
    public double epochs(long steps) {
        return (double) steps / stepsPerEpoch();
    }

    /** The epoch that a step belongs to; both from 0. */
    public int epoch(long step) {
        return Math.toIntExact(step / stepsPerEpoch());
    }

    /** Whether a step, from 0, is the last of its epoch. */
    public boolean last(long step) {
        return inEpoch(step) + 1 == stepsPerEpoch();
    }

    private int inEpoch(long step) {
        return Math.toIntExact(step % stepsPerEpoch());
    }

    /** The rows of a step's batch; for one thread. */
    public int[] rows(long step) {
        int epoch = epoch(step);
        if (epoch != orderOf) {
            order = batches.order(epoch, rng);
            orderOf = epoch;
        }
        return Arrays.copyOfRange(order, batches.from(inEpoch(step)), batches.to(inEpoch(step)));
    }

    /**
     * Some rows as a step sees them; for any thread.
     *
     * @param like of the type and on the device that x shall be
     */
    public Batch read(long step, int[] rows, Tensor like) {
        Generator ofEpoch = rng.split("encode").split(epoch(step));
        return Batch.read(data, rows, training.encoding(), ofEpoch, like);
    }
}
