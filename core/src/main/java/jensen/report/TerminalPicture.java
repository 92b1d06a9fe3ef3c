package jensen.report;

import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/** Pictures as lines of text; a character cell is taken as twice as high as wide and shows two pixels, one over the other. */
public final class TerminalPicture {
    private static final String RAMP = " .:-=+*#%@";
    private static final char UPPER_HALF = '▀';
    private static final String RESET = "\u001b[0m";

    private TerminalPicture() {}

    /**
     * Returns the picture as lines, each ended by a newline, shrunk where it is wider than the columns there are.
     *
     * @param columns the most characters in a line
     * @param color whether the terminal shows 24-bit colour; without it brightness becomes one of ten characters, which
     *     reads as it should on a dark ground
     * @throws IllegalArgumentException when columns is not positive
     */
    public static String render(BufferedImage picture, int columns, boolean color) {
        if (columns < 1) {
            throw new IllegalArgumentException("columns: expected 1 or more, found " + columns);
        }
        int[][] pixels = shrunk(picture, Math.min(columns, picture.getWidth()));
        StringBuilder out = new StringBuilder();
        for (int y = 0; y < pixels.length; y += 2) {
            int[] upper = pixels[y];
            if (color) {
                appendColors(out, upper, y + 1 < pixels.length ? pixels[y + 1] : null);
            } else {
                appendRamp(out, upper, y + 1 < pixels.length ? pixels[y + 1] : upper);
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static void appendColors(StringBuilder out, int[] upper, int @Nullable [] lower) {
        int front = -1;
        int back = -1;
        for (int x = 0; x < upper.length; x++) {
            if (upper[x] != front) {
                front = upper[x];
                appendCode(out, 38, front);
            }
            if (lower != null && lower[x] != back) {
                back = lower[x];
                appendCode(out, 48, back);
            }
            out.append(UPPER_HALF);
        }
        out.append(RESET);
    }

    private static void appendCode(StringBuilder out, int ground, int rgb) {
        out.append("\u001b[").append(ground).append(";2;");
        out.append((rgb >> 16) & 255).append(';').append((rgb >> 8) & 255).append(';');
        out.append(rgb & 255).append('m');
    }

    private static void appendRamp(StringBuilder out, int[] upper, int[] lower) {
        for (int x = 0; x < upper.length; x++) {
            double brightness = (luma(upper[x]) + luma(lower[x])) / 2;
            out.append(RAMP.charAt((int) Math.min(RAMP.length() - 1, brightness * RAMP.length())));
        }
    }

    // Weights of ITU-R BT.709.
    private static double luma(int rgb) {
        return (0.2126 * ((rgb >> 16) & 255) + 0.7152 * ((rgb >> 8) & 255) + 0.0722 * (rgb & 255)) / 255;
    }

    /** Returns the picture at this width, each pixel the mean of the area it covers. */
    private static int[][] shrunk(BufferedImage picture, int width) {
        double ratio = (double) picture.getWidth() / width;
        int height = (int) Math.max(1, Math.round(picture.getHeight() / ratio));
        double ratioY = (double) picture.getHeight() / height;
        int[][] pixels = new int[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                pixels[y][x] = mean(picture, x * ratio, (x + 1) * ratio, y * ratioY, (y + 1) * ratioY);
            }
        }
        return pixels;
    }

    private static int mean(BufferedImage picture, double left, double right, double top, double bottom) {
        double[] sum = new double[3];
        double area = 0;
        for (int y = (int) top; y < Math.min(picture.getHeight(), Math.ceil(bottom - 1e-9)); y++) {
            for (int x = (int) left; x < Math.min(picture.getWidth(), Math.ceil(right - 1e-9)); x++) {
                double part =
                        (Math.min(right, x + 1) - Math.max(left, x)) * (Math.min(bottom, y + 1) - Math.max(top, y));
                int rgb = picture.getRGB(x, y);
                sum[0] += part * ((rgb >> 16) & 255);
                sum[1] += part * ((rgb >> 8) & 255);
                sum[2] += part * (rgb & 255);
                area += part;
            }
        }
        long red = Math.round(sum[0] / area);
        long green = Math.round(sum[1] / area);
        long blue = Math.round(sum[2] / area);
        return (int) ((red << 16) | (green << 8) | blue);
    }
}
