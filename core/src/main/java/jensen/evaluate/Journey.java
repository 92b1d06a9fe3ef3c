package jensen.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * Chains' way from their start to the posterior, or back, through f_β(z) = s(z) (p(x, z)/s(z))^β.
 *
 * @param at the chains
 * @param start s(z)
 * @param betas β at each temperature, from 0 to 1, {@code [T + 1]}
 * @param steps of the moves at each temperature, for each datum, {@code [T + 1][B]}
 * @param hmc of the moves
 * @param noise of both ways
 */
record Journey(Chains at, AnnealedImportance.Start start, double[] betas, double[][] steps, Hmc hmc, Generator noise) {
    /** Moves that find the steps to begin with, and those that make a posterior draw several. */
    private static final int MOVES = 30;

    /** One in so many temperatures is visited to tune, but at least {@link #VISITS}. */
    private static final int STRIDE = 5;

    private static final int VISITS = 50;

    /** How fast log ε follows the acceptance from one temperature to the next. */
    private static final double RATE = 0.15;

    /** A way whose steps are tuned by going along it once, with noise that {@link #forward} and {@link #backward} do not see. */
    static Journey tuned(
            Chains at,
            AnnealedImportance.Start start,
            AnnealedImportance.Spacing spacing,
            int temperatures,
            int leapfrogs,
            Generator noise) {
        Hmc hmc = new Hmc(at.target(at.start(start)), at.rows(), leapfrogs);
        double[] betas = IntStream.rangeClosed(0, temperatures)
                .mapToDouble(t -> spacing.beta((double) t / temperatures))
                .toArray();
        double[][] steps = new double[temperatures + 1][];
        if (temperatures > 1) {
            int visits = visits(temperatures);
            double[][] visited = tune(at, start, hmc, spacing, visits, noise.split("tune"));
            for (int t = 0; t <= temperatures; t++) {
                steps[t] = visited[(int) Math.round((double) t / temperatures * visits)];
            }
        }
        return new Journey(at, start, betas, steps, hmc, noise);
    }

    private static int visits(int temperatures) {
        return Math.max(VISITS, temperatures / STRIDE);
    }

    /** The number of moves that tuning and {@link #forward} make together. */
    static int moves(int temperatures) {
        return temperatures == 1 ? 0 : MOVES + visits(temperatures) + temperatures - 1;
    }

    /** The steps at {@code visits + 1} temperatures. */
    private static double[][] tune(
            Chains at,
            AnnealedImportance.Start start,
            Hmc hmc,
            AnnealedImportance.Spacing spacing,
            int visits,
            Generator noise) {
        try (Scope scope = new Scope()) {
            double[] first = new double[at.rows().length];
            Arrays.fill(first, 0.5);
            Hmc.State state = hmc.at(at.draw(start, noise.split("start"))).copy();
            Hmc.Tuned tuned = hmc.tune(
                    state,
                    first,
                    AnnealedImportance.ACCEPTANCE,
                    MOVES,
                    noise.split("first"),
                    1,
                    spacing.beta(1.0 / visits));
            state.become(tuned.state());
            double[][] steps = new double[visits + 1][];
            steps[0] = tuned.steps();
            for (int t = 1; t <= visits; t++) {
                try (Scope each = new Scope()) {
                    double beta = spacing.beta((double) t / visits);
                    Hmc.Move move = hmc.move(state, steps[t - 1], noise.split(t), 1, beta);
                    state.become(move.state());
                    steps[t] = steps[t - 1].clone();
                    Hmc.adapt(steps[t], move.acceptance(), AnnealedImportance.ACCEPTANCE, RATE);
                }
            }
            return steps;
        }
    }

    /** From the start to the posterior. */
    List<Annealed> forward() {
        try (Scope scope = new Scope()) {
            Passage passage = pass(hmc.at(at.draw(start, noise.split("start"))), true, noise.split("forward"));
            return IntStream.range(0, at.rows().length)
                    .mapToObj(b ->
                            new Annealed(at.rows()[b], LogMeanExp.of(passage.logWeights[b]), passage.acceptance[b]))
                    .toList();
        }
    }

    /**
     * From an exact draw from the posterior of each datum back to the start: estimates of 1/p(x). The chains of a datum move
     * at the posterior first, which leaves each an exact draw and makes them nearly independent of one another.
     *
     * @param z the draws, {@code [C, B, D]}
     */
    List<LogMeanExp> backward(Tensor z) {
        try (Scope scope = new Scope()) {
            Hmc.State state = hmc.at(z).copy();
            for (int i = 0; i < MOVES && betas.length > 2; i++) {
                try (Scope each = new Scope()) {
                    double[] step = steps[steps.length - 1];
                    state.become(hmc.move(state, step, noise.split("spread").split(i), 1, 1)
                            .state());
                }
            }
            double[][] weights = pass(state, false, noise.split("backward")).logWeights;
            return Arrays.stream(weights).map(LogMeanExp::of).toList();
        }
    }

    /**
     * A way from end to end.
     *
     * @param logWeights of each datum's chains, {@code [B][C]}
     * @param acceptance of each datum, {@code [B]}
     */
    private record Passage(double[][] logWeights, double[] acceptance) {}

    private Passage pass(Hmc.State from, boolean forward, Generator noise) {
        int data = at.rows().length;
        int last = betas.length - 1;
        double[][] logWeights = new double[data][at.count()];
        double[] acceptance = new double[data];
        Hmc.State state = from.copy();
        for (int i = 1; i <= last; i++) {
            int t = forward ? i : last - i;
            double change = betas[t] - betas[forward ? t - 1 : t + 1];
            double[] ratios = state.terms().get(1).toDoubles();
            for (int n = 0; n < ratios.length; n++) {
                logWeights[n % data][n / data] += change * ratios[n];
            }
            if (i == last) {
                break;
            }
            try (Scope each = new Scope()) {
                Hmc.Move move = hmc.move(state, steps[t], noise.split(i), 1, betas[t]);
                state.become(move.state());
                for (int b = 0; b < data; b++) {
                    acceptance[b] += move.acceptance()[b] / (last - 1);
                }
            }
        }
        return new Passage(logWeights, acceptance);
    }
}
