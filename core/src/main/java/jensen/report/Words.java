package jensen.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import jensen.bound.Bound;
import jensen.bound.Ciwae;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Miwae;
import jensen.bound.Piwae;
import jensen.bound.Renyi;
import jensen.bound.Tvo;
import jensen.data.Encoding;
import jensen.experiment.Experiment;
import jensen.experiment.Provenance;
import jensen.gradient.DoublyReparameterised;
import jensen.gradient.Enumeration;
import jensen.gradient.GradientEstimator;
import jensen.gradient.GumbelSoftmax;
import jensen.gradient.KlWeight;
import jensen.gradient.Pathwise;
import jensen.gradient.ReweightedWakeSleep;
import jensen.gradient.ScoreFunction;
import jensen.gradient.StickTheLanding;
import jensen.gradient.Vimco;
import jensen.gradient.WakeSleep;
import jensen.model.Amortised;
import jensen.model.Chained;
import jensen.model.Conditional;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.Reading;
import jensen.model.SemiAmortised;
import jensen.net.Convolutional;
import jensen.net.Deconvolutional;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.optim.Adagrad;
import jensen.optim.Adam;
import jensen.optim.Optimiser;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import jensen.train.Training;

/** Experiments in words, for people. */
final class Words {
    private Words() {}

    /** A number with its thousands apart. */
    static String count(int n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** What a data set is called: its name, or the last part of its path. */
    static String fileName(String data) {
        String path = data.replaceAll("[/\\\\]+$", "");
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    static List<HtmlReport.Entry> settings(Experiment e) {
        Training t = e.training();
        List<HtmlReport.Entry> entries = new ArrayList<>();
        add(entries, "Data", e.data().name() + ", " + encoding(t.encoding()));
        add(entries, "Latent dimensions", count(t.model().prior().latent()));
        add(entries, "Prior", prior(t.model().prior()));
        add(entries, "Encoder", guide(t.guide()));
        add(entries, "Decoder", conditional(t.model().likelihood()));
        add(
                entries,
                "Bound",
                bound(t.objective().bound()) + ", " + plural(t.objective().samples(), "draw") + " of z");
        add(entries, "Gradient", gradient(t.objective().gradient()));
        add(entries, "Optimiser", optimiser(t.optimiser()));
        add(entries, "Learning rate", schedule(t.learningRate()));
        if (t.clip() > 0) {
            add(entries, "Gradient clipping", "to length " + t.clip());
        }
        klWeight(t).ifPresent(words -> add(entries, "KL weight", words));
        add(entries, "Batch", plural(t.batch(), "datum", "data") + " in " + plural(t.shards(), "shard"));
        add(
                entries,
                "Stop",
                "after " + plural(e.stop().epochs(), "epoch")
                        + patience(e.stop().patience()));
        add(entries, "Initial weights", t.initialiser().name().toLowerCase(Locale.ROOT));
        add(entries, "Precision", e.precision().name().toLowerCase(Locale.ROOT));
        add(entries, "Seed", String.valueOf(t.seed()));
        return entries;
    }

    private static Optional<String> klWeight(Training t) {
        if (t.klWeight() instanceof KlWeight.WarmUp warmUp && warmUp.epochs() > 0) {
            return Optional.of("from 0 to 1 over " + Numbers.plain(warmUp.epochs()) + " epochs");
        }
        String weighted = t.klWeight().inWords(t.objective());
        return weighted.isEmpty()
                ? Optional.empty()
                : Optional.of("what is climbed: " + weighted + "; every ELBO here has weight 1");
    }

    static List<HtmlReport.Entry> provenance(Provenance p) {
        List<HtmlReport.Entry> entries = new ArrayList<>();
        add(entries, "Jensen", p.jensen());
        add(entries, "Java", p.java());
        add(entries, "Native layer", p.nativeLayer());
        add(entries, "System", p.system());
        add(entries, "Threads", String.valueOf(p.threads()));
        add(entries, "Started", p.started());
        add(entries, "Finished", p.finished());
        add(entries, "SHA-256 of the data", p.dataSha256());
        p.sha256().forEach((file, hash) -> add(entries, "SHA-256 of " + file, hash));
        return entries;
    }

    private static void add(List<HtmlReport.Entry> entries, String name, String value) {
        entries.add(new HtmlReport.Entry(name, value));
    }

    private static String patience(int epochs) {
        return epochs == 0
                ? ""
                : ", or once " + plural(epochs, "epoch")
                        + " have not improved the validation ELBO; the best weights are kept";
    }

    private static String encoding(Encoding encoding) {
        if (encoding instanceof Encoding.Binarised) {
            return "binarised at random, anew in each epoch";
        }
        if (encoding instanceof Encoding.Unit) {
            return "scaled to [0, 1]";
        }
        if (encoding instanceof Encoding.Thresholded thresholded) {
            return "1 above " + thresholded.threshold() + ", 0 elsewhere";
        }
        if (encoding instanceof Encoding.Standardised) {
            return "standardised";
        }
        if (encoding instanceof Encoding.AsStored) {
            return "as stored";
        }
        throw wordless("encoding", encoding);
    }

    private static String prior(Prior prior) {
        if (prior instanceof Prior.Mixture m) {
            return "mixture of " + plural(m.components(), "normal");
        }
        if (prior instanceof Prior.Flow f) {
            return "flow of " + plural(f.length(), "autoregressive map");
        }
        if (prior instanceof Prior.Vamp v) {
            return "mixture of the encoder's posteriors at " + plural(v.inputs(), "learned input");
        }
        if (prior instanceof Prior.Chained c) {
            return prior(c.top()) + " of " + count(c.top().latent()) + ", then " + conditional(c.below());
        }
        if (prior instanceof Prior.Discrete d) {
            return "independent variables, " + d.family().name()
                    + (d.learned() ? ", of learned probabilities" : ", all values alike");
        }
        if (prior instanceof Prior.StandardNormal) {
            return "standard normal";
        }
        throw wordless("prior", prior);
    }

    private static String guide(Guide guide) {
        if (guide instanceof Amortised a) {
            return conditional(a.encoder());
        }
        if (guide instanceof SemiAmortised s) {
            return conditional(s.encoder()) + ", refined by " + s.refinement().steps() + " steps for each datum";
        }
        if (guide instanceof PerDatum p) {
            return "none: " + p.family().name() + ", optimised for each datum";
        }
        throw wordless("guide", guide);
    }

    private static String conditional(Conditional conditional) {
        if (conditional instanceof Head head) {
            return network(head.net()) + ", " + head.family().name();
        }
        if (conditional instanceof Chained c) {
            return conditional(c.first()) + "; then " + conditional(c.then());
        }
        return conditional instanceof Reading r ? conditional(r.of()) : conditional.toString();
    }

    private static String network(Network network) {
        if (network instanceof Mlp m) {
            return m.inputs() + lengths(m.hidden()) + " → " + m.outputs() + ", " + lower(m.activation());
        }
        if (network instanceof Convolutional c) {
            return "%s×%s×%s → convolutions %s%s → %s, %s"
                    .formatted(
                            c.channels(),
                            c.height(),
                            c.width(),
                            joined(c.filters()),
                            lengths(c.hidden()),
                            c.outputs(),
                            lower(c.activation()));
        }
        Deconvolutional d = (Deconvolutional) network;
        return "%s%s → transposed convolutions %s → %s×%s×%s, %s"
                .formatted(
                        d.inputs(),
                        lengths(d.hidden()),
                        joined(d.filters()),
                        d.perPixel() * d.channels(),
                        d.height(),
                        d.width(),
                        lower(d.activation()));
    }

    private static String lengths(List<Integer> hidden) {
        return hidden.stream().map(h -> " → " + h).collect(Collectors.joining());
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    static String bound(Bound bound) {
        if (bound instanceof Elbo elbo) {
            return elbo.kl() == Elbo.KlForm.ANALYTIC ? "ELBO with the KL in closed form" : "ELBO with the KL by draws";
        }
        if (bound instanceof Renyi renyi) {
            return "Rényi bound, α " + renyi.alpha();
        }
        if (bound instanceof Miwae miwae) {
            return "mean of " + miwae.groups() + " importance-weighted bounds";
        }
        if (bound instanceof Piwae piwae) {
            return "importance-weighted bound, for φ the mean of " + piwae.groups();
        }
        if (bound instanceof Ciwae ciwae) {
            return "%s ELBO + %s importance-weighted bound".formatted(ciwae.beta(), 1 - ciwae.beta());
        }
        if (bound instanceof Tvo tvo) {
            return "thermodynamic bound of " + tvo.intervals() + " intervals";
        }
        if (bound instanceof ImportanceWeighted) {
            return "importance-weighted bound";
        }
        throw wordless("bound", bound);
    }

    static String gradient(GradientEstimator gradient) {
        if (gradient instanceof StickTheLanding) {
            return "through the draws, without the score of q";
        }
        if (gradient instanceof DoublyReparameterised) {
            return "doubly reparameterised";
        }
        if (gradient instanceof ScoreFunction score) {
            return score.baseline() == ScoreFunction.Baseline.NONE
                    ? "score function"
                    : "score function, less the bound of the other draws";
        }
        if (gradient instanceof Vimco) {
            return "VIMCO";
        }
        if (gradient instanceof WakeSleep) {
            return "wake-sleep";
        }
        if (gradient instanceof Enumeration) {
            return "exact, by the sum over all values of z";
        }
        if (gradient instanceof GumbelSoftmax g) {
            return "at the draws for θ, through z relaxed at temperature " + g.temperature() + " for φ";
        }
        if (gradient instanceof ReweightedWakeSleep) {
            return "reweighted wake-sleep";
        }
        if (gradient instanceof Pathwise) {
            return "through the draws";
        }
        throw wordless("gradient", gradient);
    }

    /** What is maximised, as a bound on log p(x). */
    static String formula(Bound bound) {
        return bound instanceof Elbo
                ? "L(θ, φ; x) = E_q[log p_θ(x|z)] − KL(q_φ(z|x) ‖ p(z)) ≤ log p_θ(x)"
                : "L_K(θ, φ; x) = E_q[%s] ≤ log p_θ(x), w = p_θ(x, z) / q_φ(z|x)".formatted(average(bound));
    }

    private static String average(Bound bound) {
        String importanceWeighted = "log (w_1 + … + w_K) / K";
        if (bound instanceof Renyi) {
            return "1/(1 − α) log (w_1^(1 − α) + … + w_K^(1 − α)) / K";
        }
        if (bound instanceof Miwae) {
            return "mean over M groups of log (w_1 + … + w_K/M) M / K";
        }
        if (bound instanceof Ciwae) {
            return "β (log w_1 + … + log w_K) / K + (1 − β) " + importanceWeighted;
        }
        if (bound instanceof Tvo) {
            return "Σ_s (β_s+1 − β_s) Σ_k w_k^β_s log w_k / Σ_k w_k^β_s";
        }
        if (bound instanceof ImportanceWeighted || bound instanceof Piwae) {
            return importanceWeighted;
        }
        throw wordless("bound", bound);
    }

    private static String optimiser(Optimiser optimiser) {
        if (optimiser instanceof Adam a) {
            return "Adam, β₁ %s, β₂ %s, ε %s".formatted(a.beta1(), a.beta2(), a.epsilon());
        }
        if (optimiser instanceof Adagrad a) {
            return "Adagrad, ε " + a.epsilon();
        }
        Sgd sgd = (Sgd) optimiser;
        return sgd.momentum() == 0 ? "gradient ascent" : "gradient ascent with momentum " + sgd.momentum();
    }

    static String schedule(Schedule schedule) {
        if (schedule instanceof Schedule.Constant c) {
            return String.valueOf(c.value());
        }
        if (schedule instanceof Schedule.Exponential e) {
            return e.start() + ", times " + e.factor() + " each epoch";
        }
        if (schedule instanceof Schedule.Cosine c) {
            return "from " + c.start() + " to " + c.end() + " along half a cosine";
        }
        if (schedule instanceof Schedule.Tripling t) {
            return t.start() + " · 10^(−i/7) for 3^i epochs, i = 0, 1, …";
        }
        throw wordless("schedule", schedule);
    }

    private static IllegalArgumentException wordless(String what, Object found) {
        return new IllegalArgumentException(what + ": expected one that has words, found " + found);
    }

    private static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    static String plural(int n, String one) {
        return plural(n, one, one + "s");
    }

    private static String plural(int n, String one, String many) {
        return count(n) + " " + (n == 1 ? one : many);
    }
}
