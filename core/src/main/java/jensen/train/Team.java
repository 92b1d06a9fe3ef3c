package jensen.train;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import jensen.tensor.Native;
import org.jspecify.annotations.Nullable;

/**
 * Some threads that do numbered tasks together, the caller being one of them. Task {@code i} is always done by thread
 * {@code i mod n}. A thread that has nothing to do spins for a moment, since the next tasks come within microseconds, and
 * then sleeps, so that it does not take a core from others.
 */
public final class Team implements AutoCloseable {
    private static final int SPINS = 20_000;

    /** What a task threw. */
    private record Failure(int task, Throwable thrown) {}

    private final Thread[] helpers;
    private final AtomicInteger round = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    private volatile @Nullable Thread caller;
    private volatile IntConsumer task = i -> {};
    private volatile int tasks;
    private volatile boolean closed;

    /** A team of {@code threads}, the caller of {@link #run} included. */
    public Team(int threads) {
        helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            int member = i + 1;
            helpers[i] = new Thread(() -> help(member), "jensen-" + member);
            helpers[i].setDaemon(true);
            helpers[i].start();
        }
    }

    /** How many threads it has, the caller included. */
    public int threads() {
        return helpers.length + 1;
    }

    /**
     * Does tasks 0 … {@code tasks} − 1 and returns when all are done; of those that fail, what the one of the lowest number threw
     * is thrown, whatever the number of threads.
     *
     * @throws IllegalStateException if the team is closed
     */
    public void run(int tasks, IntConsumer task) {
        if (closed) {
            throw new IllegalStateException("team: expected one at work, found one that is closed");
        }
        failure.set(null);
        this.task = task;
        this.tasks = tasks;
        caller = Thread.currentThread();
        working.set(helpers.length);
        round.incrementAndGet();
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        work(0);
        for (int spins = 0; working.get() > 0; spins++) {
            pause(spins);
        }
        Failure first = failure.get();
        if (first != null) {
            rethrow(first.thrown);
        }
    }

    private static void rethrow(Throwable thrown) {
        if (thrown instanceof Error e) {
            throw e;
        }
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
    }

    private void help(int member) {
        int seen = 0;
        while (true) {
            for (int spins = 0; round.get() == seen; spins++) {
                if (closed) {
                    return;
                }
                pause(spins);
            }
            seen++;
            work(member);
            if (working.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.park();
        }
    }

    // Whatever a task throws is handed to the caller, whose thread throws it again.
    @SuppressWarnings("ThrowSpecificExceptions")
    private void work(int member) {
        int[] at = {member};
        try {
            Native.flushingDenormals(() -> {
                for (; at[0] < tasks; at[0] += threads()) {
                    task.accept(at[0]);
                }
            });
        } catch (Throwable t) {
            Failure here = new Failure(at[0], t);
            failure.updateAndGet(other -> other == null || here.task < other.task ? here : other);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
