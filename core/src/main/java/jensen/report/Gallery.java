package jensen.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.evaluate.Codes;
import jensen.evaluate.Evaluator;
import jensen.experiment.Experiment;
import jensen.tensor.Generator;
import org.apache.commons.numbers.gamma.InverseErf;

/**
 * Pictures of what a model makes of images, and a chart of its codes.
 *
 * @param experiment what the model was trained on
 * @param evaluator the trained model
 */
public record Gallery(Experiment experiment, Evaluator evaluator) {
    private static final int COLUMNS = 10;
    private static final int GAP = 2;
    private static final double MOST_PIXELS = 1 << 26;

    /** Whether the model's data can be shown as pictures. */
    public boolean hasPictures() {
        return shape().isImage();
    }

    private Shape shape() {
        return experiment.data().shape();
    }

    private int latent() {
        return evaluator.model().prior().latent();
    }

    /**
     * Rows of data as the encoder sees them, each over E[x] at the code that stands for it.
     *
     * @throws IllegalArgumentException if the data are no images
     */
    public BufferedImage reconstructions(Dataset data, int[] rows) {
        float[] seen = evaluator.seen(data, rows);
        float[] decoded = evaluator.decode(evaluator.typical(data, rows));
        Brightness brightness = brightness(seen);
        return Pictures.pairs(shape(), brightness.of(seen), brightness.of(decoded), COLUMNS);
    }

    /**
     * E[x] at draws of z from p(z).
     *
     * @throws IllegalArgumentException if the data are no images
     */
    public BufferedImage samples(int count, Generator rng) {
        return grid(evaluator.decode(evaluator.prior(count, rng)), columns(count));
    }

    /**
     * Images in nearly a square, as {@link Evaluator#decode} and {@link Evaluator#draw} give them.
     *
     * @throws IllegalArgumentException if the data are no images
     */
    public BufferedImage grid(float[] images) {
        return grid(images, columns(images.length / shape().size()));
    }

    private static int columns(int count) {
        return count <= COLUMNS ? count : Math.max(COLUMNS, (int) Math.ceil(Math.sqrt(count)));
    }

    /**
     * The straight way from the code of each row to that of the next, decoded: one line of pictures for each way.
     *
     * @param rows at least two
     * @param steps pictures in a line, both ends included, at least two
     * @throws IllegalArgumentException if there are fewer, z is discrete, or the data are no images
     */
    public BufferedImage morph(Dataset data, int[] rows, int steps) {
        if (rows.length < 2 || steps < 2) {
            throw new IllegalArgumentException(
                    "morph: expected at least 2 rows and 2 steps, found " + rows.length + " and " + steps);
        }
        requireReal("morph: expected a run whose z is real, found a discrete one: there are no codes between two");
        double[][] ends = evaluator.codes(data, rows).mean();
        List<double[]> way = new ArrayList<>();
        for (int i = 0; i + 1 < ends.length; i++) {
            for (int s = 0; s < steps; s++) {
                way.add(between(ends[i], ends[i + 1], (double) s / (steps - 1)));
            }
        }
        return grid(evaluator.decode(way.toArray(double[][]::new)), steps);
    }

    /** Whether z is discrete, so that there are no codes between codes. */
    boolean discrete() {
        return evaluator.states().isPresent();
    }

