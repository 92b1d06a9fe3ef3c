package jensen.report;

import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Consumer;

/** Drawing as the text of an SVG element that takes its colours from the page around it. */
final class SvgCanvas implements Canvas {
    private static final String FAMILY = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
    private final StringBuilder out = new StringBuilder();

    private SvgCanvas() {}

    /** Returns the element; the title is what a screen reader says of it. */
    static String render(int width, int height, String title, Consumer<Canvas> drawing) {
        SvgCanvas canvas = new SvgCanvas();
        canvas.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"%s\">%n",
                width, height, FAMILY);
        canvas.add("<title>%s</title>%n", Markup.escape(title));
        drawing.accept(canvas);
        canvas.out.append("</svg>\n");
        return canvas.out.toString();
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
    }

    private static String paint(Ink ink) {
        return String.format(Locale.ROOT, "var(%s, #%06x)", ink.variable(), ink.rgb());
    }

    private static String coordinate(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private static String pair(double x, double y) {
        return coordinate(x) + "," + coordinate(y);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Ink ink) {
        add("<path d=\"M%s L%s\" style=\"stroke:%s\" stroke-width=\"1\"/>%n", pair(x1, y1), pair(x2, y2), paint(ink));
    }

    @Override
    public void curve(List<Point2D> points, Ink ink) {
        StringJoiner path = new StringJoiner(" ");
        points.forEach(point -> path.add(pair(point.getX(), point.getY())));
        add(
                "<polyline points=\"%s\" fill=\"none\" style=\"stroke:%s\" stroke-width=\"2\" stroke-linejoin=\"round\"/>%n",
                path, paint(ink));
    }

    @Override
    public void bar(double x, double y, double width, double height, Ink ink) {
        add(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" style=\"fill:%s\"/>%n",
                coordinate(x), coordinate(y), coordinate(width), coordinate(height), paint(ink));
    }

    @Override
    public void mark(Mark mark, double x, double y, double radius, Ink ink, double opacity) {
        if (mark == Mark.CIRCLE) {
            add(
                    "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" style=\"fill:%s\" fill-opacity=\"%s\"/>%n",
                    coordinate(x), coordinate(y), coordinate(radius), paint(ink), coordinate(opacity));
            return;
        }
        StringJoiner corners = new StringJoiner(" ");
        double[] at = new double[6];
        for (PathIterator i = mark.outline(x, y, radius).getPathIterator(null); !i.isDone(); i.next()) {
            if (i.currentSegment(at) != PathIterator.SEG_CLOSE) {
                corners.add(pair(at[0], at[1]));
            }
        }
        add(
                "<polygon points=\"%s\" style=\"fill:%s\" fill-opacity=\"%s\"/>%n",
                corners, paint(ink), coordinate(opacity));
    }

    @Override
    public void text(String text, double x, double y, double size, Anchor anchor, Ink ink) {
        add(
                "<text x=\"%s\" y=\"%s\" font-size=\"%s\" text-anchor=\"%s\" style=\"fill:%s\">%s</text>%n",
                coordinate(x), coordinate(y), coordinate(size), name(anchor), paint(ink), Markup.escape(text));
    }

    private static String name(Anchor anchor) {
        return switch (anchor) {
            case START -> "start";
            case MIDDLE -> "middle";
            case END -> "end";
        };
    }

    @Override
    public void heading(String text, double x, double y, double size) {
        add(
                "<text x=\"%s\" y=\"%s\" font-size=\"%s\" font-weight=\"bold\" style=\"fill:%s\">%s</text>%n",
                coordinate(x), coordinate(y), coordinate(size), paint(Ink.TEXT), Markup.escape(text));
    }

    @Override
    public void upward(String text, double x, double y, double size, Ink ink) {
        add(
                "<text transform=\"translate(%s) rotate(-90)\" font-size=\"%s\" text-anchor=\"middle\" style=\"fill:%s\">%s</text>%n",
                pair(x, y), coordinate(size), paint(ink), Markup.escape(text));
    }
}
