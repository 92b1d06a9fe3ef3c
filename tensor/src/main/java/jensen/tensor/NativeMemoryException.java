package jensen.tensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Thrown where native memory does not suffice for an operation. */
public final class NativeMemoryException extends RuntimeException {
    private static final Pattern ASKED = Pattern.compile("[Tt]ried to allocate (\\d[\\d.]* (?:bytes|[KMGT]iB))");

    /** With how much was asked for, where libtorch's own message says so, and else with that message. */
    NativeMemoryException(String message, Throwable cause) {
        super(plain(message), cause);
    }

    private static String plain(String message) {
        Matcher asked = ASKED.matcher(message);
        return asked.find() ? "native memory: expected " + asked.group(1) + " more, found less" : message;
    }
}
