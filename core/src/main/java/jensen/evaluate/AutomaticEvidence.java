package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Dataset;

/**
 * The method that suits the model and the datum: the closed form of a linear-Gaussian model, the sum over the values of a
 * discrete z where the budget allows it and importance sampling from q where not, quadrature for at most two latent dimensions
 * where the budget allows it, else importance sampling from mixtures that cover p(z|x) with a quarter of the budget, and annealed
 * importance sampling with the rest for the rows that this does not settle, because the error stays too large or k̂ is above
 * {@value LogMeanExp#TRUSTED}.
 *
 * @param error the error to reach, in nats
 * @param budget the most evaluations of p(x|z) for a datum
 * @param chunk as for {@link ImportanceSampling}
 */
public record AutomaticEvidence(double error, int budget, int chunk) implements EvidenceMethod {
    /** The most latent dimensions whose integral is found by quadrature. */
    private static final int DIMENSIONS = 2;

    /** The error that quadrature is asked for, in nats: it costs little more than a large one. */
    private static final double PRECISE = 1e-6;

    private static final int FIRST = 1000;

    /** Of which a quarter is as many draws as a mixture takes at least. */
    private static final int FEWEST = 64;

    /** The rows that both ways of sampling are done with before the next. */
    private static final int TOGETHER = 100;

    /** @throws IllegalArgumentException if the error is not positive, the budget below 64 or the chunk negative */
    public AutomaticEvidence {
        if (!(error > 0)) {
            throw new IllegalArgumentException("error must be positive, was " + error);
        }
        if (budget < FEWEST) {
            throw new IllegalArgumentException("budget must be ≥ " + FEWEST + ", was " + budget);
        }
        if (chunk < 0) {
            throw new IllegalArgumentException("chunk must be ≥ 0, was " + chunk);
        }
    }

    @Override
    public String name() {
        return "auto";
    }

    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        if (LinearGaussian.of(evaluator.model(), evaluator.theta()).isPresent()) {
            return new ClosedForm().evidence(evaluator, data, rows, done);
        }
        OptionalLong states = evaluator.states();
        if (states.isPresent()) {
            EvidenceMethod method = states.getAsLong() <= budget
                    ? new EnumeratedEvidence(budget)
                    : new ImportanceSampling(
                            ImportanceSampling.Proposal.POSTERIOR, Math.min(FIRST, budget), error, budget, chunk);
            return method.evidence(evaluator, data, rows, done);
        }
        if (evaluator.model().prior().latent() <= DIMENSIONS && budget >= Quadrature.smallestBudget()) {
            return new Quadrature(Math.min(error, PRECISE), budget)
                    .evidence(evaluator, data, rows, done).stream()
                            .map(e -> e.spent(e.evaluations(), e.standardError() <= error))
                            .toList();
        }
        List<Evidence> found = new ArrayList<>(rows.length);
        for (int from = 0; from < rows.length; from += TOGETHER) {
            int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + TOGETHER));
            found.addAll(sampled(evaluator, data, part));
            done.accept(part.length);
        }
        return found;
    }

    private List<Evidence> sampled(Evaluator evaluator, Dataset data, int[] rows) {
        int share = budget / 4;
        List<Evidence> found = new ArrayList<>(new ImportanceSampling(
                        ImportanceSampling.Proposal.DEFENSIVE, Math.min(FIRST, share), error, share, chunk)
                .evidence(evaluator, data, rows, n -> {}));
        int[] open = IntStream.range(0, rows.length)
                .filter(i -> !found.get(i).reached())
                .toArray();
        if (open.length > 0 && budget - share >= Annealing.smallestBudget()) {
            int[] left = Arrays.stream(open).map(i -> rows[i]).toArray();
            List<Evidence> annealed = new Annealing(error, budget - share).evidence(evaluator, data, left, n -> {});
            for (int i = 0; i < open.length; i++) {
                found.set(open[i], annealed.get(i).after(found.get(open[i])));
            }
        }
        return found;
    }
}
