package jensen.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.evaluate.Codes;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.evaluate.LogMeanExp;
import jensen.experiment.Experiment;
import jensen.experiment.Provenance;
import jensen.experiment.RunDirectory;
import jensen.train.Epoch;

/** The pictures of a finished run and the page that shows them with its numbers. */
public final class RunReport {
    private static final int RECONSTRUCTED = 30;
    private static final int SAMPLED = 100;
    private static final int SCATTERED = 5000;
    private static final int MANIFOLD = 20;
    private static final int MORPHED = 8;
    private static final int STEPS = 10;
    private static final String NATS = "nats per datum";

    private final Experiment experiment;
    private final Evaluation evaluation;
    private final Gallery gallery;
    private final Dataset test;
    private final Map<String, Figure> figures = new LinkedHashMap<>();

    private RunReport(Experiment experiment, Evaluation evaluation, Evaluator evaluator, Dataset test) {
        this.experiment = experiment;
        this.evaluation = evaluation;
        this.gallery = new Gallery(experiment, evaluator);
        this.test = test;
    }

    /**
     * Draws a finished run: PNG files and {@code report.html}, in its folder.
     *
     * @param evaluator the trained model
     * @param test the run's test data
     * @return the pictures of images, by name
     * @throws java.io.UncheckedIOException if a file cannot be written
     */
    public static Map<String, BufferedImage> write(RunDirectory directory, Evaluator evaluator, Dataset test)
            throws IOException {
        Experiment experiment = directory.experiment();
        Evaluation evaluation = directory.evaluation();
        List<Epoch> epochs = directory.epochs();
        RunReport report = new RunReport(experiment, evaluation, evaluator, test);
        report.charts(epochs);
        report.images();
        Map<String, BufferedImage> images = new LinkedHashMap<>();
        report.figures.forEach((name, figure) -> {
            BufferedImage picture =
                    figure instanceof Figure.Drawing d ? d.chart().image() : ((Figure.Picture) figure).image();
            Png.write(directory.picture(name), picture);
            if (figure instanceof Figure.Picture) {
                images.put(name, picture);
            }
        });
        report.page(epochs, directory.provenance()).write(directory.path().resolve(RunDirectory.REPORT));
        return images;
    }

    private void charts(List<Epoch> epochs) {
        if (!epochs.isEmpty()) {
            LineChart curve = LineChart.elbo(List.of(
                    series("training", epochs, Epoch::elbo), series("validation", epochs, Epoch::validationElbo)));
            figures.put(
                    "elbo",
                    new Figure.Drawing(
                            curve,
                            "The mean ELBO in nats per datum: of the training data during each epoch, of "
                                    + Words.count(experiment.data().validation())
                                    + " validation data at its end. A validation curve that falls while the other"
                                    + " rises shows overfitting."));
        }
        evaluation
                .klPerDimension()
                .ifPresent(kl -> figures.put(
                        "kl",
                        new Figure.Drawing(
                                new KlBars(Arrays.stream(kl).boxed().toList()),
                                "How many nats each latent dimension tells of a datum, as the mean over "
                                        + Words.count(evaluation.rows())
                                        + " test data. Dimensions near 0 are unused: there"
                                        + " q(z|x) is the prior.")));
        if (experiment.training().model().prior().latent() > 1) {
            int[] rows = first(SCATTERED);
            figures.put(
                    "latent",
                    new Figure.Drawing(
                            gallery.latent(test, rows),
                            "The mean of q(z|x) for " + Words.count(rows.length)
                                    + " test data, in the two latent dimensions with the largest KL divergence"
                                    + (test.label(0).isPresent() ? ", coloured by label." : ".")
                                    + " Training saw no labels."));
        }
    }

    private void images() {
        if (!gallery.hasPictures()) {
            return;
        }
        picture(
                "reconstructions",
                gallery.reconstructions(test, first(RECONSTRUCTED)),
                "Test data as the model sees them" + seen() + " each over its reconstruction: the mean of p(x|z) at"
                        + (gallery.discrete() ? " the most probable z of q(z|x)." : " the mean of q(z|x)."));
        picture(
                "samples",
                gallery.samples(SAMPLED, gallery.evaluator().rng().split("samples")),
                "New data: the mean of p(x|z) at " + SAMPLED + " draws of z from the prior.");
        if (gallery.discrete()) {
            return;
        }
        if (experiment.training().model().prior().latent() == 2) {
            picture(
                    "manifold",
                    gallery.manifold(MANIFOLD, 0, 1),
                    "The mean of p(x|z) over the latent plane: dimension 0 grows to the right, dimension 1 upwards. Each"
                            + " picture stands for the same share of the prior, since the even grid goes through the"
                            + " inverse of the normal distribution function.");
        }
        int[] rows = apart();
        if (rows.length > 1) {
            picture(
                    "morph",
                    gallery.morph(test, rows, STEPS),
                    "From one test datum to the next: the codes on the straight line between the two, decoded.");
        }
    }

