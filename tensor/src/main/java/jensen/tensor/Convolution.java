package jensen.tensor;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * A convolution of images, or its adjoint, with its derivative.
 *
 * <p>On the CPU in float32, images lie in memory pixel by pixel, each with all its channels, which is the order of oneDNN's
 * faster kernels. Shapes say nothing of that.
 *
 * @param transposed whether this is the adjoint
 * @param extra rows and columns of the adjoint's result
 */
record Convolution(boolean transposed, long stride, long padding, long... extra) {
    /** Up to so many output channels the adjoint by columns takes less time: a sixth for one channel from 32. */
    private static final long FEW = 4;

    private static final long[] ONE = {1, 1};

    Tensor apply(Tensor x, Tensor kernels, Tensor bias) {
        boolean fits = x.rank() == 4 && kernels.rank() == 4 && x.size(1) == kernels.size(transposed ? 0 : 1);
        if (fits && transposed && kernels.size(1) <= FEW) {
            return byColumns(x, kernels, bias);
        }
        List<Tensor> inputs = List.of(x, kernels, bias);
        if (!fits || !Tape.records(inputs)) {
            return Tensor.op(() -> forward(x, kernels, bias));
        }
        Tensor in = byPixel(x.detach());
        Tensor w = byPixel(kernels.detach());
        Tensor y = Native.withoutGradient(() -> Tensor.op(() -> forward(in, w, bias)));
        return Tape.record(inputs, () -> y, (c, to) -> {
            boolean[] wanted = {to.wants(0), to.wants(1), to.wants(2)};
            List<Tensor> found = backward(byPixel(c), in, w, wanted);
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i]) {
                    to.add(i, found.get(i));
                }
            }
        });
    }

    private org.bytedeco.pytorch.Tensor forward(Tensor x, Tensor kernels, Tensor bias) {
        TensorOptional b = new TensorOptional(bias.pointer);
        return transposed
                ? torch.conv_transpose2d(x.pointer, kernels.pointer, b, both(stride), both(padding), extra, 1, ONE)
                : torch.conv2d(x.pointer, kernels.pointer, b, both(stride), both(padding), ONE, 1);
    }

    private List<Tensor> backward(Tensor c, Tensor x, Tensor kernels, boolean... wanted) {
        long[] channels = {kernels.size(transposed ? 1 : 0)};
        return Tensor.guarded(() -> {
            var found = torch.convolution_backward(
                    c.pointer,
                    x.pointer,
                    kernels.pointer,
                    channels,
                    both(stride),
                    both(padding),
                    ONE,
                    transposed,
                    transposed ? extra : new long[] {0, 0},
                    1,
                    mask(wanted));
            return Stream.of(found.get0(), found.get1(), found.get2())
                    .map(Tensor::owned)
                    .toList();
        });
    }

    private static BoolPointer mask(boolean... wanted) {
        BoolPointer mask = new BoolPointer(wanted.length);
        for (int i = 0; i < wanted.length; i++) {
            mask.put(i, wanted[i]);
        }
        return mask;
    }

    /** One product of matrices, {@code [N · h · w, out · kh · kw]}, gives what each pixel adds to those around it. */
    private Tensor byColumns(Tensor x, Tensor kernels, Tensor bias) {
        List<Tensor> inputs = List.of(x, kernels, bias);
        Columns columns = new Columns(x.shape(), kernels.shape());
        if (!Tape.records(inputs)) {
            return columns.sums(columns.pixels(x).matmul(columns.matrix(kernels)))
                    .add(bias.reshape(-1, 1, 1));
        }
        return Tape.record(
                inputs,
                () -> columns.sums(columns.pixels(x).matmul(columns.matrix(kernels)))
                        .add(bias.reshape(-1, 1, 1)),
                (c, to) -> {
                    Tensor around = columns.around(c);
                    if (to.wants(0)) {
                        to.add(
                                0,
                                columns.images(
                                        around.matmul(columns.matrix(kernels).transpose(0, 1))));
                    }
                    if (to.wants(1)) {
                        to.add(
                                1,
                                columns.pixels(x).transpose(0, 1).matmul(around).reshape(kernels.shape()));
                    }
                    if (to.wants(2)) {
                        to.add(2, c.sum(0, 2, 3));
                    }
                });
    }

    /** The ways between images and matrices for the adjoint. */
    private final class Columns {
        private final long n;
        private final long in;
        private final long height;
        private final long width;
        private final long[] kernel;
        private final long[] size;

        Columns(long[] x, long... kernels) {
            this.n = x[0];
            this.in = x[1];
            this.height = x[2];
            this.width = x[3];
            this.kernel = new long[] {kernels[2], kernels[3]};
            this.size = new long[] {
                (height - 1) * stride - 2 * padding + kernel[0] + extra[0],
                (width - 1) * stride - 2 * padding + kernel[1] + extra[1]
            };
        }

        /** {@code [in, out · kh · kw]}. */
        Tensor matrix(Tensor kernels) {
            return kernels.reshape(in, -1);
        }

        /** {@code [N · h · w, in]}. */
        Tensor pixels(Tensor x) {
            return x.transpose(1, 3).transpose(1, 2).reshape(-1, in);
        }

        /** The way back of {@link #pixels}. */
        Tensor images(Tensor pixels) {
            return pixels.reshape(n, height, width, in).transpose(1, 2).transpose(1, 3);
        }

        /** Adds up what all pixels add to theirs, {@code [N, out, H, W]}. */
        Tensor sums(Tensor columns) {
            Tensor each = columns.reshape(n, height * width, -1).transpose(1, 2);
            return Tensor.op(() -> torch.col2im(each.pointer, size, kernel, ONE, both(padding), both(stride)));
        }

        /** The adjoint of {@link #sums}: what is around each pixel. */
        Tensor around(Tensor c) {
            Tensor each = Tensor.op(() -> torch.im2col(c.pointer, kernel, ONE, both(padding), both(stride)));
            return each.transpose(1, 2).reshape(n * height * width, -1);
        }
    }

    private static long[] both(long value) {
        return new long[] {value, value};
    }

    /** max(x, 0), whose derivative reads both of its factors in the order of x's memory. */
    static Tensor relu(Tensor x) {
        List<Tensor> inputs = List.of(x);
        if (x.rank() != 4 || !Tape.records(inputs)) {
            return Tensor.op(x.pointer::relu);
        }
        Tensor y = Native.withoutGradient(() -> Tensor.op(x.pointer::relu));
        return Tape.record(inputs, () -> y, (c, to) -> {
            Tensor ordered = byPixel(c);
            to.add(0, Tensor.op(() -> torch.threshold_backward(ordered.pointer, y.pointer, new Scalar(0))));
        });
    }

    private static Tensor byPixel(Tensor t) {
        if (t.rank() != 4 || t.dtype() != DType.FLOAT32 || t.pointer.is_cuda()) {
            return t;
        }
        if (t.size(1) > 1) {
            return Tensor.op(() -> t.pointer.contiguous(MemoryFormat.ChannelsLast));
        }
        // one channel lies the same either way: only the stride that is never taken says which is meant
        long width = t.size(3);
        long[] strides = {t.size(2) * width, 1, width, 1};
        return Tensor.op(() -> t.pointer.contiguous().as_strided(t.shape(), strides));
    }
}
