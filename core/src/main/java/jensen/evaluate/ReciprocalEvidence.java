package jensen.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.data.Dataset;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * log p(x) by the estimator of the paper's appendix D: Hamiltonian chains draw z from the posterior, a normal density q(z)
 * with full covariance is fitted to the first half of the draws, and 1/p(x) is the mean over the other half of
 * q(z)/(p(z) p(x|z)).
 *
 * <p>Its weakness: where q has heavier tails than the posterior, draws that would make the mean right are hardly ever made,
 * the variance of the mean can be infinite, the estimate of p(x) is too high and its standard error does not show it. The
 * more dimensions, the more such directions and the worse the fit, which is why the paper keeps it to fewer than 5. It is
 * here for comparison with the paper; {@link AnnealedImportance} has no such limit. Chains start from q(z|x).
 *
 * @param chains C, at least 2: the standard error is that of independent chains
 * @param draws of each chain, an even number, half of them for the fit
 * @param leapfrogs L, the steps of a trajectory
 * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling 2013, arXiv 1312.6114, appendix D</a>
 */
public record ReciprocalEvidence(int chains, int draws, int leapfrogs) implements EvidenceMethod {
    /** The rate of accepted proposals that steps are tuned to, as the paper has it for its chains (appendix E). */
    private static final double ACCEPTANCE = 0.9;

    private static final int TUNING = 100;

    /**
     * @throws IllegalArgumentException if {@code chains < 2}, or {@code draws} is odd or not positive, or {@code leapfrogs}
     *     is not positive
     */
    public ReciprocalEvidence {
        if (chains < 2) {
            throw new IllegalArgumentException("chains must be ≥ 2, was " + chains);
        }
        if (draws < 2 || draws % 2 != 0) {
            throw new IllegalArgumentException("draws must be even and ≥ 2, was " + draws);
        }
        if (leapfrogs < 1) {
            throw new IllegalArgumentException("leapfrogs must be ≥ 1, was " + leapfrogs);
        }
    }

    @Override
    public String name() {
        return "reciprocal";
    }

    /** @throws IllegalArgumentException if there are too few draws to fit a covariance to, or no chain of a datum moves */
    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        evaluator.requireReal("a Hamiltonian chain");
        int latent = evaluator.model().prior().latent();
        if (chains * (draws / 2) <= latent) {
            throw new IllegalArgumentException("chains × draws / 2 must be > " + latent
                    + ", the latent dimensions, for a covariance; was " + chains * (draws / 2));
        }
        Generator noise = evaluator.rng().split("reciprocal");
        return AnnealedImportance.blocks(rows, chains, evaluator.threads(), done, block -> {
            Chains at = Chains.of(evaluator, data, block, chains);
            List<Draws> drawn = draw(at, noise);
            return IntStream.range(0, block.length)
                    .mapToObj(b -> evidence(block[b], drawn.get(b)))
                    .toList();
        });
    }

    /**
     * Draws of one datum, chain by chain.
     *
     * @param z {@code [C][draws · D]}
     * @param logJoint log p(x, z), {@code [C][draws]}
     */
    private record Draws(double[][] z, double[][] logJoint) {}

    private List<Draws> draw(Chains at, Generator noise) {
        AnnealedImportance.Start start = AnnealedImportance.Start.POSTERIOR;
        Hmc hmc = new Hmc(at.target(at.start(start)), at.rows(), leapfrogs);
        double[] first = new double[at.rows().length];
        Arrays.fill(first, 0.1);
        Hmc.State begin = hmc.at(at.draw(start, noise.split("start")));
        Hmc.Tuned tuned = hmc.tune(begin, first, ACCEPTANCE, TUNING, noise.split("tune"), 1, 1);
        Hmc.State state = tuned.state();
        int latent = Math.toIntExact(state.z().size(-1));
        List<Draws> drawn = Stream.generate(
                        () -> new Draws(new double[chains][draws * latent], new double[chains][draws]))
                .limit(first.length)
                .toList();
        for (int i = 0; i < draws; i++) {
            try (Scope each = new Scope()) {
                state.become(
                        hmc.move(state, tuned.steps(), noise.split(i), 1, 1).state());
                double[] z = state.z().toDoubles();
                double[] logJoint = state.logDensity(1, 1).toDoubles();
                for (int n = 0; n < logJoint.length; n++) {
                    Draws of = drawn.get(n % first.length);
                    int chain = n / first.length;
                    System.arraycopy(z, n * latent, of.z[chain], i * latent, latent);
                    of.logJoint[chain][i] = logJoint[n];
                }
            }
        }
        return drawn;
    }

    private Evidence evidence(int row, Draws drawn) {
        if (Arrays.stream(drawn.z).allMatch(this::rests)) {
            throw new IllegalArgumentException("the chains at row " + row
                    + " do not move: log p(x, z) or its gradient is not finite where q(z|x) starts them, or the step is"
                    + " too large");
        }
        double[][] logQ = logDensities(drawn.z);
        double[] perChain = new double[chains];
        for (int c = 0; c < chains; c++) {
            double[] ratios = new double[draws / 2];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = logQ[c][i] - drawn.logJoint[c][draws / 2 + i];
            }
            perChain[c] = LogMeanExp.of(ratios).value();
        }
        LogMeanExp reciprocal = LogMeanExp.of(perChain);
        long evaluations = chains * (1 + (long) leapfrogs * (TUNING + draws));
        return new Evidence(
                row, -reciprocal.value(), reciprocal.standardError(), this, evaluations, true, Optional.empty());
    }

    /** Whether all draws of a chain are the same, or none is a number. */
    private boolean rests(double... chain) {
        int latent = chain.length / draws;
        return Arrays.equals(chain, 0, chain.length - latent, chain, latent, chain.length);
    }

    /** log q of the second half of each chain's draws, {@code [C][draws/2]}, q being fitted to the first. */
    private double[][] logDensities(double[][] z) {
        try (Scope scope = new Scope()) {
            int half = draws / 2;
            int latent = z[0].length / draws;
            Tensor fitted = rows(z, 0, half * latent, latent);
            Tensor fresh = rows(z, half * latent, draws * latent, latent);
            Tensor mean = fitted.mean(0);
            Tensor spread = fitted.sub(mean);
            Tensor covariance = spread.transpose(0, 1).matmul(spread).mul(1.0 / (fitted.size(0) - 1));
            Tensor factor = covariance.cholesky();
            double[] l = factor.toDoubles();
            double constant = latent / 2.0 * Math.log(2 * Math.PI);
            for (int d = 0; d < latent; d++) {
                constant += Math.log(l[d * latent + d]);
            }
            Tensor standard = factor.solveLower(fresh.sub(mean).transpose(0, 1));
            double[] logs = standard.square().sum(0).mul(-0.5).add(-constant).toDoubles();
            return IntStream.range(0, chains)
                    .mapToObj(c -> Arrays.copyOfRange(logs, c * half, (c + 1) * half))
                    .toArray(double[][]::new);
        }
    }

    /** A part of each chain's draws, one below the other, {@code [n, D]}. */
    private static Tensor rows(double[][] z, int from, int to, int latent) {
        double[] flat = Arrays.stream(z)
                .flatMapToDouble(chain -> Arrays.stream(chain, from, to))
                .toArray();
        return Tensor.of(flat, flat.length / latent, latent);
    }
}
