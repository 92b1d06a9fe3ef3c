package jensen.tensor;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.global.torch;

/**
 * Products of matrices by oneDNN's plain interface, which libtorch's own copy of it keeps to itself: they add to a buffer in
 * place, at 105 GFLOP/s on a core where OpenBLAS does 97, and a call costs a few microseconds less than one through libtorch.
 */
final class OneDnn {
    private OneDnn() {}

    /** Whether these two factors are float32 on the CPU, each without gaps, and there is oneDNN: it comes for Linux only. */
    static boolean suits(Tensor a, Tensor b) {
        return isPlain(a) && isPlain(b) && a.pointer.is_contiguous() && Loaded.HERE;
    }

    private static boolean isPlain(Tensor t) {
        return t.rank() == 2
                && t.dtype() == DType.FLOAT32
                && !t.pointer.is_cuda()
                && (t.pointer.is_contiguous() || Gradient.byColumns(t));
    }

    /** a b, for a {@code [n, k]} by rows and b {@code [k, m]} by rows or by columns. */
    static Tensor times(Tensor a, Tensor b) {
        return times(a, b, false);
    }

    /** a bᵀ, for a {@code [n, k]} by rows and b {@code [m, k]} by rows or by columns. */
    static Tensor timesTransposed(Tensor a, Tensor b) {
        return times(a, b, true);
    }

    private static Tensor times(Tensor a, Tensor b, boolean transposed) {
        boolean byRows = b.pointer.is_contiguous();
        long n = a.size(0);
        long k = a.size(1);
        long m = b.size(transposed ? 0 : 1);
        Tensor product = Tensor.empty(DType.FLOAT32, n, m);
        multiply(
                'N',
                byRows == transposed ? 'T' : 'N',
                n,
                m,
                k,
                a.pointer.data_ptr_float(),
                k,
                b,
                b.size(byRows ? 1 : 0),
                0,
                product);
        return product;
    }

    /**
     * buffer ← aᵀ b + β buffer, for {@code count} columns of a {@code [n, p]} from {@code first} on, and b {@code [n, q]}, both by
     * rows.
     *
     * @param buffer {@code [count · q]}, by rows
     */
    static void addTransposed(Tensor a, long first, long count, Tensor b, double beta, Tensor buffer) {
        FloatPointer columns = new FloatPointer(a.pointer.data_ptr_float()).position(first);
        multiply('T', 'N', count, b.size(1), b.size(0), columns, a.size(1), b, b.size(1), beta, buffer);
    }

    private static void multiply(
            char howA,
            char howB,
            long m,
            long n,
            long k,
            FloatPointer a,
            long lineOfA,
            Tensor b,
            long lineOfB,
            double beta,
            Tensor c) {
        torch.get_num_threads(); // makes libtorch tell this thread's OpenMP, which oneDNN shares, to use one thread
        int status = dnnl.dnnl_sgemm(
                (byte) howA,
                (byte) howB,
                m,
                n,
                k,
                1f,
                a,
                lineOfA,
                b.pointer.data_ptr_float(),
                lineOfB,
                (float) beta,
                c.pointer.data_ptr_float(),
                n);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN could not multiply: status " + status);
        }
    }

    private static final class Loaded {
        static final boolean HERE = attempt();

        private static boolean attempt() {
            Native.load(); // first, so that both use libtorch's OpenMP
            try {
                return dnnl.dnnl_version() != null;
            } catch (LinkageError | TypeNotPresentException absent) {
                return false;
            }
        }
    }
}
