package jensen.cli;

import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.experiment.Experiment;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.optim.Adam;
import jensen.optim.Optimiser;
import jensen.optim.Schedule;
import jensen.train.Stop;
import jensen.train.Training;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How it is trained. */
final class LearningOptions {
    /** Epochs of a run that does not say how many. */
    static final int EPOCHS = 20;

    @Option(
            names = "--bound",
            paramLabel = "NAME",
            description = "What is maximised: elbo (KL in closed form), elbo-sampled, or iw, the importance-weighted"
                    + " bound (default: elbo where KL has a closed form, else elbo-sampled).")
    private @Nullable Bound bound;

    @Option(names = "--samples", paramLabel = "K", description = "Draws of z for each datum (default: 1, for iw 5).")
    private @Nullable Integer samples;

    @Option(names = "--epochs", paramLabel = "N", description = "Times through the training data (default: 20).")
    private @Nullable Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Data in a batch (default: 100).")
    private int batch = 100;

    @Option(names = "--learning-rate", paramLabel = "R", description = "Step size (default: 1e-3).")
    private double learningRate = 1e-3;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "Of the learning rate: constant, cosine (to 0), or exponential:F, times F each epoch"
                    + " (default: constant).")
    private Choices.Rate schedule = (start, n) -> new Schedule.Constant(start);

    @Option(names = "--optimiser", paramLabel = "NAME", description = "adam, adagrad or sgd (default: adam).")
    private Optimiser optimiser = Adam.standard();

    @Option(names = "--clip", paramLabel = "L", description = "Shorten gradients longer than L (default: never).")
    private double clip;

    @Option(
            names = "--kl-warmup",
            paramLabel = "EPOCHS",
            description = "Raise the weight of the KL from 0 to 1 over so many epochs (default: 0).")
    private double klWarmUp;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop once N epochs have not improved the validation ELBO, and keep the best weights"
                    + " (default: never).")
    private int patience;

    @Option(
            names = "--validation",
            paramLabel = "ROWS",
            description = "Training data held out to watch (default: a tenth, at most 5,000).")
    private @Nullable Integer validation;

    @Option(
            names = "--evaluation-rows",
            paramLabel = "N",
            description = "Test data, spread evenly, of which log p(x) is estimated at the end (default: 1000).")
    private int evaluationRows = 1000;

    @Option(
            names = "--evaluation-samples",
            paramLabel = "K",
            description = "Draws of z for each of them (default: 5000).")
    private int evaluationSamples = 5000;

    @Option(names = "--seed", paramLabel = "S", description = "Of everything random (default: 0).")
    private long seed;

    @Option(
            names = "--shards",
            paramLabel = "N",
            description = "Parts of a batch that threads share; the last digits depend on it, unlike on the number of"
                    + " threads (default: by the batch's work).")
    private @Nullable Integer shards;

    private static final int ELBO_SAMPLES = 10;
    private static final int MOST_VALIDATION = 5000;
    private static final int SHARE = 10;

    /** Whether the user left the length of the run to us. */
    boolean usualLength() {
        return epochs == null;
    }

    long seed() {
        return seed;
    }

    Stop stop() {
        return new Stop(epochs == null ? EPOCHS : epochs, patience);
    }

    Experiment.Protocol protocol() {
        return new Experiment.Protocol(evaluationRows, evaluationSamples, ELBO_SAMPLES);
    }

    private Objective objective(ModelOptions model) {
        Bound usual = model.closedFormKl() ? Elbo.analytic() : Elbo.sampled();
        Bound climbed = bound == null ? usual : bound;
        int draws = climbed instanceof ImportanceWeighted ? 5 : 1;
        return new Objective(climbed, new Pathwise(), samples == null ? draws : samples);
    }

    /** Rows held out of so many to train on. */
    int validation(int size) {
        return validation == null ? Math.max(1, Math.min(MOST_VALIDATION, size / SHARE)) : validation;
    }

    /** Rows held out to test on, where the data have none of their own. */
    int test(int size) {
        return Math.max(1, size / SHARE);
    }

    /**
     * Checks what does not depend on the data.
     *
     * @throws IllegalArgumentException for a value that cannot be
     */
    void check(ModelOptions model) {
        if (Elbo.analytic().equals(bound) && !model.closedFormKl()) {
            throw new IllegalArgumentException("--bound elbo: KL(q || p) has no closed form for this --posterior and"
                    + " --prior; expected elbo-sampled or iw");
        }
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("--learning-rate: expected a number above 0, found " + learningRate);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("--batch: expected 1 or more, found " + batch);
        }
        if (validation != null && validation < 1) {
            throw new IllegalArgumentException("--validation: expected 1 or more, found " + validation);
        }
        schedule.of(learningRate, stop().epochs());
        objective(model);
        protocol();
    }

    Training training(ModelOptions model, jensen.data.Dataset train) {
        Objective objective = objective(model);
        return new Training(
                model.model(train),
                model.guide(train),
                objective,
                optimiser,
                schedule.of(learningRate, stop().epochs()),
                new Schedule.WarmUp(klWarmUp),
                clip,
                model.encoding(train),
                batch,
                shards == null ? Training.shardsFor(batch, objective.samples()) : shards,
                model.initialiser(),
                seed);
    }
}
