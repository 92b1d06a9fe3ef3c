package jensen.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import jensen.data.DataException;
import jensen.tensor.NativeMemoryException;
import jensen.train.NonFiniteException;

/** What the command's exit codes mean, and which one a failure has. */
final class Exit {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int DATA = 3;
    static final int INTERRUPTED = 130;

    private Exit() {}

    /** The exit code of a failure. */
    static int code(Throwable failure) {
        if (failure instanceof IllegalArgumentException || tooLarge(failure)) {
            return USAGE;
        }
        return failure instanceof DataException ? DATA : FAILED;
    }

    /** What to say of a failure, on one line. */
    static String line(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return "out of memory: " + words(failure) + "; a smaller batch or fewer samples need less, and"
                    + " JENSEN_JAVA_OPTIONS=-Xmx… allows more";
        }
        if (failure instanceof NativeMemoryException) {
            return "out of memory: " + words(failure) + "; a smaller model or batch, or fewer samples, need less";
        }
        if (tooLarge(failure)) {
            return "too large: expected numbers of draws, rows and dimensions that make fewer than 2^31 values at a time,"
                    + " found more";
        }
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason() == null
                    ? file.getClass().getSimpleName().replace("Exception", "")
                    : file.getReason();
            return file.getFile() + ": " + oneLine(reason);
        }
        return expected(failure)
                ? words(failure)
                : "unexpected " + failure.getClass().getSimpleName() + ": " + words(failure)
                        + "; JENSEN_DEBUG=1 shows where";
    }

    /** Whether a size that nothing can have was worked out from what was asked for. */
    private static boolean tooLarge(Throwable failure) {
        return failure instanceof NegativeArraySizeException
                || (failure instanceof ArithmeticException
                        && String.valueOf(failure.getMessage()).endsWith(" overflow"));
    }

    private static boolean expected(Throwable failure) {
        return failure instanceof IllegalArgumentException
                || failure instanceof DataException
                || failure instanceof NonFiniteException
                || failure instanceof UnsupportedOperationException
                || failure instanceof IOException
                || failure instanceof UncheckedIOException;
    }

    private static String words(Throwable failure) {
        String message = failure instanceof UncheckedIOException io
                        && io.getCause() != null
                        && io.getMessage() != null
                        && io.getMessage().equals(io.getCause().toString())
                ? io.getCause().getMessage()
                : failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : oneLine(message);
    }

    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
