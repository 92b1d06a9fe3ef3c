package jensen.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Sums and products with a number, as a tensor without axes that is kept for good: of a {@code Scalar} libtorch makes one every
 * time, and converts it, which takes longer than the rest of a small operation.
 */
final class Numbers {
    /** So many are kept; a number that comes later goes the longer way. */
    private static final int MOST = 1024;

    private static final Map<Double, Tensor> KEPT = new ConcurrentHashMap<>();

    private Numbers() {}

    static Tensor add(Tensor x, double number) {
        Tensor kept = kept(number, x);
        return Tensor.op(() -> kept == null ? x.pointer.add(new Scalar(number)) : x.pointer.add(kept.pointer));
    }

    static Tensor mul(Tensor x, double number) {
        Tensor kept = kept(number, x);
        return Tensor.op(() -> kept == null ? x.pointer.mul(new Scalar(number)) : x.pointer.mul(kept.pointer));
    }

    /** A number in float32 on the CPU, where x is so, or null. */
    private static @Nullable Tensor kept(double number, Tensor x) {
        if (x.dtype() != DType.FLOAT32 || x.pointer.is_cuda()) {
            return null;
        }
        Tensor kept = KEPT.get(number);
        return kept != null || KEPT.size() >= MOST ? kept : KEPT.computeIfAbsent(number, Numbers::made);
    }

    private static Tensor made(double number) {
        return Tensor.scalar(number, DType.FLOAT32, Device.CPU).retain();
    }
}
