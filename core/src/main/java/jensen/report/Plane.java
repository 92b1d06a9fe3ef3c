package jensen.report;

import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Curves and points of a plane, one unit of both axes equally long.
 *
 * @param layers from the bottom up, each in a colour of its own
 * @param notes what stands below in small print
 */
record Plane(String title, String xTitle, String yTitle, List<Layer> layers, List<String> notes) implements Chart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 570;
    private static final double RADIUS = 6;

    /**
     * What belongs together.
     *
     * @param name as the legend has it
     * @param curves each of at least two points
     * @param points which are drawn as large as their weights
     */
    record Layer(String name, List<List<Point2D>> curves, List<Weighted> points) {}

    /** A point and its weight, from 0 to 1, as which its area is drawn. */
    record Weighted(double x, double y, double weight) {}

    Plane {
        layers = List.copyOf(layers);
        notes = List.copyOf(notes);
    }

    @Override
    public BufferedImage image() {
        return PixelCanvas.render(WIDTH, HEIGHT, this::draw);
    }

    @Override
    public String svg() {
        return SvgCanvas.render(WIDTH, HEIGHT, title, this::draw);
    }

    private Stream<Point2D> extent() {
        return layers.stream()
                .flatMap(layer -> Stream.concat(
                        layer.curves().stream().flatMap(List::stream),
                        layer.points().stream().map(p -> new Point2D.Double(p.x(), p.y()))));
    }

    private void draw(Canvas canvas) {
        Axes.Words words = new Axes.Words(title, xTitle, yTitle, notes);
        Span wide = span(extent().mapToDouble(Point2D::getX));
        Span high = span(extent().mapToDouble(Point2D::getY));
        Ticks guess = Ticks.in(high.resized(Math.max(wide.size(), high.size())), 6, false);
        Axes frame = Axes.inside(WIDTH, HEIGHT, words, guess, 24, 0, wide, high);
        double ratio = (frame.right() - frame.left()) / (frame.bottom() - frame.top());
        double size = Math.max(high.size(), wide.size() / ratio);
        Axes axes = new Axes(
                frame.left(),
                frame.top(),
                frame.right(),
                frame.bottom(),
                wide.resized(size * ratio),
                high.resized(size));
        axes.drawY(canvas, Ticks.in(axes.y(), 6, false));
        axes.drawX(canvas, false);
        axes.drawWords(canvas, words, WIDTH);
        double x = 16;
        for (int i = 0; i < layers.size(); i++) {
            draw(canvas, axes, layers.get(i), i);
            x = drawLegend(canvas, x, layers.get(i).name(), i);
        }
    }

    private static Span span(DoubleStream values) {
        return Span.of(values).padded(0.04);
    }

    private static void draw(Canvas canvas, Axes axes, Layer layer, int index) {
        for (Weighted p : layer.points()) {
            double radius = Math.max(0.8, RADIUS * Math.sqrt(p.weight()));
            canvas.mark(Mark.CIRCLE, axes.px(p.x()), axes.py(p.y()), radius, Ink.of(index), 0.45);
        }
        for (List<Point2D> curve : layer.curves()) {
            List<Point2D> placed = curve.stream()
                    .<Point2D>map(p -> new Point2D.Double(axes.px(p.getX()), axes.py(p.getY())))
                    .toList();
            canvas.curve(placed, Ink.of(index));
        }
    }

    private static double drawLegend(Canvas canvas, double x, String name, int index) {
        canvas.bar(x, 48, 22, 4, Ink.of(index));
        canvas.text(name, x + 30, 55, Axes.TEXT, Canvas.Anchor.START, Ink.TEXT);
        return x + 50 + PixelCanvas.textWidth(name, Axes.TEXT, false);
    }
}
