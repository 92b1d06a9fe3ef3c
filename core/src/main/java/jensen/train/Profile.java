package jensen.train;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Where the time of a run's steps went: the threads' time in each part, added up over the threads. The parts together are the
 * steps' time by the wall clock times the number of threads.
 */
public final class Profile {
    /** A part of a step. */
    public enum Part {
        /** Reading and encoding data. */
        DATA,
        /** From the data to the bound. */
        FORWARD,
        /** From the bound to the gradients. */
        BACKWARD,
        /** Adding gradients over shards. */
        REDUCE,
        /** Moving the parameters. */
        UPDATE,
        /** All else: waiting for each other, being handed work, and not being given a core by the system. */
        WAITING
    }

    private final int threads;
    private final LongAdder wall = new LongAdder();
    private final LongAdder steps = new LongAdder();

    private final Map<Part, LongAdder> nanos = new EnumMap<>(Part.class);

    Profile(int threads) {
        this.threads = threads;
        for (Part part : Part.values()) {
            nanos.put(part, new LongAdder());
        }
    }

    <T> T time(Part part, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            adder(part).add(System.nanoTime() - start);
        }
    }

    /** Counts a step that took so long by the wall clock. */
    void step(long nanoseconds) {
        wall.add(nanoseconds);
        steps.increment();
    }

    /** The threads' time in a part so far, in seconds. */
    public double seconds(Part part) {
        if (part != Part.WAITING) {
            return adder(part).sum() / 1e9;
        }
        long working = nanos.values().stream().mapToLong(LongAdder::sum).sum();
        return (threads * wall.sum() - working) / 1e9;
    }

    /** The time of the steps so far by the wall clock, in seconds. */
    public double wall() {
        return wall.sum() / 1e9;
    }

    /** The number of steps so far. */
    public long steps() {
        return steps.sum();
    }

    /** How many threads shared the work. */
    public int threads() {
        return threads;
    }

    private LongAdder adder(Part part) {
        return Objects.requireNonNull(nanos.get(part));
    }
}
