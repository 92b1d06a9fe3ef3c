package jensen.evaluate;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Team;

/**
 * Annealed importance sampling of log p(x): chains go from a start s(z) that can be drawn from to the posterior through
 * the densities f_β(z) = s(z) (p(x, z)/s(z))^β, β from 0 to 1, by one Hamiltonian trajectory at each, and gather the weight
 * Σ (β_t − β_{t−1}) log p(x, z)/s(z) on their way. One β makes it importance sampling with proposal s.
 *
 * <p>The steps of the trajectories are tuned for each datum along a journey of its own, with its own noise, and constant
 * afterwards, which leaves the estimate of p(x) unbiased. Given its q(z|x), nothing about a datum depends on which others are
 * looked at or on the number of threads, to the last bit.
 *
 * @param start s(z)
 * @param spacing of β
 * @param temperatures T, the number of steps of β
 * @param chains C, at least 2 for an error
 * @param leapfrogs L, the steps of a trajectory
 * @see <a href="https://arxiv.org/abs/physics/9803008">Neal 1998, arXiv physics/9803008, §2</a>
 * @see <a href="https://arxiv.org/abs/1611.04273">Wu, Burda, Salakhutdinov and Grosse 2016, arXiv 1611.04273, §3</a>
 */
public record AnnealedImportance(Start start, Spacing spacing, int temperatures, int chains, int leapfrogs)
        implements EvidenceMethod {
    /** The rate of accepted proposals that steps are tuned to, as Wu et al. have it. */
    static final double ACCEPTANCE = 0.65;

    /** Where chains start. */
    public enum Start {
        /** From p(z), so that f_β = p(z) p(x|z)^β. */
        PRIOR,
        /** From q(z|x), so that f_β = q(z|x)^(1−β) p(x, z)^β. */
        POSTERIOR
    }

    /** How β is spaced. */
    public enum Spacing {
        /** Equally. */
        LINEAR,
        /** More densely at both ends, by the logistic function on [−4, 4]. */
        SIGMOIDAL;

        double beta(double t) {
            if (this == LINEAR) {
                return t;
            }
            double end = Math.tanh(2);
            return (Math.tanh(2 * (2 * t - 1)) + end) / (2 * end);
        }
    }

    /** @throws IllegalArgumentException if a number is not positive */
    public AnnealedImportance {
        require("temperatures", temperatures);
        require("chains", chains);
        require("leapfrogs", leapfrogs);
    }

    private static void require(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be ≥ 1, was " + value);
        }
    }

    @Override
    public String name() {
        return "ais";
    }

    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return rows(evaluator, data, rows, done).stream()
                .map(row -> new Evidence(
                        row.index(),
                        row.evidence().value(),
                        row.evidence().standardError(),
                        this,
                        evaluations(),
                        true,
                        Optional.of(row.evidence())))
                .toList();
    }

    /** How many times p(x|z) is evaluated for a datum. */
    long evaluations() {
        return chains * (1 + (long) leapfrogs * Journey.moves(temperatures));
    }

    /**
     * log p(x) of some rows, and how their chains fared.
     *
     * @param evaluator the model, its q and the noise
     * @param data in which the rows are
     * @param rows their numbers
     * @param done told how many more rows are done, from any thread
     */
    public List<Annealed> rows(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        evaluator.requireReal("annealing");
        Generator noise = evaluator.rng().split("annealed");
        return blocks(rows, chains, evaluator.threads(), done, block -> {
            Chains at = Chains.of(evaluator, data, block, chains);
            return journey(at, noise).forward();
        });
    }

    /**
     * Brackets log p(x) of data that the model itself makes: z ~ p(z), x ~ p(x|z), so that z is an exact draw from the
     * posterior. It says how well the chains do, and so what {@link #rows} is worth as far as real data are like these. The
     * data are the same for any number of temperatures, and the noise of the chains is not.
     *
     * @param evaluator the model, its q and the noise
     * @param count how many
     * @param done told how many more are done, from any thread
     */
    public List<Bracket> simulated(Evaluator evaluator, int count, IntConsumer done) {
        if (count > 0) {
            evaluator.requireReal("annealing");
        }
        Generator noise = evaluator.rng().split("simulated");
        return blocks(IntStream.range(0, count).toArray(), chains, evaluator.threads(), done, block -> {
            Tensor z = evaluator
                    .model()
                    .prior(evaluator.theta())
                    .sample(block.length, noise.split("z").rows(block));
            Chains at = Chains.simulated(evaluator, z.detach(), block, chains, noise.split("x"));
            Journey journey = journey(at, noise.split("chains").split(temperatures));
            List<Annealed> lower = journey.forward();
            List<LogMeanExp> upper = journey.backward(at.repeat(z.detach()));
            return IntStream.range(0, block.length)
                    .mapToObj(b -> bracket(lower.get(b), upper.get(b)))
                    .toList();
        });
    }

    private static Bracket bracket(Annealed lower, LogMeanExp reciprocal) {
        return new Bracket(
                lower.index(),
                new Estimate(lower.evidence().value(), lower.evidence().standardError()),
                new Estimate(-reciprocal.value(), reciprocal.standardError()));
    }

    private Journey journey(Chains at, Generator noise) {
        return Journey.tuned(at, start, spacing, temperatures, leapfrogs, noise);
    }

    /** Does work on blocks of rows of always the same size, the last filled up, by several threads. */
    static <T> List<T> blocks(int[] rows, int chains, int threads, IntConsumer done, Function<int[], List<T>> work) {
        int size = block(chains);
        int blocks = (rows.length + size - 1) / size;
        List<List<T>> found = new ArrayList<>(Collections.nCopies(blocks, List.of()));
        try (Team team = new Team(Math.max(1, Math.min(threads, blocks)))) {
            team.run(blocks, i -> {
                int here = Math.min(size, rows.length - i * size);
                int[] block = IntStream.range(0, size)
                        .map(b -> rows[i * size + Math.min(b, here - 1)])
                        .toArray();
                try (Scope scope = new Scope()) {
                    found.set(i, work.apply(block).subList(0, here));
                }
                done.accept(here);
            });
        }
        return found.stream().flatMap(List::stream).toList();
    }

    /**
     * How many data are computed together. Vector instructions round the last few elements of an array otherwise than the
     * rest, and matrix products depend on their size: only blocks of one size, whose chains fill vectors exactly, give a
     * datum the same bits wherever it is in them. A block of one datum does so too, and is fast enough with many chains.
     */
    private static int block(int chains) {
        int full = 64;
        return chains >= full
                ? 1
                : full
                        / BigInteger.valueOf(full)
                                .gcd(BigInteger.valueOf(chains))
                                .intValue();
    }
}
