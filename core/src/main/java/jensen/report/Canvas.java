package jensen.report;

import java.awt.geom.Point2D;
import java.util.List;

/** What a chart is drawn on, pixels or SVG; x grows to the right, y downwards, one unit is one pixel. */
sealed interface Canvas permits PixelCanvas, SvgCanvas {

    /** Where a text stands relative to its x. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void line(double x1, double y1, double x2, double y2, Ink ink);

    /** A curve through at least two points. */
    void curve(List<Point2D> points, Ink ink);

    void bar(double x, double y, double width, double height, Ink ink);

    /** A point; opacity is from 0 to 1. */
    void mark(Mark mark, double x, double y, double radius, Ink ink, double opacity);

    /** A line of text whose baseline is at y. */
    void text(String text, double x, double y, double size, Anchor anchor, Ink ink);

    /** A bold line of text whose baseline starts at x, y. */
    void heading(String text, double x, double y, double size);

    /** A line of text that reads upwards, centred at x, y. */
    void upward(String text, double x, double y, double size, Ink ink);
}
