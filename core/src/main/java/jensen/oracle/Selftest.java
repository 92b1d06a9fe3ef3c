package jensen.oracle;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** All oracles, in under a minute on two cores. */
public final class Selftest {
    private static final List<Function<Integer, List<Oracle>>> ALL = List.of(
            threads -> DensityOracles.all(),
            threads -> LinearOracles.all(),
            ToyOracles::all,
            SamplingOracles::all,
            threads -> TrainingOracles.all());

    private Selftest() {}

    /**
     * Asks them.
     *
     * @param threads that share the work
     * @param each told of every one as soon as it is known
     * @return whether all hold
     */
    public static boolean run(int threads, Consumer<Oracle> each) {
        boolean all = true;
        for (Function<Integer, List<Oracle>> group : ALL) {
            for (Oracle oracle : group.apply(threads)) {
                each.accept(oracle);
                all &= oracle.holds();
            }
        }
        return all;
    }
}
