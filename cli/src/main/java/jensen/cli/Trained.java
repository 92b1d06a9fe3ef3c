package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.evaluate.Evaluator;
import jensen.experiment.Experiment;
import jensen.experiment.RunDirectory;
import jensen.report.Gallery;
import org.jspecify.annotations.Nullable;

/**
 * A finished run, opened to look at data.
 *
 * @param experiment what was done
 * @param evaluator the trained model
 */
record Trained(Experiment experiment, Evaluator evaluator) {
    static Trained open(Path directory, long seed, WorkOptions work) throws IOException {
        int threads = work.threads();
        RunDirectory run = new RunDirectory(directory);
        return new Trained(run.experiment(), run.evaluator(work.device(), seed, threads));
    }

    /** The same model with q chosen in another way. */
    Trained with(Inference inference) {
        return new Trained(experiment, inference.of(evaluator));
    }

    /** How often data are gone through to evaluate them: once more where q is searched for. */
    long passes() {
        return evaluator.guide().draws() == 0 ? 1 : 2;
    }

    /** The same, with q of some data found for all that is asked about them. */
    Trained settled(Dataset data, int[] numbers, IntConsumer done) {
        return new Trained(experiment, evaluator.settled(data, numbers, done));
    }

    int latent() {
        return evaluator.model().prior().latent();
    }

    /**
     * The pictures of it.
     *
     * @throws IllegalArgumentException if its data are no images
     */
    Gallery pictures() {
        Shape shape = experiment.data().shape();
        if (!shape.isImage()) {
            throw new IllegalArgumentException("expected a run on images, found one on vectors of " + shape
                    + " values (jensen sample and jensen encode write tables)");
        }
        return new Gallery(experiment, evaluator);
    }

    /** Other data of the same kind or, where there is no name, the run's test data. */
    Dataset data(@Nullable String name, Meter meter) {
        return name == null ? Data.of(experiment, meter).test() : Data.like(experiment, name, meter);
    }

    /**
     * Refuses a file to write whose name does not end as one of some formats.
     *
     * @return the end
     */
    static String format(Path out, String... formats) {
        String name = out.toString().toLowerCase(Locale.ROOT);
        for (String format : formats) {
            if (name.endsWith(format)) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                "--out: expected a file name that ends with " + String.join(" or ", formats) + ", found " + out);
    }

    /**
     * Row numbers written as in 3,5,10-19.
     *
     * @throws IllegalArgumentException if they are not, or a row is not in the data
     */
    static int[] rows(String text, Dataset data) {
        List<Integer> rows = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.matches("\\d{1,9}(-\\d{1,9})?")) {
                throw new IllegalArgumentException(
                        "--rows: expected numbers from 0 such as 3,5,10-19, found \"" + text + "\"");
            }
            String[] ends = part.split("-");
            int from = Integer.parseInt(ends[0]);
            int to = Integer.parseInt(ends[ends.length - 1]);
            if (from > to || to >= data.size()) {
                throw new IllegalArgumentException("--rows: expected numbers from 0 to %d, the last of %s, found %s"
                        .formatted(data.size() - 1, data.name(), part));
            }
            for (int row = from; row <= to; row++) {
                rows.add(row);
            }
        }
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}
