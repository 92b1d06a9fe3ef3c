package jensen.tensor;

import java.util.List;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * A convolution of images, or its adjoint, perhaps through a function of each element, with its derivative.
 *
 * <p>On the CPU in float32, images lie in memory pixel by pixel, each with all its channels, which is the order of oneDNN's
 * faster kernels. Shapes say nothing of that.
 *
 * @param transposed whether this is the adjoint
 * @param extra rows and columns of the adjoint's result
 */
record Convolution(boolean transposed, long stride, long padding, long... extra) {
    /** Up to so many output channels the adjoint by columns takes less time: a fifth for one channel from 32. */
    private static final long FEW = 4;

    private static final long[] ONE = {1, 1};

    Tensor apply(Tensor x, Tensor kernels, Tensor bias, LinearMap.Then then) {
        List<Tensor> inputs = List.of(x, kernels, bias);
        boolean fits = x.rank() == 4 && kernels.rank() == 4 && x.size(1) == kernels.size(transposed ? 0 : 1);
        if (!fits || (Tape.differentiable(inputs) && !Tape.records(inputs))) {
            return Tensor.op(() -> then.apply().apply(whole(x, kernels, bias)));
        }
        Tensor in = byPixel(x.detach());
        Tensor w = byPixel(kernels.detach());
        Tensor y = Native.withoutGradient(() -> Tensor.op(() -> then.apply().apply(forward(in, w, bias))));
        if (!Tape.records(inputs)) {
            return y;
        }
        return Tape.record(inputs, () -> y, (c, to) -> {
            // in one order with the result: a function's derivative that reads two takes 35 times as long
            Tensor ordered = byPixel(c);
            Tensor g =
                    then.isNothing() ? ordered : Tensor.op(() -> then.pullback().apply(ordered.pointer, y.pointer));
            if (to.wants(1)) {
                to.add(1, backward(g, in, w, false));
            }
            if (to.wants(2)) {
                to.add(2, g.sum(0, 2, 3));
            }
            if (to.wants(0)) {
                to.add(0, transposed ? adjoint(g, w) : backward(g, in, w, true));
            }
        });
    }

    private org.bytedeco.pytorch.Tensor forward(Tensor x, Tensor kernels, Tensor bias) {
        return transposed && kernels.size(1) <= FEW ? byColumns(x, kernels, bias) : whole(x, kernels, bias);
    }

    private org.bytedeco.pytorch.Tensor whole(Tensor x, Tensor kernels, Tensor bias) {
        TensorOptional b = new TensorOptional(bias.pointer);
        return transposed
                ? torch.conv_transpose2d(x.pointer, kernels.pointer, b, both(stride), both(padding), extra, 1, ONE)
                : torch.conv2d(x.pointer, kernels.pointer, b, both(stride), both(padding), ONE, 1);
    }

    /** One product of matrices for each image gives what a pixel adds to those around it; these are then added up. */
    private org.bytedeco.pytorch.Tensor byColumns(Tensor x, Tensor kernels, Tensor bias) {
        long in = x.size(1);
        long[] kernel = {kernels.size(2), kernels.size(3)};
        long[] size = {length(x.size(2), kernel[0], extra[0]), length(x.size(3), kernel[1], extra[1])};
        var pixels = x.pointer.permute(0, 2, 3, 1).reshape(x.size(0), -1, in);
        var added = kernels.pointer.reshape(in, -1).t().matmul(pixels.transpose(1, 2));
        return torch.col2im(added, size, kernel, ONE, both(padding), both(stride))
                .add_(bias.pointer.reshape(-1, 1, 1));
    }

    private long length(long of, long kernel, long more) {
        return (of - 1) * stride - 2 * padding + kernel + more;
    }

    /** What comes back to the adjoint's images is the convolution itself. */
    private Tensor adjoint(Tensor g, Tensor kernels) {
        return Tensor.op(() ->
                torch.conv2d(g.pointer, kernels.pointer, new TensorOptional(), both(stride), both(padding), ONE, 1));
    }

    /** What comes back to the images, or else to the kernels. */
    private Tensor backward(Tensor g, Tensor x, Tensor kernels, boolean images) {
        return Tensor.guarded(() -> {
            var found = torch.convolution_backward(
                    g.pointer,
                    x.pointer,
                    kernels.pointer,
                    new long[] {g.size(1)},
                    both(stride),
                    both(padding),
                    ONE,
                    transposed,
                    transposed ? extra : new long[] {0, 0},
                    1,
                    new BoolPointer(3).put(0, images).put(1, !images).put(2, false));
            return Tensor.owned(images ? found.get0() : found.get1().contiguous());
        });
    }

    private static long[] both(long value) {
        return new long[] {value, value};
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
