package jensen.tensor;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * f(x Wᵀ + b) by one primitive of oneDNN, which adds b and applies f to what is still in registers. Where there is AVX-512: with
 * less, its tanh takes longer than {@link Tanh}.
 *
 * <p>A primitive is for one shape. It is made once, with memory of its own, and lent to one thread at a time.
 */
final class FusedLinear {
    /** A function that takes no pass of its own; both keep what is not a number, which oneDNN's rectifier does not. */
    enum Function {
        IDENTITY,
        TANH,
        SIGMOID
    }

    private record Shape(long rows, long in, long out, boolean byRows, Function function) {}

    /** As many shapes are kept; of a process that has more, the others go another way. */
    private static final int SHAPES = 500;

    private static final Map<Shape, Queue<FusedLinear>> IDLE = new ConcurrentHashMap<>();

    private final matmul primitive;
    private final stream on;
    private final memory x;
    private final memory weight;
    private final memory bias;
    private final memory result;
    private final IntMemoryMap arguments = kept(new IntMemoryMap());

    private FusedLinear(Shape s) {
        torch.get_num_threads(); // as in OneDnn: one thread
        engine cpu = kept(new engine(engine.kind.cpu, 0));
        on = kept(new stream(cpu));
        primitive_attr how = new primitive_attr();
        how.set_scratchpad_mode(dnnl.scratchpad_mode.user); // that of the library is the thread's where it is made
        if (s.function != Function.IDENTITY) {
            post_ops then = new post_ops();
            then.append_eltwise(
                    s.function == Function.TANH ? dnnl.algorithm.eltwise_tanh : dnnl.algorithm.eltwise_logistic, 0, 0);
            how.set_post_ops(then);
        }
        memory.desc rows = matrix(s.rows, s.in, true);
        memory.desc weights = matrix(s.in, s.out, !s.byRows);
        memory.desc summand = matrix(1, s.out, true);
        memory.desc results = matrix(s.rows, s.out, true);
        matmul.primitive_desc plan = new matmul.primitive_desc(cpu, rows, weights, summand, results, how, false);
        primitive = kept(new matmul(plan));
        x = argument(dnnl.DNNL_ARG_SRC, rows, cpu);
        weight = argument(dnnl.DNNL_ARG_WEIGHTS, weights, cpu);
        bias = argument(dnnl.DNNL_ARG_BIAS, summand, cpu);
        result = argument(dnnl.DNNL_ARG_DST, results, cpu);
        memory scratchpad = kept(new memory(plan.scratchpad_desc(), cpu)); // oneDNN's own, as it has to be aligned
        arguments.put(dnnl.DNNL_ARG_SCRATCHPAD, scratchpad);
    }

    private static memory.desc matrix(long rows, long columns, boolean byRows) {
        return new memory.desc(
                new long[] {rows, columns}, memory.data_type.f32, byRows ? memory.format_tag.ab : memory.format_tag.ba);
    }

    private memory argument(int which, memory.desc description, engine cpu) {
        memory argument = kept(new memory(description, cpu, new Pointer()));
        arguments.put(which, argument);
        return argument;
    }

    /** A native object that no scope frees. */
    private static <P extends Pointer> P kept(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    /** f(x Wᵀ + b) for x {@code [n, k]}, W {@code [m, k]} and b {@code [m]}; null where it is not for this class. */
    static @Nullable Tensor apply(Tensor x, Tensor weight, Tensor bias, Function function) {
        if (!Native.hasAvx512() || !OneDnn.suits(x, weight) || !isPlainVector(bias, weight.size(0))) {
            return null;
        }
        Shape shape = new Shape(x.size(0), x.size(1), weight.size(0), weight.pointer.is_contiguous(), function);
        Queue<FusedLinear> idle = IDLE.get(shape);
        if (idle == null) {
            if (IDLE.size() >= SHAPES || shape.rows == 0) {
                return null;
            }
            idle = IDLE.computeIfAbsent(shape, s -> new ConcurrentLinkedQueue<>());
        }
        FusedLinear lent = idle.poll();
        FusedLinear one = lent == null ? Tensor.guarded(() -> new FusedLinear(shape)) : lent;
        Tensor result = Tensor.empty(DType.FLOAT32, shape.rows, shape.out);
        one.run(x, weight, bias, result);
        idle.add(one);
        return result;
    }

    private static boolean isPlainVector(Tensor t, long size) {
        return t.rank() == 1
                && t.count() == size
                && t.dtype() == DType.FLOAT32
                && !t.pointer.is_cuda()
                && t.pointer.is_contiguous();
    }

    private void run(Tensor x, Tensor weight, Tensor bias, Tensor result) {
        torch.get_num_threads();
        this.x.set_data_handle(x.pointer.data_ptr_float());
        this.weight.set_data_handle(weight.pointer.data_ptr_float());
        this.bias.set_data_handle(bias.pointer.data_ptr_float());
        this.result.set_data_handle(result.pointer.data_ptr_float());
        primitive.execute(on, arguments);
    }
}
