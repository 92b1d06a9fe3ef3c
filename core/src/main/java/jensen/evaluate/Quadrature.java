package jensen.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import jensen.data.Dataset;
import jensen.model.LogWeights;
import jensen.tensor.Scope;

/**
 * Integrals over z for models of at most three latent dimensions, in float64: the trapezium rule on a lattice that is
 * placed and scaled as p(z|x) is, its step halved until the result settles. The stated error is the last halving's
 * effect.
 *
 * @param tolerance the error to reach, in nats
 * @param budget the most points for a datum, of which up to half are to find its mass: 1,024 at least, whatever the budget
 */
public record Quadrature(double tolerance, int budget) implements EvidenceMethod {
    /** The most latent dimensions. */
    public static final int DIMENSIONS = 3;

    /** Standard deviations on either side of a centre that a picture shows. */
    private static final double WIDTH = 4.5;

    /** The least budget that a lattice of two dimensions fits into besides what finds the mass, which else exceeds it. */
    static int smallestBudget() {
        return 3 * Joint.FIRST;
    }

    /** @throws IllegalArgumentException if {@code tolerance} or {@code budget} is not positive */
    public Quadrature {
        if (!(tolerance > 0) || budget < 1) {
            throw new IllegalArgumentException(
                    "tolerance and budget must be positive, were " + tolerance + " and " + budget);
        }
    }

    @Override
    public String name() {
        return "quadrature";
    }

