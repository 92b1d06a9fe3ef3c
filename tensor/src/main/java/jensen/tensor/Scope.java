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

    /**
     * Opens a scope on the current thread.
     *
     * @throws UnsupportedOperationException as {@link Native#load} does
     */
    public Scope() {
        Native.load();
        this.outer = PointerScope.getInnerScope();
        this.inner = new PointerScope();
    }

    /** Hands a tensor to the enclosing scope, or, where there is none, to the garbage collector. */
    public Tensor keep(Tensor t) {
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
        inner.close();
    }
}
