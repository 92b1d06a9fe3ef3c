package jensen.train;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Where the time of a run's steps went: the threads' time in each part, added up over the threads. */
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
        UPDATE
    }

    private final Map<Part, LongAdder> nanos = new EnumMap<>(Part.class);

    Profile() {
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

    /** The threads' time in a part so far, in seconds. */
    public double seconds(Part part) {
        return adder(part).sum() / 1e9;
    }

    private LongAdder adder(Part part) {
        return Objects.requireNonNull(nanos.get(part));
    }
}
