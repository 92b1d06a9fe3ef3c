package jensen.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Points in two latent dimensions, one unit of both axes equally long; coloured by label, or all in one colour whose
 * density shows where data crowd. A point that is not finite is not drawn, and a note says so.
 *
 * @param points in the order in which they are drawn
 * @param labels the names of labels 0, 1, …; empty when the data have none
 */
public record Scatter(String title, String xTitle, String yTitle, List<Point> points, List<String> labels)
        implements Chart {
    private static final int PLOT = 430;
    private static final int HEIGHT = 530;
    private static final double LINE = 21;
    private static final int MOST_NAMED = 44;

    /**
     * A point and its label.
     *
     * @param label an index into the names; ignored when there are none
     */
    public record Point(double x, double y, int label) {}

    /** Throws IllegalArgumentException when there is no point, or one has a label without a name. */
    public Scatter {
        points = List.copyOf(points);
        labels = List.copyOf(labels);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("points: expected one or more, found none");
        }
        for (Point point : points) {
            if (!labels.isEmpty() && (point.label() < 0 || point.label() >= labels.size())) {
                throw new IllegalArgumentException(
                        "points: expected labels from 0 to " + (labels.size() - 1) + ", found " + point.label());
            }
        }
    }

    @Override
    public BufferedImage image() {
        return PixelCanvas.render(width(), HEIGHT, this::draw);
    }

    @Override
    public String svg() {
        return SvgCanvas.render(width(), HEIGHT, title, this::draw);
    }

    private List<Point> finite() {
        return points.stream()
                .filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y()))
                .toList();
    }

    private int width() {
        return PLOT + 90 + (int) legendWidth();
    }

    private List<String> legend() {
        if (labels.size() <= MOST_NAMED) {
            return labels;
        }
        List<String> shown = new ArrayList<>(labels.subList(0, MOST_NAMED - 1));
        shown.add("and " + (labels.size() - shown.size()) + " more");
        return shown;
    }

    private int columns() {
        return labels.size() > MOST_NAMED / 2 ? 2 : 1;
    }

    private double legendWidth() {
        return labels.isEmpty() ? 0 : columns() * columnWidth();
    }

    private double columnWidth() {
        double widest = legend().stream()
                .mapToDouble(name -> PixelCanvas.textWidth(name, Axes.TEXT, false))
                .max()
                .orElse(0);
        return Math.min(180, 36 + widest);
    }

    private List<String> notes(int drawn) {
        int missing = points.size() - drawn;
        return missing == 0
                ? List.of()
                : List.of(missing + " of " + points.size() + " points are not finite and are not drawn");
    }

    private void draw(Canvas canvas) {
        List<Point> drawn = finite();
        Axes.Words words = new Axes.Words(title, xTitle, yTitle, notes(drawn.size()));
        Span wide = Span.of(drawn.stream().mapToDouble(Point::x));
        Span high = Span.of(drawn.stream().mapToDouble(Point::y));
        double size = 1.06 * Math.max(wide.size(), high.size());
        Span y = high.resized(size);
        Ticks yTicks = Ticks.in(y, 6, false);
        Axes frame = Axes.inside(width(), HEIGHT, words, yTicks, 0, legendWidth(), wide, y);
        double ratio = (frame.right() - frame.left()) / (frame.bottom() - frame.top());
        Axes axes = new Axes(
                frame.left(), frame.top(), frame.right(), frame.bottom(), wide.resized(size * ratio), y.resized(size));
        axes.drawY(canvas, yTicks);
        axes.drawX(canvas, false);
        axes.drawWords(canvas, words, width());
        drawPoints(canvas, axes, drawn);
        drawLegend(canvas, axes);
    }

    private void drawPoints(Canvas canvas, Axes axes, List<Point> drawn) {
        int n = drawn.size();
        double radius = n <= 500 ? 4 : n <= 3000 ? 3 : 2.2;
        double opacity = labels.isEmpty() ? Math.min(0.8, Math.max(0.1, 18 / Math.sqrt(n))) : 0.8;
        for (Point point : drawn) {
            int label = labels.isEmpty() ? 0 : point.label();
            canvas.mark(mark(label), axes.px(point.x()), axes.py(point.y()), radius, Ink.of(label), opacity);
        }
    }

    // Past ten classes colours repeat, with another outline.
    private static Mark mark(int label) {
        return Mark.of(label / Ink.distinct());
    }

    private void drawLegend(Canvas canvas, Axes axes) {
        List<String> names = legend();
        int rows = (names.size() + columns() - 1) / columns();
        for (int i = 0; i < names.size(); i++) {
            int column = i / rows;
            double x = axes.right() + 20 + column * columnWidth();
            double y = axes.top() + 8 + i % rows * LINE;
            if (i < MOST_NAMED - 1 || labels.size() == MOST_NAMED) {
                canvas.mark(mark(i), x, y, 5, Ink.of(i), 1);
            }
            double size = Axes.fitted(names.get(i), Axes.TEXT, false, columnWidth() - 24);
            canvas.text(names.get(i), x + 12, y + 5, size, Canvas.Anchor.START, Ink.TEXT);
        }
    }
}
