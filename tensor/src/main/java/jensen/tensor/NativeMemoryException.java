package jensen.tensor;

/** Thrown where native memory does not suffice for an operation. */
public final class NativeMemoryException extends RuntimeException {
    /** With libtorch's own message, which says how much was asked for. */
    public NativeMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
