package jensen.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Owns the native memory that one thread allocates between its opening and its closing.
 *
 * <pre>{@code
 * try (Scope scope = new Scope()) {
 *     Tensor y = f(x);          // intermediate results are freed at the end
 *     return scope.keep(y);     // except what is kept: it goes to the scope around this one
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private final @Nullable PointerScope outer;
    private final PointerScope inner;
    private final int mark;

    /**
     * Opens a scope on the current thread.
     *
     * @throws UnsupportedOperationException as {@link Native#load} does
     */
    public Scope() {
        Native.load();
        this.outer = PointerScope.getInnerScope();
        this.inner = new PointerScope();
        this.mark = Tape.open();
    }

    /**
     * Hands a tensor to the enclosing scope, or, where there is none, to the garbage collector.
     *
     * @throws IllegalStateException if it could still be differentiated by what this scope will forget
     */
    public Tensor keep(Tensor t) {
        if (t.pointer.requires_grad() && Tape.entries().size() > mark) {
            throw new IllegalStateException(
                    "differentiate a tensor in the scope that it was computed in, or detach it, before keeping it");
        }
        if (outer != null) {
            outer.attach(t.pointer);
        } else {
            t.pointer.retainReference();
        }
        return t;
    }

    /** The number of native objects alive in this process. */
    public static long live() {
        return Pointer.totalCount();
    }

    @Override
    public void close() {
        Tape.close(mark);
        inner.close();
    }
}
