package jensen.net;

import java.util.ArrayList;
import java.util.List;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Convolutions of kernel 4, stride 2 and padding 1, each of which halves height and width (rounding down), then affine
 * layers, with a non-linearity after each but the last. The first of these sees the feature maps pixel by pixel, each with
 * all its channels.
 *
 * @param channels of the input image
 * @param height of the input image, in pixels
 * @param width of the input image, in pixels
 * @param filters the number of output channels of each convolution
 * @param hidden the lengths of the affine layers between the last convolution and the output
 * @param outputs the length of the output
 * @param activation the non-linearity
 */
public record Convolutional(
        int channels,
        int height,
        int width,
        List<Integer> filters,
        List<Integer> hidden,
        int outputs,
        Activation activation)
        implements Network {
    static final int KERNEL = 4;

    /** @throws IllegalArgumentException if a length is not positive, or the image is too small to be halved so often */
    public Convolutional {
        filters = List.copyOf(filters);
        hidden = List.copyOf(hidden);
        requireImage(channels, height, width, filters);
        hidden.forEach(h -> Mlp.requirePositive("hidden", h));
        Mlp.requirePositive("outputs", outputs);
    }

    static void requireImage(int channels, int height, int width, List<Integer> filters) {
        Mlp.requirePositive("channels", channels);
        Mlp.requirePositive("height", height);
        Mlp.requirePositive("width", width);
        filters.forEach(f -> Mlp.requirePositive("filters", f));
        int most = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.min(height, width));
        if (filters.isEmpty() || filters.size() > most) {
            throw new IllegalArgumentException(filters.size() + " convolutions of stride 2 do not fit an image of "
                    + height + "×" + width + " pixels");
        }
    }

    @Override
    public int inputs() {
        return channels * height * width;
    }

    /** Height or width after each number of halvings: 28, 14, 7 for 28 and two. */
    static int halved(int length, int times) {
        return length >> times;
    }

    private Mlp head() {
        int last = filters.get(filters.size() - 1);
        return new Mlp(
                last * halved(height, filters.size()) * halved(width, filters.size()), hidden, outputs, activation);
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>();
        long in = channels;
        for (int i = 0; i < filters.size(); i++) {
            long out = filters.get(i);
            long area = KERNEL * KERNEL;
            slots.add(Slot.weight(
                    "convolution." + i + ".weight",
                    List.of(out, in, (long) KERNEL, (long) KERNEL),
                    in * area,
                    out * area));
            slots.add(Slot.constant("convolution." + i + ".bias", 0, out));
            in = out;
        }
        slots.addAll(Slot.under("dense", head().slots()));
        return slots;
    }

    /** {@code [N, channels, rows, columns]} as {@code [N, rows, columns, channels]}, which is how oneDNN leaves it in memory. */
    private static Tensor byPixel(Tensor maps) {
        return maps.transpose(1, 2).transpose(2, 3);
    }

    /** The inverse of {@link #byPixel}. */
    static Tensor byChannel(Tensor pixels) {
        return pixels.transpose(2, 3).transpose(1, 2);
    }

    @Override
    public String outputBias() {
        return "dense." + head().outputBias();
    }

    @Override
    public Tensor apply(Parameters w, Tensor x) {
        long[] batch = Shapes.batch(x.shape());
        Tensor h = x.reshape(-1, channels, height, width);
        for (int i = 0; i < filters.size(); i++) {
            Parameters layer = w.at("convolution").at(String.valueOf(i));
            h = activation.convolution(h, layer.get("weight"), layer.get("bias"), 2, 1);
        }
        Tensor flat = byPixel(h).reshape(Shapes.append(batch, head().inputs()));
        return head().apply(w.at("dense"), flat);
    }
}
