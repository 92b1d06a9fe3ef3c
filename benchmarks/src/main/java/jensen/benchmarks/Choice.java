package jensen.benchmarks;

import java.util.ArrayList;
import java.util.List;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Encoding;
import jensen.gradient.GradientEstimator;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Amortised;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.FlowFamily;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Activation;
import jensen.net.Mlp;
import jensen.train.Training;

/**
 * One choice among those that a user has, all else being usual: 784–500–20, tanh, Bernoulli, batches of 100.
 *
 * @param kind which of the choices it is
 * @param option as on the command line
 * @param training what it makes of the training
 */
record Choice(String kind, String option, Training training) {
    private static final int PIXELS = 784;
    private static final int LATENT = 20;
    private static final int MASKED = 5 * LATENT; // hidden units of a masked network, as the command takes
    private static final int MAPS = 4;
    private static final int FEW = 5;
    private static final int MANY = 50;

    /** The usual training. */
    static Choice first() {
        return new Choice(
                "usual", "jensen train mnist", training(new Family.Normal(), new Prior.StandardNormal(LATENT)));
    }

    /**
     * Every choice, the usual one first.
     *
     * @param rows of training data
     */
    static List<Choice> all(int rows) {
        List<Choice> all = new ArrayList<>(List.of(first()));
        addPosteriors(all);
        addPriors(all);
        addBounds(all);
        addEstimators(all);
        addGuides(all, rows);
        return all;
    }

    private static void addPosteriors(List<Choice> all) {
        posterior(all, "diagonal", new Family.Normal());
        posterior(all, "full", new CorrelatedFamily.FullNormal());
        posterior(all, "lowrank:5", new CorrelatedFamily.LowRankNormal(5));
        for (FlowFamily flow : List.of(
                new FlowFamily.Planar(MAPS),
                new FlowFamily.Autoregressive(MAPS, MASKED),
                new FlowFamily.Sylvester(MAPS, 8))) {
            String name = flow.name().replaceFirst("-flow:", ":").replace("autoregressive", "iaf");
            posterior(all, "flow:" + name, flow);
        }
    }

    private static void posterior(List<Choice> all, String name, Family q) {
        all.add(new Choice("posterior", "--posterior " + name, training(q, new Prior.StandardNormal(LATENT))));
    }

    private static void addPriors(List<Choice> all) {
        Family q = new Family.Normal();
        all.add(new Choice("prior", "--prior normal", training(q, new Prior.StandardNormal(LATENT))));
        all.add(new Choice("prior", "--prior mixture:10", training(q, new Prior.Mixture(LATENT, 10))));
        all.add(new Choice("prior", "--prior flow:4", training(q, new Prior.Flow(LATENT, MAPS, MASKED))));
        all.add(new Choice("prior", "--prior vamp:500", training(q, new Prior.Vamp(encoder(q), 500, true))));
    }

    private static void addBounds(List<Choice> all) {
        for (Bound bound : Bound.all()) {
            boolean elbo = bound instanceof Elbo;
            int samples = elbo ? 1 : bound instanceof ImportanceWeighted ? FEW : 2 * FEW;
            all.add(bound(bound, samples));
            if (bound instanceof ImportanceWeighted) {
                all.add(bound(bound, 2 * FEW));
                all.add(bound(bound, MANY));
            }
        }
    }

    private static Choice bound(Bound bound, int samples) {
        Objective objective = new Objective(bound, new Pathwise(), samples);
        return new Choice(
                "bound",
                "--bound " + bound.name() + " --samples " + samples,
                first().training().with(objective));
    }

    /** Each with the importance-weighted bound where that is served, so that the estimators are beside each other. */
    private static void addEstimators(List<Choice> all) {
        for (GradientEstimator gradient : GradientEstimator.all()) {
            List<Bound> bounds = List.of(new ImportanceWeighted(), Elbo.sampled());
            Bound bound = bounds.stream()
                    .filter(b -> Objective.serving(b, FEW).contains(gradient))
                    .findFirst()
                    .orElseThrow();
            String option = "--gradient " + gradient.name() + " --bound " + bound.name() + " --samples " + FEW;
            all.add(new Choice("gradient", option, first().training().with(new Objective(bound, gradient, FEW))));
        }
    }

    private static void addGuides(List<Choice> all, int rows) {
        Head encoder = encoder(new Family.Normal());
        Refinement few = new Refinement(20, 4, 0.03);
        guide(all, "amortised", new Amortised(encoder));
        guide(all, "semi-amortised:20", new SemiAmortised(encoder, few));
        guide(all, "per-datum", new PerDatum(encoder.family(), LATENT, rows, few));
    }

    private static void guide(List<Choice> all, String name, Guide guide) {
        Training usual = first().training();
        all.add(new Choice("inference", "--inference " + name, Training.of(usual.model(), guide, usual.encoding())));
    }

    private static Training training(Family q, Prior prior) {
        Head decoder = new Head(new Mlp(LATENT, List.of(500), PIXELS, Activation.TANH), new Family.Bernoulli(), PIXELS);
        Training t = Training.of(new Model(prior, decoder), new Amortised(encoder(q)), new Encoding.Binarised());
        boolean closed = prior instanceof Prior.StandardNormal && !(q instanceof FlowFamily);
        return closed ? t : t.with(new Objective(Elbo.sampled(), new Pathwise(), 1));
    }

    private static Head encoder(Family q) {
        return new Head(new Mlp(PIXELS, List.of(500), q.outputs(LATENT), Activation.TANH), q, LATENT);
    }
}
