package jensen.gradient;

import java.util.List;
import jensen.net.Parameters;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * How far the gradient of an objective stands out of its own noise: |E[g]| / sd[g] of each parameter's gradient g on one batch,
 * over repetitions with fresh draws, and of that the mean over the parameters of a group. Parameters whose gradient is always the
 * same, 0 or another number, are left out: it has no noise.
 *
 * @param theta of the model's parameters; NaN where no gradient has noise
 * @param phi of the guide's
 * @param repetitions R
 * @see <a href="https://arxiv.org/abs/1802.04537">Rainforth et al. 2018, arXiv 1802.04537, eq. 5</a>
 */
public record SignalToNoise(double theta, double phi, int repetitions) {
    /**
     * Measures it.
     *
     * @param objective what is climbed
     * @param weight what the divergence counts in it, as at the end of training
     * @param target a batch, and where θ and φ stand
     * @param rows N, the size of the data set that the batch is from
     * @param repetitions R
     * @throws IllegalArgumentException for fewer than two repetitions, which have no standard deviation
     */
    public static SignalToNoise of(
            Objective objective, KlWeight weight, Target.OfBatch target, int rows, int repetitions, Generator rng) {
        if (repetitions < 2) {
            throw new IllegalArgumentException("repetitions must be ≥ 2, was " + repetitions);
        }
        Spread theta = new Spread(target.theta());
        Spread phi = new Spread(target.phi());
        int[] index = target.batch().index();
        for (int r = 0; r < repetitions; r++) {
            try (Scope scope = new Scope()) {
                Estimate e = weight.estimate(
                        target, objective, weight.settled(), rows, rng.split(r).rows(index));
                theta.add(Autograd.gradient(e.forTheta().mean(), theta.leaves, true));
                phi.add(Autograd.gradient(e.forPhi().mean(), phi.leaves));
            }
        }
        return new SignalToNoise(theta.ratio(), phi.ratio(), repetitions);
    }

    /** What the estimate of the ratio is expected to be where there is no signal at all: √(2/πR). */
    public double ofPureNoise() {
        return Math.sqrt(2 / (Math.PI * repetitions));
    }

    /** Mean and squared deviations of each parameter's gradient, by Welford's recurrence. */
    private static final class Spread {
        final List<Tensor> leaves;
        private final double[] mean;
        private final double[] squares;
        private int count;

        Spread(Parameters parameters) {
            leaves = parameters.leaves();
            mean = new double[Math.toIntExact(parameters.count())];
            squares = new double[mean.length];
        }

        void add(List<Tensor> gradients) {
            count++;
            int i = 0;
            for (Tensor gradient : gradients) {
                for (double g : gradient.toDoubles()) {
                    double delta = g - mean[i];
                    mean[i] += delta / count;
                    squares[i] += delta * (g - mean[i]);
                    i++;
                }
            }
        }

        double ratio() {
            double sum = 0;
            int parts = 0;
            for (int i = 0; i < mean.length; i++) {
                if (squares[i] != 0) {
                    sum += Math.abs(mean[i]) / Math.sqrt(squares[i] / (count - 1));
                    parts++;
                }
            }
            return parts == 0 ? Double.NaN : sum / parts;
        }
    }
}
