package jensen.report;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The frame of a chart and the way from data to places in it.
 *
 * @param left, top, right, bottom the plot area inside the chart
 */
record Axes(double left, double top, double right, double bottom, Span x, Span y) {
    static final double TEXT = 15;
    static final double SMALL = 13;
    private static final double TITLE = 17;
    private static final double PAD = 16;

    /** The words around a plot; notes stand below it in small print. */
    record Words(String title, String x, String y, List<String> notes) {}

    /** Returns the axes of a chart of this size with room for its words, its y labels, and more above and to the right. */
    static Axes inside(
            double width, double height, Words words, Ticks yTicks, double above, double beside, Span x, Span y) {
        double labels = yTicks.labels().stream()
                .mapToDouble(label -> PixelCanvas.textWidth(label, TEXT, false))
                .max()
                .orElse(0);
        double left = PAD + TEXT + 12 + labels + 8;
        double bottom = height - 54 - noteHeight(words);
        return new Axes(left, PAD + TITLE + 20 + above, width - PAD - beside, bottom, x, y);
    }

    private static double noteHeight(Words words) {
        return words.notes().isEmpty() ? 0 : 6 + 17.0 * words.notes().size();
    }

    double px(double value) {
        return left + (value - x.low()) / x.size() * (right - left);
    }

    double py(double value) {
        return bottom - (value - y.low()) / y.size() * (bottom - top);
    }

    void drawWords(Canvas canvas, Words words, double width) {
        canvas.heading(words.title(), PAD, PAD + TITLE - 2, fitted(words.title(), TITLE, true, width - 2 * PAD));
        double middle = (left + right) / 2;
        canvas.text(
                words.x(),
                middle,
                bottom + 44,
                fitted(words.x(), TEXT, false, right - left),
                Canvas.Anchor.MIDDLE,
                Ink.TEXT);
        canvas.upward(
                words.y(), PAD + TEXT - 3, (top + bottom) / 2, fitted(words.y(), TEXT, false, bottom - top), Ink.TEXT);
        double line = bottom + 44 + 6;
        for (String note : words.notes()) {
            line += 17;
            canvas.text(note, PAD, line, fitted(note, SMALL, false, width - 2 * PAD), Canvas.Anchor.START, Ink.MUTED);
        }
    }

    /** Returns the size at which a text is no wider than the room for it. */
    static double fitted(String text, double size, boolean bold, double room) {
        return size * Math.min(1, room / Math.max(1, PixelCanvas.textWidth(text, size, bold)));
    }

    void drawY(Canvas canvas, Ticks ticks) {
        List<String> labels = ticks.labels();
        for (int i = 0; i < labels.size(); i++) {
            double at = py(ticks.at().get(i));
            canvas.line(left, at, right, at, Ink.RULE);
            canvas.text(labels.get(i), left - 8, at + TEXT * 0.36, TEXT, Canvas.Anchor.END, Ink.TEXT);
        }
    }

    /** Draws as many ticks as leave their labels apart; whole asks for whole numbers only. */
    void drawX(Canvas canvas, boolean whole) {
        int wanted = 8;
        while (wanted > 1 && crowded(Ticks.in(x, wanted, whole))) {
            wanted--;
        }
        Ticks ticks = Ticks.in(x, wanted, whole);
        List<String> labels = ticks.labels();
        for (int i = 0; i < labels.size(); i++) {
            double at = px(ticks.at().get(i));
            canvas.line(at, bottom, at, bottom + 5, Ink.MUTED);
            double half = PixelCanvas.textWidth(labels.get(i), TEXT, false) / 2;
            double inside = Math.min(at, right + PAD - 2 - half);
            canvas.text(labels.get(i), inside, bottom + 20, TEXT, Canvas.Anchor.MIDDLE, Ink.TEXT);
        }
        drawBase(canvas);
    }

    void drawBase(Canvas canvas) {
        canvas.line(left, bottom, right, bottom, Ink.MUTED);
    }

    private boolean crowded(Ticks ticks) {
        double apart = ticks.step() / x.size() * (right - left);
        return ticks.labels().stream().anyMatch(label -> PixelCanvas.textWidth(label, TEXT, false) + 12 > apart);
    }

    static boolean whole(DoubleStream values) {
        return values.allMatch(v -> v == Math.rint(v));
    }
}
