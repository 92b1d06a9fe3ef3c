package jensen.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Miwae;
import jensen.experiment.Experiment;
import jensen.gradient.BatchPenalty;
import jensen.gradient.GradientEstimator;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.Verdict;
import jensen.gradient.Vimco;
import jensen.model.Family;
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
            description =
                    "What is maximised: elbo (KL in closed form), elbo-sampled (KL from the draws), iw (importance"
                            + " weighted), renyi:A, miwae:M (the mean of M iw bounds of K/M draws each), piwae:M (iw for the model,"
                            + " miwae:M for q), ciwae:B (B elbo + (1 - B) iw), or tvo[:N] (thermodynamic, of N intervals, 5 where"
                            + " it is not said). Default: the first of elbo, elbo-sampled and iw that goes with --gradient, elbo only where --posterior and"
                            + " --prior have a KL in closed form.")
    private @Nullable Bound bound;

    @Option(
            names = "--gradient",
            paramLabel = "NAME",
            description =
                    "How its gradient is estimated: pathwise (through the draws), stl (the same without the score of"
                            + " q), dreg (doubly reparameterised), score (score function with a leave-one-out baseline),"
                            + " score-plain (without), vimco, wake-sleep, rws (reweighted wake-sleep), enumerate (exactly, by the"
                            + " sum over all values of z), or gumbel:T (for q through z relaxed at temperature T). The table below"
                            + " says what goes with what (default: pathwise; for a discrete z enumerate, vimco where that"
                            + " does not serve the bound, or score where z has more than 4,096 values).")
    private @Nullable GradientEstimator gradient;

    @Option(
            names = "--samples",
            paramLabel = "K",
            description =
                    "Draws of z for each datum (default: 1 for elbo and elbo-sampled if --gradient can do with that,"
                            + " 5 for each group of miwae and piwae, else 5).")
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
            description =
                    "Of the learning rate: constant, cosine (to 0), exponential:F, times F each epoch, or tripling,"
                            + " that of the IWAE paper: 10^(-i/7) for 3^i epochs, i = 0, 1, ... (default: constant).")
    private Choices.Rate schedule = (start, n) -> new Schedule.Constant(start);

    @Option(names = "--optimiser", paramLabel = "NAME", description = "adam, adagrad or sgd (default: adam).")
    private Optimiser optimiser = Adam.standard();

    @Option(names = "--clip", paramLabel = "L", description = "Shorten gradients longer than L (default: never).")
    private double clip;

    @Option(
            names = "--kl-weight",
            paramLabel = "W",
            description =
                    "What the KL counts in what is climbed: a number, warmup:EPOCHS (from 0 to 1), free-bits:NATS for"
                            + " each latent dimension, capacity:FROM:TO:EPOCHS:FACTOR, tc:B (its total correlation counts B times;"
                            + " tc:B:weighted estimates it as the paper does) or mmd:L (add L times the discrepancy of q(z) from"
                            + " p(z)) (default: 1).")
    private KlWeight klWeight = KlWeight.one();

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

    private static final List<Bound> USUAL = List.of(Elbo.analytic(), Elbo.sampled(), new ImportanceWeighted());
    private static final int FEW = 5;
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

    /**
     * What is climbed and how.
     *
     * @throws IllegalArgumentException if the gradient does not go with the bound, or the samples with either
     */
    private Objective objective(ModelOptions model) {
        GradientEstimator estimator = gradient == null ? usualGradient(model) : gradient;
        Bound climbed = bound == null ? usualBound(estimator, model.closedFormKl()) : bound;
        int k = samples == null ? usualSamples(estimator, climbed) : samples;
        return Objective.of(climbed, estimator, k, model.family(), model.event());
    }

    /** That of an ELBO or, where the sum over a discrete z does not serve the bound that is given, VIMCO. */
    private GradientEstimator usualGradient(ModelOptions model) {
        GradientEstimator usual = GradientEstimator.usual(model.family(), model.event());
        if (bound == null) {
            return usual;
        }
        int k = samples == null ? usualSamples(usual, bound) : samples;
        return usual.serves(bound, k) instanceof Verdict.Refused ? new Vimco() : usual;
    }

    /** The first of the usual bounds that the gradient serves and that can be computed, or else the ELBO by draws. */
    private Bound usualBound(GradientEstimator estimator, boolean closedFormKl) {
        for (Bound usual : USUAL) {
            if (usual.equals(Elbo.analytic()) && !closedFormKl) {
                continue;
            }
            int k = samples == null ? usualSamples(estimator, usual) : samples;
            if (!(estimator.serves(usual, k) instanceof Verdict.Refused)) {
                return usual;
            }
        }
        return Elbo.sampled();
    }

    private int usualSamples(GradientEstimator estimator, Bound climbed) {
        if (climbed instanceof Elbo && !(estimator.serves(climbed, 1) instanceof Verdict.Refused)) {
            return 1;
        }
        int groups = climbed.forPhi() instanceof Miwae miwae ? miwae.groups() : 1;
        return Math.multiplyExact(FEW, groups);
    }

    /** What goes with what, a line for each bound, for the command's help. */
    static List<String> pairs() {
        List<String> lines = new ArrayList<>();
        for (Bound each : Bound.all()) {
            String name = each.name().replaceFirst(":.*", "");
            lines.add(String.format(
                    "  %-14s%s",
                    name,
                    Objective.serving(each, FEW * 2).stream()
                            .map(LearningOptions::word)
                            .collect(Collectors.joining(", "))));
        }
        lines.add("");
        lines.add("  " + String.format("%-14s", "discrete z") + goingWith(new Family.Bernoulli()));
        lines.add("  " + String.format("%-14s", "real z") + goingWith(new Family.Normal()));
        return lines;
    }

    private static String goingWith(Family q) {
        return GradientEstimator.all().stream()
                .filter(each -> each.refuses(q, 1).isEmpty())
                .map(LearningOptions::word)
                .collect(Collectors.joining(", "));
    }

    private static String word(GradientEstimator gradient) {
        return gradient.name().replaceFirst(":.*", ":T");
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
        Choices.atLeast("--batch", batch, 1);
        Choices.atLeast("--validation", validation, 1);
        schedule.of(learningRate, stop().epochs());
        Objective objective = objective(model);
        klWeight.check(objective, shards(objective));
        protocol();
    }

    private int shards(Objective objective) {
        if (shards != null) {
            return shards;
        }
        return klWeight instanceof BatchPenalty ? 1 : Training.shardsFor(batch, objective.samples());
    }

    Training training(ModelOptions model, jensen.data.Dataset train) {
        Objective objective = objective(model);
        return new Training(
                model.model(train),
                model.guide(train),
                objective,
                optimiser,
                schedule.of(learningRate, stop().epochs()),
                klWeight,
                clip,
                model.encoding(train),
                batch,
                shards(objective),
                model.initialiser(),
                seed);
    }
}
