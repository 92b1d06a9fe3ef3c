package jensen.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The KL divergence of each latent dimension as bars, largest first; a dimension below {@link #IN_USE} is grey, one that is
 * not finite has no bar and a note says so.
 *
 * @param kl nats per datum, by dimension
 */
public record KlBars(List<Double> kl) implements Chart {

    /** The KL in nats from which a dimension counts as in use. */
    public static final double IN_USE = 0.01;

    private static final int WIDTH = 560;
    private static final int HEIGHT = 360;

    /** Throws IllegalArgumentException when there is no dimension. */
    public KlBars {
        kl = List.copyOf(kl);
        if (kl.isEmpty()) {
            throw new IllegalArgumentException("kl: expected one or more dimensions, found none");
        }
    }

    @Override
    public BufferedImage image() {
        return PixelCanvas.render(WIDTH, HEIGHT, this::draw);
    }

    @Override
    public String svg() {
        return SvgCanvas.render(WIDTH, HEIGHT, title(), this::draw);
    }

    private String title() {
        long used = kl.stream().filter(v -> v >= IN_USE).count();
        return "KL per latent dimension: " + used + " of " + kl.size() + " in use";
    }

    private List<String> notes() {
        long missing = kl.stream().filter(v -> !Double.isFinite(v)).count();
        List<String> notes = new ArrayList<>();
        if (kl.stream().anyMatch(v -> v < IN_USE)) {
            notes.add("grey: below " + IN_USE + " nats, not in use");
        }
        if (missing > 0) {
            notes.add(missing + " of " + kl.size() + " values are not finite and have no bar");
        }
        return notes;
    }

    private void draw(Canvas canvas) {
        Axes.Words words =
                new Axes.Words(title(), "latent dimension (from 0), largest first", "nats per datum", notes());
        double highest = finite().max().orElse(1);
        Span y = new Span(Math.min(0, finite().min().orElse(0)), Math.max(IN_USE, highest * 1.05));
        Span x = new Span(-0.5, kl.size() - 0.5);
        Ticks yTicks = Ticks.in(y, 6, false);
        Axes axes = Axes.inside(WIDTH, HEIGHT, words, yTicks, 0, 0, x, y);
        axes.drawY(canvas, yTicks);
        axes.drawBase(canvas);
        axes.drawWords(canvas, words, WIDTH);
        drawBars(canvas, axes);
    }

    private DoubleStream finite() {
        return kl.stream().mapToDouble(v -> v).filter(Double::isFinite);
    }

    private void drawBars(Canvas canvas, Axes axes) {
        List<Integer> order = IntStream.range(0, kl.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Double.isFinite(kl.get(i)) ? -kl.get(i) : Double.MAX_VALUE))
                .toList();
        double slot = (axes.right() - axes.left()) / kl.size();
        double labelWidth = PixelCanvas.textWidth(Integer.toString(kl.size()), Axes.SMALL, false) + 6;
        int every = (int) Math.ceil(labelWidth / slot);
        for (int rank = 0; rank < order.size(); rank++) {
            int dimension = order.get(rank);
            double value = kl.get(dimension);
            double middle = axes.px(rank);
            boolean used = value >= IN_USE;
            if (Double.isFinite(value)) {
                double top = axes.py(Math.max(0, value));
                double height = Math.abs(axes.py(0) - axes.py(value));
                canvas.bar(middle - 0.4 * slot, top, 0.8 * slot, height, used ? Ink.BAR : Ink.FAINT);
            }
            if (rank % every == 0) {
                String label = Integer.toString(dimension);
                canvas.text(
                        label,
                        middle,
                        axes.bottom() + 18,
                        Axes.SMALL,
                        Canvas.Anchor.MIDDLE,
                        used ? Ink.TEXT : Ink.MUTED);
            }
        }
    }
}
