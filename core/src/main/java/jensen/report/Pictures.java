package jensen.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import jensen.data.Shape;

/**
 * Pictures of data: images side by side, enlarged by a whole factor where they are small.
 *
 * <p>Images come as one array, image after image, each channels × height × width, with 0 black and 1 full brightness.
 * A value outside [0, 1], which the mean of a normal decoder may be, is shown as the nearer end; one that is not
 * a number is refused. All methods throw IllegalArgumentException for a shape that is not a grey or RGB image and for an array that
 * is empty or does not hold whole images.
 */
public final class Pictures {
    private static final int TARGET = 56;
    private static final int GAP = 2;
    private static final int BLOCK_GAP = 12;

    private Pictures() {}

    /** Returns rows of inputs, each over the row of their reconstructions, at most the given number of columns wide. */
    public static BufferedImage pairs(Shape shape, float[] inputs, float[] reconstructions, int columns) {
        int n = count("inputs", shape, inputs);
        if (count("reconstructions", shape, reconstructions) != n) {
            throw new IllegalArgumentException("reconstructions: expected as many values as inputs, " + inputs.length
                    + ", found " + reconstructions.length);
        }
        int across = Math.min(n, positive("columns", columns));
        int blocks = (n + across - 1) / across;
        int scale = scale(shape);
        int cellHeight = shape.height() * scale;
        int blockHeight = 2 * cellHeight + GAP;
        BufferedImage picture =
                white(across * (shape.width() * scale + GAP) - GAP, blocks * (blockHeight + BLOCK_GAP) - BLOCK_GAP);
        for (int i = 0; i < n; i++) {
            int left = i % across * (shape.width() * scale + GAP);
            int top = i / across * (blockHeight + BLOCK_GAP);
            paint(picture, left, top, scale, shape, inputs, i);
            paint(picture, left, top + cellHeight + GAP, scale, shape, reconstructions, i);
        }
        return picture;
    }

    /** Returns images row by row, with the given gap in pixels between them. */
    public static BufferedImage grid(Shape shape, float[] images, int columns, int gap) {
        int n = count("images", shape, images);
        if (gap < 0) {
            throw new IllegalArgumentException("gap: expected 0 or more pixels, found " + gap);
        }
        int across = Math.min(n, positive("columns", columns));
        int down = (n + across - 1) / across;
        int scale = scale(shape);
        int stepX = shape.width() * scale + gap;
        int stepY = shape.height() * scale + gap;
        BufferedImage picture = white(across * stepX - gap, down * stepY - gap);
        for (int i = 0; i < n; i++) {
            paint(picture, i % across * stepX, i / across * stepY, scale, shape, images, i);
        }
        return picture;
    }

    /** Returns the whole factor by which images of this shape are enlarged: 28 × 28 by 2, 8 × 8 by 7. */
    static int scale(Shape shape) {
        return Math.max(1, Math.round((float) TARGET / Math.max(shape.height(), shape.width())));
    }

    private static BufferedImage white(int width, int height) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        return picture;
    }

    private static void paint(
            BufferedImage picture, int left, int top, int scale, Shape shape, float[] images, int index) {
        int plane = shape.height() * shape.width();
        int start = index * shape.size();
        int channelStep = shape.channels() == 3 ? plane : 0;
        for (int y = 0; y < shape.height() * scale; y++) {
            for (int x = 0; x < shape.width() * scale; x++) {
                int at = start + y / scale * shape.width() + x / scale;
                int red = level(images, at, index);
                int green = level(images, at + channelStep, index);
                int blue = level(images, at + 2 * channelStep, index);
                picture.setRGB(left + x, top + y, (red << 16) | (green << 8) | blue);
            }
        }
    }

    private static int level(float[] images, int at, int index) {
        float value = images[at];
        if (Float.isNaN(value)) {
            throw new IllegalArgumentException(
                    "images: expected numbers, found NaN in image " + index + " (value " + at + ")");
        }
        return Math.round(255 * Math.min(1, Math.max(0, value)));
    }

    private static int count(String name, Shape shape, float[] images) {
        if (!shape.isImage()) {
            throw new IllegalArgumentException(
                    "shape: expected an image of 1 or 3 channels and more than one row, found " + shape);
        }
        if (images.length == 0 || images.length % shape.size() != 0) {
            throw new IllegalArgumentException(name + ": expected one or more images of " + shape.size()
                    + " values each, found " + images.length + " values");
        }
        return images.length / shape.size();
    }

    private static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected 1 or more, found " + value);
        }
        return value;
    }
}
