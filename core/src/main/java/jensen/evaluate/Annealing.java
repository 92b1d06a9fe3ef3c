package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.evaluate.AnnealedImportance.Spacing;
import jensen.evaluate.AnnealedImportance.Start;

/**
 * Annealed importance sampling whose temperatures double until the error is as small as asked. Chains start from q(z|x), and
 * from p(z) where q is no distribution to start from.
 *
 * @param error the standard error to reach, in nats
 * @param budget the most evaluations of p(x|z) for a datum, over all attempts
 */
public record Annealing(double error, int budget) implements EvidenceMethod {
    private static final int CHAINS = 16;
    private static final int LEAPFROGS = 10;
    private static final int FEWEST = 50;

    /** @throws IllegalArgumentException if the error is not positive or the budget too small for one attempt */
    public Annealing {
        if (!(error > 0)) {
            throw new IllegalArgumentException("error must be positive, was " + error);
        }
        if (budget < smallestBudget()) {
            throw new IllegalArgumentException(
                    "budget must be ≥ " + smallestBudget() + " for annealed importance sampling, was " + budget);
        }
    }

    /** The evaluations of p(x|z) that one attempt takes at least. */
    public static int smallestBudget() {
        return Math.toIntExact(plan(Start.POSTERIOR, FEWEST).evaluations());
    }

    private static AnnealedImportance plan(Start start, int temperatures) {
        return new AnnealedImportance(start, Spacing.SIGMOIDAL, temperatures, CHAINS, LEAPFROGS);
    }

    @Override
    public String name() {
        return "ais";
    }

    /** Of what the attempts found, the last that is finite. */
    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        List<Evidence> found = new ArrayList<>(plan(Start.POSTERIOR, FEWEST).evidence(evaluator, data, rows, n -> {}));
        retry(evaluator, data, plan(Start.PRIOR, FEWEST), found);
        boolean more = true;
        for (int temperatures = 2 * FEWEST; more; temperatures *= 2) {
            more = false;
            for (Start start : Start.values()) {
                more |= retry(evaluator, data, plan(start, temperatures), found);
            }
        }
        done.accept(rows.length);
        return found.stream()
                .map(e -> e.spent(e.evaluations(), e.standardError() <= error))
                .toList();
    }

    /** Where chains of a datum start next: where they did for what was found, and at p(z) if that is not finite. */
    private static Start next(Evidence found) {
        return Double.isFinite(found.standardError()) && found.method() instanceof AnnealedImportance of
                ? of.start()
                : Start.PRIOR;
    }

    /**
     * Replaces what was found with too large an error by what another plan finds, where that is finite; of the data whose
     * chains start as the plan's do and whose budget has room for it.
     *
     * @return whether there are any
     */
    private boolean retry(Evaluator evaluator, Dataset data, AnnealedImportance plan, List<Evidence> found) {
        Predicate<Evidence> open = e -> !(e.standardError() <= error)
                && next(e) == plan.start()
                && e.evaluations() + plan.evaluations() <= budget;
        int[] places = IntStream.range(0, found.size())
                .filter(i -> open.test(found.get(i)))
                .toArray();
        int[] rows = Arrays.stream(places).map(i -> found.get(i).index()).toArray();
        List<Evidence> again = plan.evidence(evaluator, data, rows, n -> {});
        for (int i = 0; i < places.length; i++) {
            found.set(places[i], again.get(i).after(found.get(places[i])));
        }
        return places.length > 0;
    }
}
