package jensen.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import jensen.data.DataException;
import jensen.data.Dataset;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.net.Parameters;
import jensen.tensor.Safetensors;
import jensen.tensor.Tensor;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.NonFiniteException;
import jensen.train.Run;
import jensen.train.Step;
import jensen.train.Stop;
import jensen.train.Training;

/** A fit on its way: the run, what its epochs came to, the best weights so far, and when to save all of that. */
final class Climb implements AutoCloseable {
    /** What a checkpoint says beside its tensors. */
    private record Progress(
            @JsonProperty("started") String started,
            @JsonProperty("epochs") List<Epoch> epochs,
            @JsonProperty("current") Means current) {}

    private static final String PROGRESS = "progress";

    private final Fit fit;
    private final Fit.Observer observer;
    private final Run run;
    private final Parameters bestTheta;
    private final Parameters bestPhi;
    private final List<Epoch> epochs = new ArrayList<>();
    private Means current = Means.NONE;
    private String started = Provenance.now();
    private long saved = System.nanoTime();
    private boolean begun;

    Climb(Fit fit, Fit.Observer observer) {
        Experiment e = fit.experiment();
        Training t = e.training();
        this.fit = fit;
        this.observer = observer;
        this.run = new Run(t, fit.split().train(), start(t), t.phi(e.precision(), fit.device()), fit.threads());
        this.bestTheta = run.theta().copy();
        this.bestPhi = run.phi().copy();
    }

    private Parameters start(Training t) {
        Parameters theta = t.theta(fit.experiment().precision(), fit.device());
        t.centre(theta, fit.split().train());
        return theta;
    }

    void restore(Safetensors checkpoint) {
        try {
            run.restore(checkpoint);
            bestTheta.load("best.theta", checkpoint.tensors());
            bestPhi.load("best.phi", checkpoint.tensors());
        } catch (IllegalArgumentException damaged) {
            throw DataException.in(
                    fit.directory().path().resolve(RunDirectory.CHECKPOINT),
                    "a checkpoint of the experiment",
                    String.valueOf(damaged.getMessage()),
                    damaged);
        }
        Progress progress = Json.parse(
                checkpoint.metadata().getOrDefault(PROGRESS, "none"), Progress.class, RunDirectory.CHECKPOINT);
        epochs.addAll(progress.epochs());
        current = progress.current();
        started = progress.started();
        begun = true;
    }

    Fit.Outcome go(BooleanSupplier interrupted) throws IOException {
        Stop stop = fit.experiment().stop();
        Training t = fit.experiment().training();
        while (!stop.reached(validation(), t.klWeight())) {
            if (interrupted.getAsBoolean()) {
                save();
                return Fit.Outcome.INTERRUPTED;
            }
            Step step = run.next();
            current = current.with(step);
            observer.step(step, current, run.stepsPerEpoch());
            if (step.last()) {
                finishEpoch(step);
            } else if ((System.nanoTime() - saved) / 1e9 > fit.checkpointSeconds()) {
                save();
            }
        }
        observer.trained(run.profile());
        try {
            finish(stop.patience() > 0, interrupted);
            return Fit.Outcome.FINISHED;
        } catch (CancellationException e) {
            return Fit.Outcome.INTERRUPTED; // the last epoch's checkpoint is where it goes on
        }
    }

    private List<Double> validation() {
        return epochs.stream().map(Epoch::validationElbo).toList();
    }

    private void finishEpoch(Step last) throws IOException {
        List<Row> rows = validate(last.index());
        double reconstruction =
                rows.stream().mapToDouble(Row::reconstruction).average().orElse(Double.NaN);
        double kl = rows.stream().mapToDouble(Row::kl).average().orElse(Double.NaN);
        Epoch epoch = new Epoch(
                last.epoch() + 1,
                last.index(),
                current.objective() / current.examples(),
                current.elbo(),
                current.reconstruction(),
                current.divergence(),
                reconstruction - kl,
                reconstruction,
                kl,
                last.klWeight(),
                last.learningRate(),
                current.gradientNorm() / current.steps());
        epochs.add(epoch);
        current = Means.NONE;
        Training t = fit.experiment().training();
        if (fit.experiment().stop().best(validation(), t.klWeight()) == epochs.size() - 1) {
            bestTheta.flat().copyInPlace(run.theta().flat());
            bestPhi.flat().copyInPlace(run.phi().flat());
        }
        begin();
        fit.directory().save(epochs);
        save();
        observer.epoch(epoch);
    }

    private List<Row> validate(long step) {
        Dataset validation = fit.split().validation();
        int[] all = IntStream.range(0, validation.size()).toArray();
        List<Row> rows = evaluator(run.theta(), run.phi()).rows(validation, all, 1, n -> {});
        List<Integer> lost = rows.stream()
                .filter(row -> !Double.isFinite(row.elbo()))
                .map(row -> validation.origin(row.index()))
                .toList();
        if (!lost.isEmpty()) { // no epoch is better than another by such a number
            throw NonFiniteException.after(step, "the validation ELBO", lost);
        }
        return rows;
    }

    /** What was in the folder gives way once there is something to put in its place. */
    private void begin() throws IOException {
        if (!begun) {
            fit.directory().clear();
            fit.directory().save(fit.experiment());
            begun = true;
        }
    }

    private void save() throws IOException {
        begin();
        Safetensors state = run.checkpoint();
        Map<String, Tensor> tensors = new HashMap<>(state.tensors());
        bestTheta.all().forEach((name, leaf) -> tensors.put("best.theta." + name, leaf));
        bestPhi.all().forEach((name, leaf) -> tensors.put("best.phi." + name, leaf));
        Map<String, String> metadata = new HashMap<>(state.metadata());
        metadata.put(PROGRESS, Json.line(new Progress(started, epochs, current)));
        fit.directory().saveCheckpoint(new Safetensors(tensors, metadata));
        saved = System.nanoTime();
    }

    private Evaluator evaluator(Parameters theta, Parameters phi) {
        Experiment e = fit.experiment();
        return Fit.evaluator(e, theta, phi, e.training().seed(), fit.threads());
    }

    private void finish(boolean best, BooleanSupplier interrupted) throws IOException {
        Parameters theta = best ? bestTheta : run.theta();
        Parameters phi = best ? bestPhi : run.phi();
        fit.directory().saveWeights(theta, phi);
        Fit.Observer stoppable = new Fit.Observer() {
            @Override
            public void evaluated(long done, long of) {
                if (interrupted.getAsBoolean()) {
                    throw new CancellationException();
                }
                observer.evaluated(done, of);
            }
        };
        Evaluation evaluation = Fit.evaluate(
                evaluator(theta, phi),
                fit.experiment().evaluation(),
                fit.split().test(),
                stoppable);
        fit.directory().save(evaluation);
        fit.directory().finish(fit.experiment(), fit.threads(), started);
    }

    @Override
    public void close() {
        run.close();
    }
}
