package jensen.net;

import java.util.ArrayList;
import java.util.List;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * The mirror of {@link Convolutional}: affine layers, then transposed convolutions of kernel 4, stride 2 and padding 1,
 * each of which doubles height and width, with a non-linearity after each layer but the last.
 *
 * @param inputs the length of the input
 * @param hidden the lengths of the affine layers before the one that fills the first feature maps, pixel by pixel
 * @param filters the number of input channels of each transposed convolution
 * @param perPixel the number of outputs for each element of the image: 1, or more where a likelihood needs more
 *     parameters; outputs are ordered parameter by parameter, each in the image's own order
 * @param channels of the output image
 * @param height of the output image, in pixels
 * @param width of the output image, in pixels
 * @param activation the non-linearity
 */
public record Deconvolutional(
        int inputs,
        List<Integer> hidden,
        List<Integer> filters,
        int perPixel,
        int channels,
        int height,
        int width,
        Activation activation)
        implements Network {
    /** @throws IllegalArgumentException if a length is not positive, or the image is too small to be halved so often */
    public Deconvolutional {
        filters = List.copyOf(filters);
        hidden = List.copyOf(hidden);
        Mlp.requirePositive("inputs", inputs);
        Mlp.requirePositive("perPixel", perPixel);
        hidden.forEach(h -> Mlp.requirePositive("hidden", h));
        Convolutional.requireImage(channels, height, width, filters);
    }

    @Override
    public int outputs() {
        return perPixel * channels * height * width;
    }

    private int rows() {
        return Convolutional.halved(height, filters.size());
    }

    private int columns() {
        return Convolutional.halved(width, filters.size());
    }

    private Mlp head() {
        return new Mlp(inputs, hidden, filters.get(0) * rows() * columns(), activation);
    }

    private int outputs(int layer) {
        return layer + 1 < filters.size() ? filters.get(layer + 1) : perPixel * channels;
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(Slot.under("dense", head().slots()));
        for (int i = 0; i < filters.size(); i++) {
            long in = filters.get(i);
            long out = outputs(i);
            long kernel = Convolutional.KERNEL;
            slots.add(Slot.weight(
                    "convolution." + i + ".weight",
                    List.of(in, out, kernel, kernel),
                    in * kernel * kernel,
                    out * kernel * kernel));
            slots.add(Slot.constant("convolution." + i + ".bias", 0, out));
        }
        return slots;
    }

    /** One bias a channel: an image's mean goes there as the mean over its pixels. */
    @Override
    public String outputBias() {
        return "convolution." + (filters.size() - 1) + ".bias";
    }

    @Override
    public Tensor apply(Parameters w, Tensor x) {
        long[] batch = Shapes.batch(x.shape());
        Tensor flat = head().activated(w.at("dense"), x);
        Tensor h = Convolutional.byChannel(flat.reshape(-1, rows(), columns(), filters.get(0)));
        for (int i = 0; i < filters.size(); i++) {
            Parameters layer = w.at("convolution").at(String.valueOf(i));
            // an odd length lost its last row or column to the halving; output padding gives it back
            int times = filters.size() - i - 1;
            long oddRows = Convolutional.halved(height, times) % 2;
            long oddColumns = Convolutional.halved(width, times) % 2;
            Tensor weight = layer.get("weight");
            Tensor bias = layer.get("bias");
            h = i + 1 < filters.size()
                    ? activation.transposed(h, weight, bias, 2, 1, oddRows, oddColumns)
                    : h.convolveTransposed(weight, bias, 2, 1, oddRows, oddColumns);
        }
        return h.reshape(Shapes.append(batch, outputs()));
    }
}