    private void picture(String name, BufferedImage image, String caption) {
        figures.put(name, new Figure.Picture(image, caption));
    }

    private String seen() {
        return experiment.training().encoding() instanceof jensen.data.Encoding.Binarised
                ? ", binarised at random,"
                : ",";
    }

    private int[] first(int most) {
        return IntStream.range(0, Math.min(most, test.size())).toArray();
    }

    /** The first datum of each of some classes or, without labels, the first data. */
    private int[] apart() {
        if (test.label(0).isEmpty()) {
            return first(MORPHED);
        }
        Map<Integer, Integer> firstOf = new TreeMap<>();
        for (int row = 0; row < test.size(); row++) {
            firstOf.putIfAbsent(test.label(row).orElseThrow(), row);
        }
        return firstOf.values().stream().limit(MORPHED).mapToInt(r -> r).toArray();
    }

    private static Series series(String name, List<Epoch> epochs, ToDoubleFunction<Epoch> of) {
        return new Series(
                name,
                epochs.stream().map(e -> (double) e.epoch()).toList(),
                epochs.stream().map(of::applyAsDouble).toList());
    }

    private HtmlReport page(List<Epoch> epochs, Provenance provenance) {
        String data = Words.fileName(experiment.data().name());
        String summary =
                "A variational autoencoder trained on %s for %s. On %s test data its evidence lower bound is %s nats per datum."
                        .formatted(
                                data,
                                epochs.size() == 1 ? "one epoch" : epochs.size() + " epochs",
                                Words.count(evaluation.rows()),
                                Numbers.withError(evaluation.elbo(), evaluation.elboStandardError()));
        return new HtmlReport(
                "Variational autoencoder on " + data,
                summary,
                Words.formula(experiment.training().objective().bound()),
                results(),
                List.copyOf(figures.values()),
                Words.settings(experiment),
                Words.provenance(provenance));
    }

    private List<HtmlReport.Result> results() {
        Evaluation e = evaluation;
        List<HtmlReport.Result> results = new ArrayList<>();
        results.add(result(
                "ELBO",
                "E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))",
                e.elbo(),
                error(e.elboStandardError()),
                NATS,
                "Evidence lower bound, mean over " + Words.count(e.rows())
                        + " test data. The error is of the draws of z."));
        results.add(result(
                "Reconstruction",
                "E_q[log p(x|z)]",
                e.reconstruction(),
                OptionalDouble.empty(),
                NATS,
                "How well a datum is told from its code."));
        results.add(result(
                "KL divergence",
                "KL(q(z|x) ‖ p(z))",
                e.kl(),
                OptionalDouble.empty(),
                NATS,
                "How much the code tells of the datum."));
        results.add(result(
                "Log-likelihood",
                "log p(x)",
                e.logLikelihood(),
                error(e.logLikelihoodStandardError()),
                NATS,
                "By importance sampling, " + Words.plural(e.samples(), "draw") + " for each of "
                        + Words.count(e.logLikelihoodRows()) + " test data. The error is of the draws" + ofRows(e)));
        results.add(result(
                "Effective draws",
                "",
                e.effectiveSamples(),
                OptionalDouble.empty(),
                "of " + Words.count(e.samples()),
                "The number of equally weighted draws that the draws are worth, median over the data."));
        results.add(result(
                "Untrusted rows",
                "k̂ > " + LogMeanExp.TRUSTED,
                e.untrusted(),
                OptionalDouble.empty(),
                "of " + Words.count(e.logLikelihoodRows()),
                "Test data whose log-likelihood these draws do not settle: their importance weights have too heavy a"
                        + " tail."));
        results.add(result(
                "Active units",
                "",
                e.activeUnits(),
                OptionalDouble.empty(),
                "of " + experiment.training().model().prior().latent() + " dimensions",
                "Latent dimensions whose mean varies over the data by more than " + Codes.ACTIVE + "."));
        results.add(result(
                "Bits per dimension",
                "−log₂ p(x) / " + experiment.data().shape().size(),
                e.bitsPerDimension(),
                OptionalDouble.empty(),
                "bits",
                "The log-likelihood per value of a datum."));
        return results;
    }

    private static String ofRows(Evaluation e) {
        return Double.isNaN(e.rowsStandardError())
                ? "."
                : "; as the mean of all such data it is known to ± " + Numbers.plain(e.rowsStandardError()) + ".";
    }

    private static OptionalDouble error(double standardError) {
        return Double.isNaN(standardError) ? OptionalDouble.empty() : OptionalDouble.of(standardError);
    }

    private static HtmlReport.Result result(
            String name, String symbol, double value, OptionalDouble error, String unit, String meaning) {
        return new HtmlReport.Result(name, symbol, value, error, unit, meaning);
    }
}