    /** @throws IllegalArgumentException if the model has more than {@value #DIMENSIONS} latent dimensions */
    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return each(evaluator, data, rows, done, (row, joint) -> {
            Joint.Mass mass = mass(evaluator, row, joint);
            Lattice lattice = mass.lattice(joint, 1, budget - mass.evaluations());
            Lattice.Integral found = lattice.converge(l -> l.logIntegral(0), tolerance);
            return new Evidence(
                    row,
                    found.value(),
                    // two lattices can agree to the last bit, which rounding alone would not bring about
                    Math.max(found.error(), Math.ulp(found.value())),
                    this,
                    mass.evaluations() + lattice.size(),
                    found.reached(),
                    Optional.empty());
        });
    }

    /**
     * KL(q(z|x) ‖ p(z|x)) of each of some rows: what the bound loses. It is found without {@link #evidence} and
     * without the bound, by integrals over a lattice of its own.
     *
     * @throws IllegalArgumentException if the model has more than {@value #DIMENSIONS} latent dimensions
     */
    public List<Estimate> gap(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return each(evaluator, data, rows, done, (row, joint) -> {
            Joint.Mass around = joint.with(mass(evaluator, row, joint));
            Lattice.Integral found =
                    around.lattice(joint, 2, budget - around.evaluations()).converge(Quadrature::divergence, tolerance);
            return new Estimate(found.value(), Math.max(found.error(), Math.ulp(found.value())));
        });
    }

    /**
     * E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)) of each of some rows: the expectation as an integral over a lattice that is q's own,
     * less the divergence's closed form; where it has none, E_q[log p(x, z) − log q(z|x)] as one integral.
     *
     * @throws IllegalArgumentException if the model has more than {@value #DIMENSIONS} latent dimensions
     */
    public List<Estimate> elbo(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        return each(evaluator, data, rows, done, (row, joint) -> {
            Optional<Double> kl = joint.kl();
            Lattice.Integral found = joint.aroundPosterior(
                            kl.isPresent() ? LogWeights::logLikelihood : LogWeights::total, budget)
                    .converge(Quadrature::expectation, tolerance);
            double value = found.value() - kl.orElse(0.0);
            return new Estimate(value, Math.max(found.error(), Math.ulp(value)));
        });
    }

    /** ∫ q f, of log q and f. */
    private static double expectation(Lattice lattice) {
        double sum = 0;
        for (double[] logs : lattice.values()) {
            double q = Math.exp(logs[0] + lattice.logVolume());
            sum += q > 0 ? q * logs[1] : 0;
        }
        return sum;
    }

    /** ∫ q (log q − log p(x, z)) + log ∫ p(x, z). */
    private static double divergence(Lattice lattice) {
        double sum = 0;
        for (double[] logs : lattice.values()) {
            double q = Math.exp(logs[1] + lattice.logVolume());
            sum += q > 0 ? q * (logs[1] - logs[0]) : 0;
        }
        return sum + lattice.logIntegral(0);
    }

    /**
     * log p(z|x) of one row at some points.
     *
     * @param z {@code [n][D]}
     * @throws IllegalArgumentException if the model has more than {@value #DIMENSIONS} latent dimensions
     */
    public double[] logPosterior(Evaluator evaluator, Dataset data, int row, double[][] z) {
        double evidence =
                evidence(evaluator, data, new int[] {row}, n -> {}).get(0).value();
        double[][] logs = densities(evaluator, data, row, z);
        return Arrays.stream(logs).mapToDouble(at -> at[0] - evidence).toArray();
    }

    /** log p(x, z) and log q(z|x), {@code [n][2]}. */
    private static double[][] densities(Evaluator evaluator, Dataset data, int row, double[][] z) {
        return each(evaluator, data, new int[] {row}, n -> {}, (r, joint) -> joint.at(z))
                .get(0);
    }

    /**
     * p(z|x) of one row on a grid, for a model of one or two latent dimensions.
     *
     * @param points of the grid along each dimension
     * @throws IllegalArgumentException if the model has more latent dimensions
     */
    public PosteriorGrid posterior(Evaluator evaluator, Dataset data, int row, int points) {
        int latent = evaluator.model().prior().latent();
        if (latent > 2) {
            throw new IllegalArgumentException(
                    "the posterior is drawn for at most 2 latent dimensions, the model has " + latent);
        }
        double[][] axes = each(evaluator, data, new int[] {row}, n -> {}, (r, joint) -> {
                    Joint.Mass mass = mass(evaluator, r, joint);
                    double[] mean = joint.q().mean().toDoubles();
                    double[] deviation = joint.q().standardDeviation().toDoubles();
                    double[][] found = new double[latent][];
                    for (int d = 0; d < latent; d++) {
                        double spread = WIDTH * norm(mass.root()[d]);
                        found[d] = even(
                                Math.min(mass.centre()[d] - spread, mean[d] - WIDTH * deviation[d]),
                                Math.max(mass.centre()[d] + spread, mean[d] + WIDTH * deviation[d]),
                                points);
                    }
                    return found;
                })
                .get(0);
        return new PosteriorGrid(axes, logPosterior(evaluator, data, row, PosteriorGrid.points(axes)));
    }

    /** q(z|x) of one row where its p(z|x) is. */
    public PosteriorGrid approximation(Evaluator evaluator, Dataset data, int row, PosteriorGrid posterior) {
        double[][] logs = densities(evaluator, data, row, PosteriorGrid.points(posterior.axes()));
        return new PosteriorGrid(
                posterior.axes(), Arrays.stream(logs).mapToDouble(at -> at[1]).toArray());
    }

    private static double norm(double[] v) {
        return Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
    }

    private static double[] even(double low, double high, int points) {
        double[] axis = new double[points];
        for (int i = 0; i < points; i++) {
            axis[i] = low + (high - low) * i / (points - 1);
        }
        return axis;
    }

    private Joint.Mass mass(Evaluator evaluator, int row, Joint joint) {
        return joint.mass(evaluator.rng().split("quadrature").split(row), budget / 2);
    }

    private interface Work<T> {
        T of(int row, Joint joint);
    }

    private static <T> List<T> each(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done, Work<T> work) {
        evaluator.requireReal("quadrature");
        int latent = evaluator.model().prior().latent();
        if (latent > DIMENSIONS) {
            throw new IllegalArgumentException(
                    "quadrature serves at most " + DIMENSIONS + " latent dimensions, the model has " + latent);
        }
        Evaluator precise = evaluator.inDouble();
        return precise.blocks(rows, 1, done, part -> {
            try (Scope scope = new Scope()) {
                return List.of(work.of(part[0], Joint.of(precise, data, part[0])));
            }
        });
    }
}
