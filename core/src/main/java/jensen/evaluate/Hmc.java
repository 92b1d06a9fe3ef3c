package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * Hamiltonian Monte Carlo for C chains on each of B data at once, {@code [C, B, D]}: every chain proposes, and is accepted
 * or rejected, by itself. The density is exp Σ wᵢ ℓᵢ(z), with weights that can change from move to move; what is known of
 * a state serves all of them.
 *
 * @param target the terms ℓᵢ
 * @param rows the number of each of the B data, which its noise belongs to
 * @param leapfrogs L, the steps of a trajectory
 * @see <a href="https://arxiv.org/abs/1206.1901">Neal 2011, MCMC using Hamiltonian dynamics, arXiv 1206.1901, §3</a>
 */
public record Hmc(Target target, int[] rows, int leapfrogs) {
    /** A trajectory's step is drawn this far around the given one, so that none comes back to where it began each time. */
    private static final double JITTER = 0.2;

    /** @throws IllegalArgumentException if {@code leapfrogs < 1} */
    public Hmc {
        if (leapfrogs < 1) {
            throw new IllegalArgumentException("leapfrogs must be ≥ 1, was " + leapfrogs);
        }
    }

    /** The terms of a log-density. */
    @FunctionalInterface
    public interface Target {
        /**
         * The terms, differentiable in z.
         *
         * @param z {@code [C, B, D]}
         * @return each {@code [C, B]}
         */
        List<Tensor> terms(Tensor z);
    }

    /**
     * Where the chains are.
     *
     * @param z {@code [C, B, D]}
     * @param terms ℓᵢ(z), each {@code [C, B]}
     * @param slopes ∇ℓᵢ(z), each {@code [C, B, D]}
     */
    public record State(Tensor z, List<Tensor> terms, List<Tensor> slopes) {
        /** Σ wᵢ ℓᵢ(z), {@code [C, B]}. */
        public Tensor logDensity(double... weights) {
            return sum(terms, weights);
        }

        Tensor slope(double... weights) {
            return sum(slopes, weights);
        }

        private static Tensor sum(List<Tensor> parts, double[] weights) {
            Tensor total = times(parts.get(0), weights[0]);
            for (int i = 1; i < weights.length; i++) {
                total = total.add(times(parts.get(i), weights[i]));
            }
            return total;
        }

        private static Tensor times(Tensor part, double weight) {
            return weight == 1 ? part : part.mul(weight);
        }

        /** This state where {@code mask} {@code [C, B]} is not 0, {@code other} elsewhere. */
        private State where(Tensor mask, State other) {
            Tensor wide = mask.unsqueeze(-1);
            return new State(
                    z.where(wide, other.z),
                    IntStream.range(0, terms.size())
                            .mapToObj(i -> terms.get(i).where(mask, other.terms.get(i)))
                            .toList(),
                    IntStream.range(0, slopes.size())
                            .mapToObj(i -> slopes.get(i).where(wide, other.slopes.get(i)))
                            .toList());
        }

        /** The same with memory of its own, to be overwritten by {@link #become}. */
        State copy() {
            return new State(
                    z.copy(),
                    terms.stream().map(Tensor::copy).toList(),
                    slopes.stream().map(Tensor::copy).toList());
        }

        /** Overwrites this state, so that a long run of moves needs the memory of one. */
        void become(State other) {
            z.copyInPlace(other.z);
            for (int i = 0; i < terms.size(); i++) {
                terms.get(i).copyInPlace(other.terms.get(i));
                slopes.get(i).copyInPlace(other.slopes.get(i));
            }
        }

        State keep(Scope scope) {
            scope.keep(z);
            terms.forEach(scope::keep);
            slopes.forEach(scope::keep);
            return this;
        }
    }

    /**
     * A state with its momentum.
     *
     * @param momentum {@code [C, B, D]}
     */
    public record Phase(State state, Tensor momentum) {}

    /**
     * What a move led to.
     *
     * @param acceptance the mean over a datum's chains of the probability that its proposal was accepted with, {@code [B]}
     */
    public record Move(State state, double[] acceptance) {}

    /**
     * Chains with the step that they were tuned to.
     *
     * @param steps one for each datum, {@code [B]}
     */
    public record Tuned(State state, double[] steps) {}

    /** The state of chains at z {@code [C, B, D]}. */
    public State at(Tensor z) {
        try (Scope scope = new Scope()) {
            Tensor leaf = z.requiresGradient();
            List<Tensor> terms = target.terms(leaf);
            List<Tensor> slopes = new ArrayList<>();
            for (int i = 0; i < terms.size(); i++) {
                // each term is of its own chain and datum alone, so one gradient of their sum holds all gradients
                slopes.add(Autograd.gradient(terms.get(i).sum(), List.of(leaf), i + 1 < terms.size())
                        .get(0));
            }
            return new State(leaf.detach(), terms.stream().map(Tensor::detach).toList(), slopes).keep(scope);
        }
    }

