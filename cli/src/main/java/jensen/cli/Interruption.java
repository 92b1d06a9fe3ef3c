package jensen.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C, or another request to end the process, turned into a question that the work asks itself; the process then ends
 * when the work has saved where it is.
 */
final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::asked, "jensen-interruption");
    private volatile boolean asked;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void asked() {
        asked = true;
        try {
            saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(Exit.INTERRUPTED);
    }

    @Override
    public boolean getAsBoolean() {
        return asked;
    }

    /** From here on the process may end. */
    @Override
    public void close() {
        if (asked) {
            saved.countDown();
        } else {
            unhook();
        }
    }

    private void unhook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            saved.countDown();
        }
    }
}
