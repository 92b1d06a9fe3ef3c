package jensen.evaluate;

import java.util.Arrays;
import java.util.List;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.MultivariateNormal;
import jensen.dist.Reparameterised;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.Refinement;
import jensen.net.Parameters;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * Normal distributions that fit p(z|x) of some data. In up to {@value Quadrature#DIMENSIONS} dimensions each has the mean and
 * the covariance of p(z|x), wherever under p(z) or q(z|x) its mass is; in more, each is climbed to on the datum's own bound
 * from q(z|x), and so finds the mass that q is near.
 *
 * @param mean {@code [n][D]}
 * @param root lower-triangular roots of the covariances, {@code [n][D²]}
 * @param evaluations of p(x|z) that each took, {@code [n]}
 */
record PosteriorFit(double[][] mean, double[][] root, int[] evaluations) {
    /** With more latent dimensions than these the correlations are too many to fit. */
    private static final int CORRELATED = 64;

    /** The most points that a search looks at. */
    private static final int SEARCH = 16_384;

    /** On a model of digits with 20 latent dimensions, 30 % of the draws from a mixture with what it finds then count. */
    private static final Refinement CLIMB = new Refinement(200, 8, 0.03);

    /** Whether a fit finds p(z|x) wherever it is, and not only near q(z|x). */
    static boolean searches(int latent) {
        return latent <= Quadrature.DIMENSIONS;
    }

    /** The most evaluations that a fit to a datum takes where there are so many for fit and draws; 0 where they are too few. */
    static int allowance(int latent, int budget) {
        if (searches(latent)) {
            int most = Math.min(SEARCH, budget / 3 * 2);
            return most / 2 < Joint.FIRST ? 0 : most;
        }
        int all = CLIMB.steps() * CLIMB.samples();
        return budget < all ? 0 : all;
    }

    /**
     * Fits.
     *
     * @param allowance the most evaluations for a datum
     */
    static PosteriorFit of(Evaluator e, Dataset data, int[] rows, int allowance) {
        return searches(e.model().prior().latent()) ? search(e, data, rows, allowance) : climb(e, data, rows);
    }

    private static PosteriorFit search(Evaluator e, Dataset data, int[] rows, int allowance) {
        PosteriorFit found =
                new PosteriorFit(new double[rows.length][], new double[rows.length][], new int[rows.length]);
        for (int i = 0; i < rows.length; i++) {
            try (Scope scope = new Scope()) {
                Joint joint = Joint.of(e, data, rows[i]);
                Joint.Mass rough = joint.mass(e.rng().split("fit").split(rows[i]), allowance / 2);
                Joint.Mass mass = joint.survey(rough, allowance - rough.evaluations());
                found.mean[i] = mass.centre();
                found.root[i] = Arrays.stream(mass.root())
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
                found.evaluations[i] = mass.evaluations();
            }
        }
        return found;
    }

    private static PosteriorFit climb(Evaluator e, Dataset data, int[] rows) {
        try (Scope scope = new Scope()) {
            Batch batch = e.read(data, rows);
            Reparameterised q = Reparameterised.require(e.posterior(data, batch));
            int d = e.model().prior().latent();
            boolean correlated = d <= CORRELATED;
            Family family = correlated ? new CorrelatedFamily.FullNormal() : new Family.Normal();
            Tensor deviation = q.standardDeviation().log();
            List<Tensor> start = correlated
                    ? List.of(
                            q.mean(),
                            deviation,
                            Tensor.zeros(deviation.dtype(), deviation.device(), rows.length, (long) d * (d - 1) / 2))
                    : List.of(q.mean(), deviation.mul(2));
            // these families have no parameters of their own
            Parameters none = e.phi();
            Tensor end = CLIMB.climb(
                    e.model(),
                    e.theta(),
                    batch,
                    Tensor.concat(start, -1),
                    outputs -> family.of(none, outputs, d),
                    e.rng().split("fit"));
            MultivariateNormal fit =
                    MultivariateNormal.of(family.of(none, end, d)).orElseThrow();
            PosteriorFit found =
                    new PosteriorFit(new double[rows.length][], new double[rows.length][], new int[rows.length]);
            Evaluator.split(fit.mean(), found.mean, 0);
            Evaluator.split(fit.choleskyFactor().reshape(rows.length, (long) d * d), found.root, 0);
            Arrays.fill(found.evaluations, CLIMB.steps() * CLIMB.samples());
            return found;
        }
    }

    /** Those of some of the data, of the type and on the device of {@code like}. */
    MultivariateNormal normal(int[] places, Distribution like) {
        int d = mean[0].length;
        Tensor of = like.mean();
        return new MultivariateNormal(
                tensor(mean, places, of).reshape(places.length, d),
                tensor(root, places, of).reshape(places.length, d, d));
    }

    private static Tensor tensor(double[][] values, int[] places, Tensor like) {
        double[] flat = Arrays.stream(places)
                .mapToObj(i -> values[i])
                .flatMapToDouble(Arrays::stream)
                .toArray();
        return Tensor.of(flat, like.device(), flat.length).to(like.dtype());
    }
}
