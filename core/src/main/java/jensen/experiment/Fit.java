package jensen.experiment;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import jensen.data.DataException;
import jensen.data.Dataset;
import jensen.data.Split;
import jensen.evaluate.Codes;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.net.Parameters;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.Profile;
import jensen.train.Step;
import jensen.train.Training;

/**
 * Carries out an experiment in a folder, from its beginning or from where it was interrupted, with the same result.
 *
 * @param experiment what to do
 * @param split the data to do it on
 * @param directory where files go
 * @param device where the arithmetic is done
 * @param threads how many share the work
 * @param checkpointSeconds how often an unfinished epoch is saved; each finished one is
 */
public record Fit(
        Experiment experiment,
        Split split,
        RunDirectory directory,
        Device device,
        int threads,
        double checkpointSeconds) {
    /** What is told of the work while it goes on, on the thread that does it. */
    public interface Observer {
        /** A step is done. */
        default void step(Step step, Means epochSoFar, int stepsPerEpoch) {}

        /** An epoch is done and validated. */
        default void epoch(Epoch epoch) {}

        /** All training is done. */
        default void trained(Profile profile) {}

        /** So many of all the draws for the evaluation are done; told from any thread. */
        default void evaluated(long done, long of) {}

        /** The run is finished, and its folder still kept from all other writers. */
        default void finished() throws IOException {}
    }

    /** How a run ended. */
    public enum Outcome {
        /** With weights and an evaluation. */
        FINISHED,
        /** With a checkpoint to go on from. */
        INTERRUPTED
    }

    /**
     * Begins.
     *
     * @param replace whether a run that is already in the folder may be replaced, which it is once this one has a checkpoint
     * @throws IllegalArgumentException if there is one and it may not, the folder is being written to, or the data do not fit
     *     the model
     * @throws jensen.train.NonFiniteException if the numbers run away; a folder without a checkpoint is left as if
     *     nothing had begun
     */
    public Outcome start(boolean replace, BooleanSupplier interrupted, Observer observer) throws IOException {
        return alone(observer, () -> {
            boolean replacing = directory.exists();
            if (replacing && !replace) {
                throw new IllegalArgumentException(
                        directory.path() + " already holds a run: expected another folder, or --force to replace it");
            }
            try (Climb climb = new Climb(this, observer)) {
                if (!replacing) {
                    directory.save(experiment);
                }
                return climb.go(interrupted);
            } finally {
                if (directory.exists() && !directory.resumable() && !directory.finished()) {
                    directory.clear();
                }
            }
        });
    }

    /**
     * Goes on from the checkpoint, or from the beginning where there is none yet; a finished run stays as it is.
     *
     * @throws IllegalArgumentException if the folder is being written to
     * @throws DataException if the checkpoint is damaged
     */
    public Outcome resume(BooleanSupplier interrupted, Observer observer) throws IOException {
        return alone(observer, () -> {
            if (directory.finished()) {
                return Outcome.FINISHED;
            }
            try (Climb climb = new Climb(this, observer)) {
                if (directory.resumable()) {
                    climb.restore(directory.checkpoint());
                }
                return climb.go(interrupted);
            }
        });
    }

    private interface Work {
        Outcome go() throws IOException;
    }

    private Outcome alone(Observer observer, Work work) throws IOException {
        try (RunLock lock = directory.lock()) {
            directory.sweep();
            Outcome outcome = work.go();
            if (outcome == Outcome.FINISHED) {
                observer.finished();
            }
            return outcome;
        }
    }

    /**
     * The trained model, looking at data with noise of its own.
     *
     * @param seed of that noise; a run's own evaluation takes the experiment's
     */
    static Evaluator evaluator(Experiment e, Parameters theta, Parameters phi, long seed, int threads) {
        Training t = e.training();
        return new Evaluator(
                t.model(),
                theta,
                t.guide(),
                phi,
                t.encoding(),
                Generator.of(seed).split("evaluation"),
                threads);
    }

    /**
     * What is reported of test data: the bound of all rows, and log p(x) of some, spread evenly.
     *
     * @param observer told how many draws are done
     */
    static Evaluation evaluate(Evaluator evaluator, Experiment.Protocol protocol, Dataset test, Observer observer) {
        int[] all = IntStream.range(0, test.size()).toArray();
        int[] spread = test.spread(protocol.rows());
        AtomicLong done = new AtomicLong();
        long search = evaluator.guide().draws();
        long total = all.length * (search + protocol.elboSamples()) + (long) spread.length * protocol.samples();
        LongConsumer more = draws -> observer.evaluated(done.addAndGet(draws), total);
        Evaluator once = evaluator.settled(test, all, n -> more.accept(n * search));
        Codes codes = once.codes(test, all);
        List<Row> bounds =
                once.rows(test, all, protocol.elboSamples(), n -> more.accept((long) n * protocol.elboSamples()));
        List<Row> evidence =
                once.rows(test, spread, protocol.samples(), n -> more.accept((long) n * protocol.samples()));
        return Evaluation.of(bounds, evidence, codes, test.shape().size(), protocol.samples());
    }
}
