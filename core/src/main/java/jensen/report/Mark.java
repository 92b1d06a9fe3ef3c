package jensen.report;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** The outline of a point in a chart; a second cue beside colour. */
enum Mark {
    CIRCLE,
    SQUARE,
    TRIANGLE,
    DIAMOND;

    static Mark of(int index) {
        return values()[index % values().length];
    }

    /** Returns the outline around a centre; all outlines of one radius cover about the same area. */
    Shape outline(double x, double y, double radius) {
        return switch (this) {
            case CIRCLE -> new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
            case SQUARE -> polygon(x, y, radius * Math.sqrt(Math.PI / 2), 4, Math.PI / 4);
            case TRIANGLE -> polygon(x, y, radius * 1.55, 3, -Math.PI / 2);
            case DIAMOND -> polygon(x, y, radius * Math.sqrt(Math.PI / 2), 4, 0);
        };
    }

    private static Shape polygon(double x, double y, double radius, int corners, double start) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < corners; i++) {
            double angle = start + 2 * Math.PI * i / corners;
            double px = x + radius * Math.cos(angle);
            double py = y + radius * Math.sin(angle);
            if (i == 0) {
                path.moveTo(px, py);
            } else {
                path.lineTo(px, py);
            }
        }
        path.closePath();
        return path;
    }
}