    /**
     * Follows the Hamiltonian flow by the leapfrog scheme, which is reversible and preserves volume.
     *
     * @param from a state and its momentum
     * @param step ε, broadcast against {@code [C, B, D]}
     * @param weights of the terms
     */
    public Phase integrate(Phase from, Tensor step, double... weights) {
        try (Scope scope = new Scope()) {
            State state = from.state();
            Tensor half = step.mul(0.5);
            Tensor momentum = from.momentum().add(half.mul(state.slope(weights)));
            for (int i = 1; i <= leapfrogs; i++) {
                try (Scope inner = new Scope()) {
                    state = at(state.z().add(step.mul(momentum))).keep(inner);
                    Tensor kick = i < leapfrogs ? step : half;
                    momentum = inner.keep(momentum.add(kick.mul(state.slope(weights))));
                }
            }
            return new Phase(state.keep(scope), scope.keep(momentum));
        }
    }

    /**
     * Moves each chain once, by a trajectory that the rule of Metropolis accepts or rejects; a proposal whose energy is not
     * a number is rejected. Leaves the density invariant.
     *
     * @param from where the chains are
     * @param steps ε of each datum, {@code [B]}
     * @param noise of the move
     * @param weights of the terms
     */
    public Move move(State from, double[] steps, Generator noise, double... weights) {
        try (Scope scope = new Scope()) {
            Tensor z = from.z();
            Tensor momentum = noise.split("momentum").rows(rows).normal(z.dtype(), z.device(), z.shape());
            Tensor uniform =
                    noise.split("uniform").rows(rows).uniform(z.dtype(), z.device(), z.size(0), rows.length, 2);
            Tensor step = Tensor.of(steps, z.device(), rows.length, 1)
                    .to(z.dtype())
                    .mul(uniform.narrow(-1, 0, 1).mul(2 * JITTER).add(1 - JITTER));
            Phase end = integrate(new Phase(from, momentum), step, weights);
            Tensor gain = energy(new Phase(from, momentum), weights).sub(energy(end, weights));
            Tensor accepted = uniform.select(-1, 1).log().lessThan(gain);
            return new Move(end.state().where(accepted, from).keep(scope), probabilities(gain.toDoubles()));
        }
    }

    /** The Hamiltonian ½|p|² − Σ wᵢ ℓᵢ(z), {@code [C, B]}. */
    static Tensor energy(Phase phase, double... weights) {
        return phase.momentum().square().sum(-1).mul(0.5).sub(phase.state().logDensity(weights));
    }

    private double[] probabilities(double[] gain) {
        double[] acceptance = new double[rows.length];
        for (int i = 0; i < gain.length; i++) {
            acceptance[i % rows.length] += Double.isNaN(gain[i]) ? 0 : Math.min(1, Math.exp(gain[i]));
        }
        for (int b = 0; b < rows.length; b++) {
            acceptance[b] *= (double) rows.length / gain.length;
        }
        return acceptance;
    }

    /**
     * Moves the chains while it looks for the step of each datum at which its proposals are accepted at a rate: by factors
     * of two at first, then ever more finely. Such moves do not leave the density invariant; moves with the steps that are
     * found, which are constants, do.
     *
     * @param from where the chains are
     * @param steps to start from, {@code [B]}
     * @param acceptance the rate, between 0 and 1
     * @param moves how many
     * @param noise of the moves
     * @param weights of the terms
     */
    public Tuned tune(State from, double[] steps, double acceptance, int moves, Generator noise, double... weights) {
        try (Scope scope = new Scope()) {
            State state = from.copy();
            double[] now = steps.clone();
            double[] logs = new double[now.length];
            int search = moves / 4;
            int settled = moves / 2;
            for (int i = 0; i < moves; i++) {
                try (Scope each = new Scope()) {
                    Move move = move(state, now, noise.split(i), weights);
                    state.become(move.state());
                    if (i < search) {
                        search(now, move.acceptance(), acceptance);
                    } else {
                        adapt(now, move.acceptance(), acceptance, Math.pow(1 + i - search, -0.6));
                    }
                }
                for (int b = 0; b < now.length && i >= settled; b++) {
                    logs[b] += Math.log(now[b]) / (moves - settled);
                }
            }
            double[] tuned = Arrays.stream(logs).map(Math::exp).toArray();
            return new Tuned(state.keep(scope), tuned);
        }
    }

    private static void search(double[] steps, double[] seen, double wanted) {
        for (int b = 0; b < steps.length; b++) {
            steps[b] *= seen[b] > wanted ? 2 : 0.5;
        }
    }

    /** Robbins and Monro's recursion on log ε. */
    static void adapt(double[] steps, double[] seen, double wanted, double rate) {
        for (int b = 0; b < steps.length; b++) {
            steps[b] *= Math.exp(rate * (seen[b] - wanted));
        }
    }
}
