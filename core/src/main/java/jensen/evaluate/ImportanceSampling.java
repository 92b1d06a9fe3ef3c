package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Reparameterised;
import jensen.tensor.Generator;
import jensen.tensor.Scope;

/**
 * The logarithm of the mean of w = p(x, z)/s(z) over draws of z from a proposal s. The number of draws for a datum doubles,
 * earlier draws being kept, until the error is as small as asked and the weights' tail light enough for it to be trusted.
 *
 * @param proposal s(z)
 * @param samples draws to begin with
 * @param error the standard error to reach, in nats; ∞ asks for a trustworthy one of whatever size
 * @param budget the most evaluations of p(x|z) for a datum; with as many as {@code samples}, the number is fixed
 * @param chunk the draws of a datum that are decoded at a time, which bounds the memory; 0 for as many as suit the data's
 *     width. Another number is other noise.
 */
public record ImportanceSampling(Proposal proposal, int samples, double error, int budget, int chunk)
        implements EvidenceMethod {
    /** Logarithms of weights that a thread holds at a time: 64 MB. */
    private static final int HELD = 1 << 23;

    /** The most rows that are decoded together. */
    private static final int GROUP = 16;

    /** What is drawn from. */
    public enum Proposal {
        /**
         * q(z|x): the estimate is the bound of K draws that {@link jensen.bound.ImportanceWeighted} climbs. Where q is narrower
         * than p(z|x) the weights have a heavy tail, and where it misses mass no statistic of its draws can tell.
         */
        POSTERIOR("is-q"),

        /**
         * Mixtures that cover p(z|x), with fixed shares of the draws from their parts: q(z|x), p(z) and, for most draws, a normal
         * distribution that fits p(z|x). In more than {@value Quadrature#DIMENSIONS} latent dimensions, where a fit takes
         * long, it is made for the data only that q(z|x), the same widened, and p(z) do not settle; and nowhere if the
         * budget does not allow for it. Of a discrete z, q(z|x) alone.
         */
        DEFENSIVE("is");

        private final String word;

        Proposal(String word) {
            this.word = word;
        }
    }

    /**
     * @throws IllegalArgumentException unless 2 ≤ samples ≤ budget, or 16 ≤ samples for mixtures, the error is positive and the
     *     chunk not negative
     */
    public ImportanceSampling {
        int fewest = proposal == Proposal.POSTERIOR ? 2 : 2 * Strata.UNIT;
        if (samples < fewest || samples > budget) {
            throw new IllegalArgumentException(
                    "samples must be from " + fewest + " to the budget of " + budget + ", was " + samples);
        }
        if (!(error > 0)) {
            throw new IllegalArgumentException("error must be positive, was " + error);
        }
        if (chunk < 0) {
            throw new IllegalArgumentException("chunk must be ≥ 0, was " + chunk);
        }
    }

    /** With as many draws decoded at a time as suit the data's width. */
    public ImportanceSampling(Proposal proposal, int samples, double error, int budget) {
        this(proposal, samples, error, budget, 0);
    }

    @Override
    public String name() {
        return proposal.word;
    }

    /** What is drawn from for some data of a block, given their q. */
    private interface Choice {
        Strata of(Distribution q, int[] places);
    }

    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        if (proposal != Proposal.POSTERIOR && evaluator.states().isPresent()) {
            // a discrete q has no wider one of its kind
            return new ImportanceSampling(Proposal.POSTERIOR, samples, error, budget, chunk)
                    .evidence(evaluator, data, rows, done);
        }
        int block = Math.max(1, Math.min(GROUP, HELD / budget));
        return evaluator.blocks(
                rows,
                block,
                done,
                part -> proposal == Proposal.POSTERIOR
                        ? sampled(evaluator, data, part, (q, places) -> Strata.of(q), budget, noise(evaluator))
                        : covered(evaluator, data, part));
    }

    private static Generator noise(Evaluator evaluator) {
        return evaluator.rng().split("draw");
    }

    private List<Evidence> covered(Evaluator evaluator, Dataset data, int[] rows) {
        int latent = evaluator.model().prior().latent();
        boolean anywhere = PosteriorFit.searches(latent);
        int first = anywhere ? 0 : samples;
        int allowance = PosteriorFit.allowance(latent, budget - first);
        int rest = budget - first - allowance;
        if (allowance == 0 || rest < samples) {
            return around(evaluator, data, rows, budget);
        }
        if (anywhere) {
            return fitted(evaluator, data, rows, allowance, rest);
        }
        List<Evidence> found = new ArrayList<>(around(evaluator, data, rows, first));
        int[] open = IntStream.range(0, rows.length)
                .filter(i -> !found.get(i).reached())
                .toArray();
        if (open.length > 0) {
            List<Evidence> again = fitted(evaluator, data, select(rows, open), allowance, rest);
            for (int i = 0; i < open.length; i++) {
                found.set(open[i], again.get(i).after(found.get(open[i])));
            }
        }
        return found;
    }

    private List<Evidence> around(Evaluator evaluator, Dataset data, int[] rows, int most) {
        Distribution prior = evaluator.model().prior(evaluator.theta());
        Choice choice = (q, places) -> Strata.around(Reparameterised.require(q), prior);
        return sampled(evaluator, data, rows, choice, most, noise(evaluator).split("around"));
    }

    private List<Evidence> fitted(Evaluator evaluator, Dataset data, int[] rows, int allowance, int most) {
        Distribution prior = evaluator.model().prior(evaluator.theta());
        PosteriorFit fit = PosteriorFit.of(evaluator, data, rows, allowance);
        Choice choice = (q, places) -> Strata.fitted(q, fit.normal(places, q), prior);
        List<Evidence> found =
                sampled(evaluator, data, rows, choice, most, noise(evaluator).split("fitted"));
        return IntStream.range(0, rows.length)
                .mapToObj(i -> found.get(i)
                        .spent(
                                found.get(i).evaluations() + fit.evaluations()[i],
                                found.get(i).reached()))
                .toList();
    }

    private static int[] select(int[] from, int[] places) {
        return Arrays.stream(places).map(i -> from[i]).toArray();
    }

    private List<Evidence> sampled(
            Evaluator evaluator, Dataset data, int[] rows, Choice choice, int most, Generator noise) {
        Evidence[] found = new Evidence[rows.length];
        double[][][] logWeights = new double[rows.length][][];
        int unit = proposal == Proposal.POSTERIOR ? 1 : Strata.UNIT;
        int units = 0;
        int[] open = IntStream.range(0, rows.length).toArray();
        for (int round = 0; open.length > 0; round++) {
            int wanted = (round == 0 ? samples : (int) Math.min(most, 2L * units * unit)) / unit;
            double[][][] part = Arrays.stream(open).mapToObj(i -> logWeights[i]).toArray(double[][][]::new);
            int[] places = open;
            extend(
                    evaluator,
                    data,
                    select(rows, open),
                    q -> choice.of(q, places),
                    part,
                    units,
                    wanted,
                    noise.split(round));
            for (int j = 0; j < open.length; j++) {
                found[open[j]] = summary(rows[open[j]], part[j]);
                logWeights[open[j]] = part[j];
            }
            units = wanted;
            boolean last = wanted == most / unit;
            open = Arrays.stream(open).filter(i -> !found[i].reached() && !last).toArray();
        }
        return List.of(found);
    }

    private Evidence summary(int row, double[][] logWeights) {
        LogMeanExp weights = LogMeanExp.ofStrata(logWeights);
        boolean reached = weights.standardError() <= error && weights.trusted();
        int draws = Arrays.stream(logWeights).mapToInt(part -> part.length).sum();
        return new Evidence(row, weights.value(), weights.standardError(), this, draws, reached, Optional.of(weights));
    }

    /** Lengthens some rows' weights by units of draws, with noise that depends neither on the other rows nor on their number. */
    private void extend(
            Evaluator evaluator,
            Dataset data,
            int[] rows,
            Function<Distribution, Strata> choice,
            double[][][] logWeights,
            int have,
            int wanted,
            Generator noise) {
        int width = chunk > 0
                ? chunk
                : Math.max(1, Evaluator.CHUNK / (GROUP * data.shape().size()));
        try (Scope scope = new Scope()) {
            Batch batch = evaluator.read(data, rows);
            Distribution q = evaluator.posterior(data, batch);
            Strata strata = choice.apply(q);
            var weigh = evaluator.model().logWeights(evaluator.theta(), batch);
            strata.lengthen(logWeights, wanted);
            int together = Math.max(1, width / strata.unit());
            for (int from = have, c = 0; from < wanted; from += together, c++) {
                int units = Math.min(together, wanted - from);
                try (Scope inner = new Scope()) {
                    Draw z = strata.draw(units, noise.split(c), rows);
                    strata.spread(weigh.apply(z, q).total(), logWeights, from);
                }
            }
        }
    }
}
