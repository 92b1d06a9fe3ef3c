package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Kl;
import jensen.dist.MultivariateNormal;
import jensen.dist.Reparameterised;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * log p(x, z) and log q(z|x) of one datum as functions of z. It belongs to the scope in which it was made.
 *
 * @param evaluator the model and its guide
 * @param batch of the one datum
 * @param weigh the terms of log p(x, z)/q(z|x) of its draws
 * @param q q(z|x), events {@code [D]} under {@code [1]}
 * @param chunk points that are decoded at a time
 */
record Joint(
        Evaluator evaluator,
        Batch batch,
        BiFunction<Draw, Distribution, LogWeights> weigh,
        Reparameterised q,
        int chunk) {
    private static final int POPULATION = 512;
    private static final int ROUNDS = 20;

    /** The points of the first population, which looks for mass wherever it may be. */
    static final int FIRST = 2 * POPULATION;

    /** How much wider than p(z) half of the first points are spread: mass may be where p(z) has little. */
    private static final double SPREAD = 2;

    /** A population's effective size below which its weights are drawn together. */
    private static final int ENOUGH = POPULATION / 8;

    /** How much wider than its target a population is drawn, so that its weights are bounded. */
    private static final double WIDER = 1.5;

    static Joint of(Evaluator evaluator, Dataset data, int row) {
        Batch batch = evaluator.read(data, new int[] {row});
        return new Joint(
                evaluator,
                batch,
                evaluator.model().logWeights(evaluator.theta(), batch),
                Reparameterised.require(evaluator.posterior(data, batch)),
                Math.max(1, Evaluator.CHUNK / 2 / data.shape().size()));
    }

    int latent() {
        return Math.toIntExact(q.mean().size(-1));
    }

    /** log p(x, z) and log q(z|x), {@code [n][2]}, at points {@code [n][D]}. */
    double[][] at(double[][] points) {
        return at(points, w -> List.of(w.logLikelihood().add(w.logPrior()), w.logPosterior()));
    }

    private double[][] at(double[][] points, Function<LogWeights, List<Tensor>> terms) {
        double[][] logs = new double[points.length][];
        for (int from = 0; from < points.length; from += chunk) {
            int n = Math.min(chunk, points.length - from);
            double[] flat = Arrays.stream(points, from, from + n)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            try (Scope scope = new Scope()) {
                Tensor mean = q.mean();
                Tensor z = Tensor.of(flat, mean.device(), n, 1, latent()).to(mean.dtype());
                LogWeights w = weigh.apply(Draw.of(z), q);
                List<double[]> found =
                        terms.apply(w).stream().map(Tensor::toDoubles).toList();
                for (int i = 0; i < n; i++) {
                    int point = i;
                    logs[from + i] =
                            found.stream().mapToDouble(term -> term[point]).toArray();
                }
            }
        }
        return logs;
    }

    /** KL(q(z|x) ‖ p(z)) where it has a closed form. */
    Optional<Double> kl() {
        return Kl.closedForm(q, evaluator.model().prior(evaluator.theta())).map(Tensor::item);
    }

    /** A lattice that is placed and scaled as q is, with log q(z|x) and an integrand at its points. */
    Lattice aroundPosterior(Function<LogWeights, Tensor> integrand, int budget) {
        MultivariateNormal normal = normal();
        return new Lattice(
                normal.mean().toDoubles(),
                square(normal.choleskyFactor().toDoubles()),
                modes(),
                points -> at(points, w -> List.of(w.logPosterior(), integrand.apply(w))),
                1,
                budget);
    }

    /** q, or the normal of the moments of draws from it. */
    private MultivariateNormal normal() {
        return MultivariateNormal.of(q).orElseGet(() -> {
            Tensor z = draws();
            Tensor mean = z.mean(0);
            Tensor far = z.sub(mean);
            Tensor covariance = far.transpose(0, 1).matmul(far).mul(1.0 / POPULATION);
            return new MultivariateNormal(mean, covariance.cholesky());
        });
    }

    /** Points at which a q that is no normal may have modes. */
    private List<double[]> modes() {
        return MultivariateNormal.of(q).isPresent() ? List.of() : List.of(square(draws().toDoubles()));
    }

    private Tensor draws() {
        return q.sample(POPULATION, Generator.of(0)).reshape(POPULATION, latent());
    }

    /**
     * Where the mass of p(z|x) is.
     *
     * @param centre its mean, {@code [D]}
     * @param root a triangular root of its covariance, {@code [D][D]}
     * @param seeds points of considerable density
     * @param evaluations how many points were evaluated to find it
     */
    record Mass(double[] centre, double[][] root, List<double[]> seeds, int evaluations) {
        Lattice lattice(Joint joint, int densities, int budget) {
            return new Lattice(centre, root, seeds, joint::at, densities, budget);
        }
    }

    /** Where the mass of both q and p(z|x) is: q's centre, and the covariance whose inverse is the mean of their inverses. */
    Mass with(Mass posterior) {
        MultivariateNormal normal = normal();
        int d = latent();
        double[] flat =
                Arrays.stream(posterior.root()).flatMapToDouble(Arrays::stream).toArray();
        double[] precision = precision(Tensor.of(flat, d, d))
                .add(precision(Tensor.of(normal.choleskyFactor().toDoubles(), d, d)))
                .mul(0.5)
                .toDoubles();
        Tensor root = precision(Tensor.of(precision, d, d).cholesky()).cholesky();
        List<double[]> seeds = new ArrayList<>(posterior.seeds());
        seeds.addAll(modes());
        return new Mass(normal.mean().toDoubles(), square(root.toDoubles()), seeds, posterior.evaluations());
    }

    /** (L Lᵀ)⁻¹. */
    private static Tensor precision(Tensor root) {
        Tensor inverse = root.solveLower(MultivariateNormal.identity(root));
        return inverse.transpose(0, 1).matmul(inverse);
    }

    /**
     * The mass of p(z|x), found by populations of points: the first from q, the prior and the prior widened, each later one from
     * the normal that fits the one before by its importance weights. Weights that a few points dominate are first drawn
     * together by a power.
     *
     * @param budget the most points, if more than those of the first population
     * @throws ArithmeticException if log p(x, z) is finite at none of the first
     */
    Mass mass(Generator rng, int budget) {
        try (Scope scope = new Scope()) {
            List<double[]> all = new ArrayList<>();
            List<Double> densities = new ArrayList<>();
            Tensor z = first(rng);
            Population population = population(z, firstDensity(z), all, densities);
            if (densities.isEmpty()) {
                throw new ArithmeticException("log p(x, z) is not finite anywhere at row " + batch.index()[0]);
            }
            int evaluations = FIRST;
            for (int round = 0;
                    round < ROUNDS && !population.settled() && evaluations + POPULATION <= budget;
                    round++) {
                evaluations += POPULATION;
                try (Scope inner = new Scope()) {
                    MultivariateNormal proposal = population.normal(WIDER, z);
                    Tensor drawn = proposal.sample(POPULATION, rng.split(round));
                    population = population(drawn, proposal.logProb(drawn).toDoubles(), all, densities);
                }
            }
            double max = densities.stream().mapToDouble(d -> d).max().orElseThrow();
            List<double[]> seeds = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if (densities.get(i) > max - 20) {
                    seeds.add(all.get(i));
                }
            }
            return new Mass(
                    population.mean,
                    square(population.normal(1, z).choleskyFactor().toDoubles()),
                    seeds,
                    evaluations);
        }
    }

    /**
     * The mean and the covariance of p(z|x) from a coarse lattice, which also has what is far from where populations settle; those
     * of the mass where the budget of points is too small for it. Each point stands for its cell, whose own covariance is
     * added.
     */
    Mass survey(Mass mass, int budget) {
        Lattice lattice = mass.lattice(this, 1, budget);
        boolean done = lattice.refine();
        int evaluations = mass.evaluations() + lattice.size();
        if (!done) {
            return new Mass(mass.centre(), mass.root(), mass.seeds(), evaluations);
        }
        double[] logs = lattice.values().stream().mapToDouble(l -> l[0]).toArray();
        Population all = Population.moments(lattice.places(), logs, true);
        for (int i = 0; i < latent(); i++) {
            for (int j = 0; j < latent(); j++) {
                for (int k = 0; k < latent(); k++) {
                    all.covariance[i * latent() + j] += mass.root()[i][k] * mass.root()[j][k] / 12;
                }
            }
        }
        try (Scope scope = new Scope()) {
            Tensor like = Tensor.of(mass.centre(), latent());
            double[] root = all.normal(1, like).choleskyFactor().toDoubles();
            return new Mass(all.mean, square(root), mass.seeds(), evaluations);
        }
    }

    /** A quarter of the points from q, a quarter from p(z) and half from p(z) widened, {@code [n, D]}. */
    private Tensor first(Generator rng) {
        Distribution prior = prior();
        Tensor centre = prior.mean();
        Tensor wide = prior.sample(FIRST / 2, rng.split("wide"))
                .sub(centre)
                .mul(SPREAD)
                .add(centre);
        return Tensor.concat(
                List.of(
                        q.sample(FIRST / 4, rng.split("q")).reshape(-1, latent()),
                        prior.sample(FIRST / 4, rng.split("prior")).reshape(-1, latent()),
                        wide.reshape(-1, latent())),
                0);
    }

    /** The logarithm of the density that the first points are drawn from; a q that is no distribution has no part in it. */
    private double[] firstDensity(Tensor z) {
        Distribution prior = prior();
        Tensor centre = prior.mean();
        double[] wide = prior.logProb(z.sub(centre).mul(1 / SPREAD).add(centre)).toDoubles();
        double[] narrow = prior.logProb(z).toDoubles();
        double[] own = q.logProb(z).toDoubles();
        double[] density = new double[wide.length];
        for (int i = 0; i < density.length; i++) {
            double covering = logSum(wide[i] - latent() * Math.log(SPREAD) - Math.log(2), narrow[i] - Math.log(4));
            density[i] = Double.isFinite(own[i]) ? logSum(covering, own[i] - Math.log(4)) : covering;
        }
        return density;
    }

    private Distribution prior() {
        return evaluator.model().prior(evaluator.theta());
    }

    /** log(eᵃ + eᵇ) */
    private static double logSum(double a, double b) {
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }

    private Population population(Tensor z, double[] proposed, List<double[]> all, List<Double> densities) {
        double[] flat = z.toDoubles();
        int d = latent();
        double[][] points = new double[flat.length / d][];
        for (int i = 0; i < points.length; i++) {
            points[i] = Arrays.copyOfRange(flat, i * d, (i + 1) * d);
        }
        double[][] logs = at(points);
        double[] logWeights = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            // a q of infinite extent draws points that are none, which have no weight
            boolean number = Double.isFinite(logs[i][0]) && Double.isFinite(proposed[i]);
            logWeights[i] = number ? logs[i][0] - proposed[i] : Double.NEGATIVE_INFINITY;
            if (number) {
                all.add(points[i]);
                densities.add(logs[i][0]);
            }
        }
        return Population.of(points, logWeights);
    }

    private double[][] square(double[] flat) {
        int d = latent();
        double[][] rows = new double[flat.length / d][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * d, (i + 1) * d);
        }
        return rows;
    }

    /** The first two moments of weighted points, and whether the weights were fit to be used as they are. */
    private record Population(double[] mean, double[] covariance, boolean settled) {
        static Population of(double[][] points, double[] logWeights) {
            double power = 1;
            boolean settled = LogMeanExp.effectiveSamples(logWeights) >= 2 * ENOUGH;
            double[] tempered = logWeights;
            while (LogMeanExp.effectiveSamples(tempered) < ENOUGH && power > 1e-6) {
                power *= 0.7;
                double p = power;
                tempered = Arrays.stream(logWeights).map(w -> w * p).toArray();
            }
            return moments(points, tempered, settled);
        }

        private static Population moments(double[][] points, double[] logWeights, boolean settled) {
            int d = points[0].length;
            double max = Arrays.stream(logWeights).max().orElseThrow();
            double[] mean = new double[d];
            double[] covariance = new double[d * d];
            double total = 0;
            for (int k = 0; k < points.length; k++) {
                double w = Math.exp(logWeights[k] - max);
                total += w;
                for (int i = 0; w > 0 && i < d; i++) {
                    mean[i] += w * points[k][i];
                }
            }
            for (int i = 0; i < d; i++) {
                mean[i] /= total;
            }
            for (int k = 0; k < points.length; k++) {
                double w = Math.exp(logWeights[k] - max) / total;
                for (int i = 0; w > 0 && i < d; i++) {
                    for (int j = 0; j < d; j++) {
                        covariance[i * d + j] += w * (points[k][i] - mean[i]) * (points[k][j] - mean[j]);
                    }
                }
            }
            return new Population(mean, covariance, settled);
        }

        /** The normal of these moments, its deviations multiplied by a factor. */
        MultivariateNormal normal(double factor, Tensor like) {
            int d = mean.length;
            Tensor root = Tensor.of(covariance, d, d).cholesky().mul(factor);
            return new MultivariateNormal(
                    Tensor.of(mean, like.device(), d).to(like.dtype()),
                    root.to(like.device()).to(like.dtype()));
        }
    }
}
