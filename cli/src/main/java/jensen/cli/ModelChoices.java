package jensen.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleFunction;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.FlowFamily;
import jensen.model.Head;
import jensen.model.Prior;

/** The names on the command line of what q(z|x) and p(z) can be. */
final class ModelChoices {
    /** Maps in a flow that does not say how many. */
    private static final int LENGTH = 4;

    private ModelChoices() {}

    static Choices.Posterior posterior(String text) {
        if (text.startsWith("flow:")) {
            Map<String, DoubleFunction<Choices.Posterior>> flows = new LinkedHashMap<>();
            flows.put("planar", none -> latent -> new FlowFamily.Planar(LENGTH));
            flows.put("planar:T", t -> Choices.whole(t, n -> latent -> new FlowFamily.Planar(n)));
            flows.put("iaf", none -> latent -> new FlowFamily.Autoregressive(LENGTH, hidden(latent)));
            flows.put("iaf:T", t -> Choices.whole(t, n -> latent -> new FlowFamily.Autoregressive(n, hidden(latent))));
            flows.put("sylvester", none -> latent -> new FlowFamily.Sylvester(LENGTH, columns(latent)));
            flows.put(
                    "sylvester:T", t -> Choices.whole(t, n -> latent -> new FlowFamily.Sylvester(n, columns(latent))));
            return Choices.withNumber(text.substring("flow:".length()), flows);
        }
        Map<String, DoubleFunction<Choices.Posterior>> posteriors = new LinkedHashMap<>();
        posteriors.put("diagonal", none -> latent -> new Family.Normal());
        posteriors.put("full", none -> latent -> new CorrelatedFamily.FullNormal());
        posteriors.put("lowrank:R", r -> Choices.whole(r, n -> latent -> lowRank(n, latent)));
        posteriors.put("mixture:M", m -> Choices.whole(m, n -> latent -> new CorrelatedFamily.NormalMixture(n)));
        posteriors.put("bernoulli", none -> latent -> new Family.Bernoulli());
        posteriors.put("categorical:C", c -> Choices.whole(c, n -> of(new CorrelatedFamily.OneHot(n))));
        posteriors.put("flow:planar", none -> latent -> new FlowFamily.Planar(LENGTH));
        posteriors.put("flow:iaf", none -> latent -> new FlowFamily.Autoregressive(LENGTH, hidden(latent)));
        posteriors.put("flow:sylvester", none -> latent -> new FlowFamily.Sylvester(LENGTH, columns(latent)));
        return Choices.withNumber(text, posteriors);
    }

    /** @throws IllegalArgumentException if the rank is above that of any covariance */
    private static Family lowRank(int rank, int latent) {
        if (rank > latent) {
            throw new IllegalArgumentException("--posterior lowrank: expected a rank of at most the " + latent
                    + " of --latent, found " + rank + "; full has every covariance");
        }
        return new CorrelatedFamily.LowRankNormal(rank);
    }

    private static Choices.Posterior of(Family family) {
        return latent -> family;
    }

    static Choices.PriorOf prior(String text) {
        Map<String, DoubleFunction<Choices.PriorOf>> priors = new LinkedHashMap<>();
        priors.put("normal", none -> (encoder, unit) -> new Prior.StandardNormal(encoder.event()));
        priors.put("mixture:M", m -> Choices.whole(m, n -> (encoder, unit) -> new Prior.Mixture(encoder.event(), n)));
        priors.put("vamp:K", k -> Choices.whole(k, n -> (encoder, unit) -> new Prior.Vamp(encoder, n, unit)));
        priors.put("flow", none -> (encoder, unit) -> flow(LENGTH, encoder.event()));
        priors.put("flow:T", t -> Choices.whole(t, n -> (encoder, unit) -> flow(n, encoder.event())));
        priors.put("uniform", none -> (encoder, unit) -> discrete(encoder, false));
        priors.put("learned", none -> (encoder, unit) -> discrete(encoder, true));
        return Choices.withNumber(text, priors);
    }

    /** @throws IllegalArgumentException if q is not discrete */
    private static Prior discrete(Head encoder, boolean learned) {
        if (!encoder.family().discrete()) {
            throw new IllegalArgumentException(
                    "--prior %s: is of a discrete z, as --posterior bernoulli and categorical:C"
                                    .formatted(learned ? "learned" : "uniform")
                            + " make it; for a real z expected normal, mixture:M, vamp:K or flow");
        }
        return new Prior.Discrete(encoder.family(), encoder.event(), learned);
    }

    private static Prior flow(int length, int latent) {
        return new Prior.Flow(latent, length, hidden(latent));
    }

    /** Hidden units of a masked network: as many for each latent dimension as in arXiv 1803.05649, and no fewer than 32. */
    private static int hidden(int latent) {
        return Math.max(32, 5 * latent);
    }

    private static int columns(int latent) {
        return Math.min(8, latent);
    }
}
