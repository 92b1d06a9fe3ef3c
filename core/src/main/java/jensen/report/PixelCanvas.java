package jensen.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Consumer;

/** Drawing on an image with a white ground, antialiased. */
final class PixelCanvas implements Canvas {
    private static final FontRenderContext METRICS = new FontRenderContext(null, true, true);
    private final Graphics2D graphics;

    private PixelCanvas(Graphics2D graphics) {
        this.graphics = graphics;
    }

    static BufferedImage render(int width, int height, Consumer<PixelCanvas> drawing) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        drawing.accept(new PixelCanvas(graphics));
        graphics.dispose();
        return image;
    }

    /** Returns the width of a text in pixels; layouts for SVG use it too, as the nearest thing to the reader's font. */
    static double textWidth(String text, double size, boolean bold) {
        return font(size, bold).getStringBounds(text, METRICS).getWidth();
    }

    private static Font font(double size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) size);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Ink ink) {
        graphics.setColor(new Color(ink.rgb()));
        graphics.setStroke(new BasicStroke(1));
        graphics.draw(new Line2D.Double(snap(x1), snap(y1), snap(x2), snap(y2)));
    }

    // A hairline on half a pixel is one crisp row; elsewhere it blurs over two.
    private static double snap(double at) {
        return Math.floor(at) + 0.5;
    }

    @Override
    public void curve(List<Point2D> points, Ink ink) {
        Path2D path = new Path2D.Double();
        path.moveTo(points.get(0).getX(), points.get(0).getY());
        for (Point2D point : points.subList(1, points.size())) {
            path.lineTo(point.getX(), point.getY());
        }
        graphics.setColor(new Color(ink.rgb()));
        graphics.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(path);
    }

    @Override
    public void bar(double x, double y, double width, double height, Ink ink) {
        graphics.setColor(new Color(ink.rgb()));
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void mark(Mark mark, double x, double y, double radius, Ink ink, double opacity) {
        Color color = new Color(ink.rgb());
        graphics.setColor(new Color(
                color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(255 * Math.min(1, opacity))));
        graphics.fill(mark.outline(x, y, radius));
    }

    @Override
    public void text(String text, double x, double y, double size, Anchor anchor, Ink ink) {
        double width = textWidth(text, size, false);
        double left = switch (anchor) {
            case START -> x;
            case MIDDLE -> x - width / 2;
            case END -> x - width;
        };
        graphics.setColor(new Color(ink.rgb()));
        graphics.setFont(font(size, false));
        graphics.drawString(text, (float) left, (float) y);
    }

    @Override
    public void heading(String text, double x, double y, double size) {
        graphics.setColor(new Color(Ink.TEXT.rgb()));
        graphics.setFont(font(size, true));
        graphics.drawString(text, (float) x, (float) y);
    }

    @Override
    public void upward(String text, double x, double y, double size, Ink ink) {
        graphics.rotate(-Math.PI / 2, x, y);
        text(text, x, y, size, Anchor.MIDDLE, ink);
        graphics.rotate(Math.PI / 2, x, y);
    }
}