    private void requireReal(String otherwise) {
        if (discrete()) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static double[] between(double[] a, double[] b, double part) {
        return IntStream.range(0, a.length)
                .mapToDouble(d -> a[d] + part * (b[d] - a[d]))
                .toArray();
    }

    /**
     * E[x] on a grid of two latent dimensions, the others at 0. The grid is even on the unit square and mapped through the
     * inverse of the normal distribution function, so that each picture stands for the same share of p(z).
     *
     * @param side pictures in a row and in a column
     * @param across the dimension that grows to the right
     * @param up the dimension that grows upwards
     * @throws IllegalArgumentException if there is no such dimension, they are the same, z is discrete, the picture
     *     would have more than 2²⁶ pixels, or the data are no images
     * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, figure 4</a>
     */
    public BufferedImage manifold(int side, int across, int up) {
        requireReal("manifold: expected a run whose z is real, found a discrete one: there is no plane of codes");
        if (side < 1) {
            throw new IllegalArgumentException("grid must be ≥ 1, was " + side);
        }
        int most = (int) (Math.sqrt(MOST_PIXELS / shape().height() / shape().width()) / Pictures.scale(shape()));
        if (side > most) {
            throw new IllegalArgumentException(
                    "grid: expected at most " + most + " pictures of " + shape() + " in a row, found " + side);
        }
        if (across == up || Math.min(across, up) < 0 || Math.max(across, up) >= latent()) {
            throw new IllegalArgumentException(
                    "dimensions: expected two of 0 to " + (latent() - 1) + ", found " + across + " and " + up);
        }
        double[][] z = new double[side * side][latent()];
        for (int i = 0; i < z.length; i++) {
            int column = i % side;
            int row = i / side;
            z[i][across] = quantile((column + 0.5) / side);
            z[i][up] = -quantile((row + 0.5) / side);
        }
        float[] images = evaluator.decode(z);
        return Pictures.grid(shape(), brightness(images).of(images), side, 0);
    }

    /** The standard normal distribution's value below which a share {@code p} of it lies. */
    static double quantile(double p) {
        return Math.sqrt(2) * InverseErf.value(2 * p - 1);
    }

    /**
     * The means of the codes of data in the two dimensions that say most of them: those with the largest KL divergence or,
     * where it has no closed form, the largest variance.
     *
     * @throws IllegalArgumentException if the model has fewer than two latent dimensions
     */
    public Scatter latent(Dataset data, int[] rows) {
        if (latent() < 2) {
            throw new IllegalArgumentException("latent: expected at least 2 dimensions, found " + latent());
        }
        Codes codes = evaluator.codes(data, rows);
        double[] width = codes.klPerDimension().orElseGet(() -> variances(codes.mean()));
        List<Integer> widest = IntStream.range(0, width.length)
                .boxed()
                .sorted(Comparator.comparingDouble(d -> -width[d]))
                .toList();
        int x = Math.min(widest.get(0), widest.get(1));
        int y = Math.max(widest.get(0), widest.get(1));
        int[] labels = Arrays.stream(rows)
                .mapToObj(data::label)
                .flatMapToInt(OptionalInt::stream)
                .toArray();
        int[] classes = Arrays.stream(labels).sorted().distinct().toArray();
        List<Scatter.Point> points = IntStream.range(0, rows.length)
                .mapToObj(i -> new Scatter.Point(
                        codes.mean()[i][x],
                        codes.mean()[i][y],
                        labels.length == 0 ? 0 : Arrays.binarySearch(classes, labels[i])))
                .toList();
        List<String> names = Arrays.stream(classes).mapToObj(String::valueOf).toList();
        return new Scatter(
                "Codes of " + Words.count(rows.length) + " data",
                "mean of z, dimension " + x,
                "dimension " + y,
                points,
                names);
    }

    private static double[] variances(double[][] codes) {
        return IntStream.range(0, codes[0].length)
                .mapToDouble(d -> {
                    double mean = Arrays.stream(codes)
                            .mapToDouble(z -> z[d])
                            .average()
                            .orElse(0);
                    return Arrays.stream(codes)
                            .mapToDouble(z -> (z[d] - mean) * (z[d] - mean))
                            .sum();
                })
                .toArray();
    }

    private Brightness brightness(float[] shown) {
        return Brightness.of(evaluator.encoding(), experiment.data().values(), shown);
    }

    private BufferedImage grid(float[] images, int columns) {
        return Pictures.grid(shape(), brightness(images).of(images), columns, GAP);
    }
}
