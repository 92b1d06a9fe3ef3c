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
import jensen.model.Chained;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.FlowFamily;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.Reading;
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
                "usual", "jensen train mnist", training(new Family.Normal(), new Prior.StandardNormal(LATENT), LATENT));
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
        posterior(all, "mixture:5", new CorrelatedFamily.NormalMixture(5));
        for (FlowFamily flow : List.of(
                new FlowFamily.Planar(MAPS),
                new FlowFamily.Autoregressive(MAPS, MASKED),
                new FlowFamily.Sylvester(MAPS, 8))) {
            String name = flow.name().replaceFirst("-flow:", ":").replace("autoregressive", "iaf");
            posterior(all, "flow:" + name, flow);
        }
        all.add(new Choice("posterior", "--latent 20,10 --hidden 500/100", layers()));
        all.add(new Choice("posterior", "--posterior bernoulli --latent 8", bits()));
        Family classes = new CorrelatedFamily.OneHot(4);
        all.add(new Choice(
                "posterior",
                "--posterior categorical:4 --latent 4",
                training(classes, new Prior.Discrete(classes, 16, false), 16)));
    }

    /** 2⁸ values of z. */
    private static Training bits() {
        Family bits = new Family.Bernoulli();
        return training(bits, new Prior.Discrete(bits, 8, false), 8);
    }

    private static Training layers() {
        Family normal = new Family.Normal();
        Head upper = new Head(new Mlp(LATENT, List.of(100), 20, Activation.TANH), normal, 10);
        Head lower = new Head(new Mlp(10, List.of(100), 2 * LATENT, Activation.TANH), normal, LATENT);
        Prior prior = new Prior.Chained(new Prior.StandardNormal(10), lower);
        Training one = first().training();
        return Training.of(
                        new Model(prior, new Reading(one.model().likelihood(), LATENT + 10)),
                        new Amortised(new Chained(encoder(normal, LATENT), upper)),
                        one.encoding())
                .with(new Objective(Elbo.sampled(), new Pathwise(), 1));
    }

    private static void posterior(List<Choice> all, String name, Family q) {
        all.add(new Choice("posterior", "--posterior " + name, training(q, new Prior.StandardNormal(LATENT), LATENT)));
    }

    private static void addPriors(List<Choice> all) {
        Family q = new Family.Normal();
        all.add(new Choice("prior", "--prior normal", training(q, new Prior.StandardNormal(LATENT), LATENT)));
        all.add(new Choice("prior", "--prior mixture:10", training(q, new Prior.Mixture(LATENT, 10), LATENT)));
        all.add(new Choice("prior", "--prior flow:4", training(q, new Prior.Flow(LATENT, MAPS, MASKED), LATENT)));
        all.add(new Choice(
                "prior", "--prior vamp:500", training(q, new Prior.Vamp(encoder(q, LATENT), 500, true), LATENT)));
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
            boolean discrete = gradient.refuses(new Family.Normal(), LATENT).isPresent();
            Training t = (discrete ? bits() : first().training()).with(new Objective(bound, gradient, FEW));
            all.add(new Choice("gradient", discrete ? option + " --posterior bernoulli --latent 8" : option, t));
        }
    }

    private static void addGuides(List<Choice> all, int rows) {
        Head encoder = encoder(new Family.Normal(), LATENT);
        Refinement few = new Refinement(20, 4, 0.03);
        guide(all, "amortised", new Amortised(encoder));
        guide(all, "semi-amortised:20", new SemiAmortised(encoder, few));
        guide(all, "per-datum", new PerDatum(encoder.family(), LATENT, rows, few));
    }

    private static void guide(List<Choice> all, String name, Guide guide) {
        Training usual = first().training();
        all.add(new Choice("inference", "--inference " + name, Training.of(usual.model(), guide, usual.encoding())));
    }

    private static Training training(Family q, Prior prior, int latent) {
        Head decoder = new Head(new Mlp(latent, List.of(500), PIXELS, Activation.TANH), new Family.Bernoulli(), PIXELS);
        Training t =
                Training.of(new Model(prior, decoder), new Amortised(encoder(q, latent)), new Encoding.Binarised());
        boolean closed = prior instanceof Prior.Discrete
                || (prior instanceof Prior.StandardNormal
                        && !(q instanceof FlowFamily || q instanceof CorrelatedFamily.NormalMixture));
        return closed ? t : t.with(new Objective(Elbo.sampled(), new Pathwise(), 1));
    }

    private static Head encoder(Family q, int latent) {
        return new Head(new Mlp(PIXELS, List.of(500), q.outputs(latent), Activation.TANH), q, latent);
    }
}
