package jensen.report;

import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Curves over a common axis; a value that is not finite leaves a gap, and a note under the chart says how many there are. */
public record LineChart(String title, String xTitle, String yTitle, List<Series> series) implements Chart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 400;
    private static final double LEGEND_LINE = 22;
    private static final int MOST_MARKED = 40;

    /** Throws IllegalArgumentException when there is no series. */
    public LineChart {
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("series: expected one or more, found none");
        }
    }

    /** Returns the learning curve: bounds by epoch, in nats per datum. */
    public static LineChart elbo(List<Series> series) {
        return new LineChart("Evidence lower bound (ELBO)", "epoch", "nats per datum", series);
    }

    @Override
    public BufferedImage image() {
        return PixelCanvas.render(WIDTH, HEIGHT, this::draw);
    }

    @Override
    public String svg() {
        return SvgCanvas.render(WIDTH, HEIGHT, title, this::draw);
    }

    private void draw(Canvas canvas) {
        Axes.Words words = new Axes.Words(title, xTitle, yTitle, notes());
        Span x = Span.of(series.stream().flatMap(s -> s.x().stream()).mapToDouble(v -> v))
                .padded(0.02);
        Span y = Span.of(series.stream().flatMap(s -> s.y().stream()).mapToDouble(v -> v))
                .padded(0.05);
        Ticks yTicks = Ticks.in(y, 6, false);
        double legend = drawLegend(canvas);
        Axes axes = Axes.inside(WIDTH, HEIGHT, words, yTicks, legend, 0, x, y);
        boolean whole = Axes.whole(series.stream().flatMap(s -> s.x().stream()).mapToDouble(v -> v));
        axes.drawY(canvas, yTicks);
        axes.drawX(canvas, whole);
        axes.drawWords(canvas, words, WIDTH);
        for (int i = 0; i < series.size(); i++) {
            drawSeries(canvas, axes, i);
        }
    }

    private List<String> notes() {
        return series.stream()
                .filter(s -> s.missing() > 0)
                .map(s -> s.missing() + " of " + s.y().size() + " values of “" + s.name()
                        + "” are not finite and leave a gap")
                .toList();
    }

    private double drawLegend(Canvas canvas) {
        double x = 16;
        double y = 56;
        for (int i = 0; i < series.size(); i++) {
            String name = series.get(i).name();
            double width = 34 + PixelCanvas.textWidth(name, Axes.TEXT, false);
            if (x > 16 && x + width > WIDTH - 16) {
                x = 16;
                y += LEGEND_LINE;
            }
            canvas.curve(List.of(new Point2D.Double(x, y - 5), new Point2D.Double(x + 24, y - 5)), Ink.of(i));
            canvas.mark(Mark.of(i), x + 12, y - 5, 3.5, Ink.of(i), 1);
            double size = Axes.fitted(name, Axes.TEXT, false, WIDTH - 16 - 34 - 16);
            canvas.text(name, x + 32, y, size, Canvas.Anchor.START, Ink.TEXT);
            x += width + 20;
        }
        return y - 56 + LEGEND_LINE;
    }

    private void drawSeries(Canvas canvas, Axes axes, int index) {
        Series one = series.get(index);
        List<Point2D> run = new ArrayList<>();
        for (int i = 0; i < one.x().size(); i++) {
            double y = one.y().get(i);
            if (Double.isFinite(y)) {
                run.add(new Point2D.Double(axes.px(one.x().get(i)), axes.py(y)));
            } else {
                drawRun(canvas, run, index);
                run.clear();
            }
        }
        drawRun(canvas, run, index);
    }

    private void drawRun(Canvas canvas, List<Point2D> run, int index) {
        if (run.size() > 1) {
            canvas.curve(run, Ink.of(index));
        }
        // A single value between gaps would be invisible as a line.
        if (run.size() == 1 || series.get(index).x().size() <= MOST_MARKED) {
            run.forEach(point -> canvas.mark(Mark.of(index), point.getX(), point.getY(), 3.5, Ink.of(index), 1));
        }
    }
}
