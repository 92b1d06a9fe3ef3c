package jensen.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.model.Amortised;
import jensen.model.Chained;
import jensen.model.Conditional;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.FlowFamily;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.model.Reading;
import jensen.net.Activation;
import jensen.net.Convolutional;
import jensen.net.Deconvolutional;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.tensor.DType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is trained. */
final class ModelOptions {
    @Option(
            names = "--latent",
            paramLabel = "D[,D]",
            description =
                    "Latent dimensions; several numbers are layers, 100,50 for q(h1|x) q(h2|h1) and p(h2) p(h1|h2)"
                            + " p(x|h1) (default: 20).")
    private Choices.Latents latent = new Choices.Latents(List.of(20));

    @Option(
            names = "--hidden",
            paramLabel = "N[,N][/N…]",
            description =
                    "Lengths of the encoder's hidden layers, or none; the decoder mirrors them. For several layers of"
                            + " latent variables: of all, or of each, 200,200/100,100 (default: 500).")
    private Choices.Networked hidden = new Choices.Networked(List.of(new Choices.Sizes(List.of(500))));

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "mlp, or conv: strided convolutions before the hidden layers, for images (default: mlp).")
    private Choices.Networks network = Choices.Networks.MLP;

    @Option(
            names = "--filters",
            paramLabel = "N[,N]",
            description = "Output channels of each of conv's convolutions (default: 32,64).")
    private Choices.@Nullable Sizes filters;

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description = "tanh, relu, elu, gelu or softplus (default: tanh).")
    private Activation activation = Activation.TANH;

    @Option(
            names = "--posterior",
            paramLabel = "NAME",
            description =
                    "q(z|x): diagonal, full or lowrank:R, normals with such a covariance; mixture:M, of M diagonal"
                            + " normals; a flow of T maps, flow:planar[:T], flow:iaf[:T] or flow:sylvester[:T]; or of a"
                            + " discrete z bernoulli, D bits, or categorical:C, D variables of C classes, z being their D C"
                            + " indicators (default: diagonal; T: 4).")
    private Choices.Posterior posterior = d -> new Family.Normal();

    @Option(
            names = "--prior",
            paramLabel = "NAME",
            description =
                    "p(z): normal, mixture:M (of M normals), vamp:K (the encoder at K learned inputs) or flow[:T]; of"
                            + " a discrete z uniform or learned, its variables independent in both (default: normal or uniform;"
                            + " T: 4). KL has a closed form for the normal with a q that is no flow, and for a discrete z.")
    private Choices.@Nullable PriorOf prior;

    @Option(
            names = "--inference",
            paramLabel = "NAME",
            description =
                    "How q is chosen for a datum: amortised (by the encoder), semi-amortised[:STEPS] (by the encoder"
                            + " and so many steps of its own) or per-datum[:STEPS] (by steps of its own alone)"
                            + " (default: amortised).")
    private Inference inference = new Inference.ByNetwork();

    @Option(
            names = "--likelihood",
            paramLabel = "NAME",
            description = "p(x|z): bernoulli, continuous-bernoulli, discretized-logistic, normal, normal-shared (one"
                    + " learned variance) or categorical:C (default: bernoulli for pictures and binary values, normal"
                    + " for other numbers).")
    private @Nullable Family likelihood;

    @Option(
            names = "--encoding",
            paramLabel = "NAME",
            description = "What encoder and likelihood see of stored values: binarised (at random, anew in each epoch),"
                    + " unit, as-stored, standardised or thresholded:T (default: what fits the likelihood).")
    private Choices.@Nullable Encoder encoding;

    @Option(
            names = "--init",
            paramLabel = "NAME",
            description = "Initial weights: glorot, he or paper, N(0, 0.01) (default: glorot).")
    private Initialiser initialiser = Initialiser.GLOROT;

    @Option(names = "--precision", paramLabel = "TYPE", description = "float32 or float64 (default: float32).")
    private DType precision = DType.FLOAT32;

    Initialiser initialiser() {
        return initialiser;
    }

    DType precision() {
        return precision;
    }

    /**
     * Checks what does not depend on the data.
     *
     * @throws IllegalArgumentException for a value that cannot be
     */
    void check() {
        latent.lengths().forEach(d -> Choices.atLeast("--latent", d, 1));
        checkLayers();
        Head none = counted("--posterior and --latent", this::nowhere);
        if (!prior(none, false).fits(none.family())) {
            throw new IllegalArgumentException("--prior: expected uniform or learned for the discrete z of --posterior "
                    + (none.family() instanceof Family.Bernoulli ? "bernoulli" : "categorical")
                    + ", found one of a real z");
        }
        if (filters != null && network != Choices.Networks.CONV) {
            throw new IllegalArgumentException("--filters: expected --network conv with them, found mlp");
        }
        boolean empty =
                hidden.layers().stream().anyMatch(sizes -> sizes.lengths().contains(0));
        if (empty || filters().contains(0)) {
            throw new IllegalArgumentException("--hidden and --filters: expected lengths of 1 or more, found 0");
        }
    }

    /**
     * Data as they are to be taken: for a categorical likelihood as the numbers of its classes.
     *
     * @throws jensen.data.DataException if a value is none of them, naming the first
     */
    Dataset taken(Dataset data) {
        if (!(likelihood instanceof Family.Categorical categorical)
                || categorical.fits(data.values())
                || !(encoding(data) instanceof Encoding.AsStored)) {
            return data;
        }
        categorical.check(data);
        return data.as(Values.WHOLE);
    }

    /**
     * Checks that the likelihood has the data in its support, and that the prior can start at them.
     *
     * @throws IllegalArgumentException if not, naming the likelihoods and the encodings that would do, or if there are too
     *     few data to start a prior at
     */
    void checkFit(Dataset train) {
        if (model(train).prior() instanceof Prior.Vamp vamp && vamp.inputs() > train.size()) {
            throw new IllegalArgumentException("--prior vamp: its inputs start at training data, of which there are "
                    + train.size() + "; found " + vamp.inputs());
        }
        Family family = likelihood(train);
        Values seen = encoding(train).encoded(train.values());
        if (family.fits(seen)) {
            return;
        }
        List<String> encodings = new ArrayList<>();
        if (train.values().bounded() && family.fits(new Encoding.Binarised().encoded(train.values()))) {
            encodings.add("binarised");
        }
        if (train.values().bounded() && family.fits(new Encoding.Unit().encoded(train.values()))) {
            encodings.add("unit");
        }
        if (family.fits(Values.BINARY)) {
            encodings.add("thresholded:T");
        }
        throw new IllegalArgumentException("likelihood " + family.name() + " does not fit values that are each "
                + seen.inWords() + "; these likelihoods do: " + String.join(", ", Family.fitting(seen))
                + (encodings.isEmpty() ? "" : "; or encode the values: --encoding " + String.join(" or ", encodings)));
    }

    /** What does not fit in a network, whose outputs are numbered by 32 bits, is refused. */
    private static <T> T counted(String options, Supplier<T> made) {
        try {
            return made.get();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    options + ": expected what a network of fewer than 2^31 outputs can say, found more", e);
        }
    }

    /** Checks what layers of latent variables do not go with. */
    private void checkLayers() {
        int layers = latent.lengths().size();
        if (hidden.layers().size() > 1 && hidden.layers().size() != layers) {
            throw new IllegalArgumentException(
                    "--hidden: expected lengths for all layers of --latent, or for each of the " + layers + ", found "
                            + hidden.layers().size());
        }
        if (layers > 1 && !(inference instanceof Inference.ByNetwork)) {
            throw new IllegalArgumentException(
                    "--inference: expected amortised, as --latent has " + layers + " layers");
        }
        Head top = new Head(new Mlp(1, List.of(), 2, activation), new Family.Normal(), 1);
        if (layers > 1 && family().discrete()) {
            throw new IllegalArgumentException("--posterior: expected one of a real z, as --latent has " + layers
                    + " layers, found " + family().name());
        }
        if (layers > 1 && prior(top, false) instanceof Prior.Vamp) {
            throw new IllegalArgumentException(
                    "--prior: expected normal, mixture:M or flow, as --latent has " + layers + " layers, found vamp");
        }
    }

    /** Whether KL(q ‖ p(z)) has a closed form. */
    boolean closedFormKl() {
        Prior p = prior(nowhere(), false);
        boolean normal = p instanceof Prior.StandardNormal
                && !(family() instanceof FlowFamily || family() instanceof CorrelatedFamily.NormalMixture);
        return latent.lengths().size() == 1 && (normal || p instanceof Prior.Discrete);
    }

    /** The family of q(z|x), or of q(h_1|x) of several layers. */
    Family family() {
        return posterior.of(latent.first());
    }

    /** The length of z, or of its first layer. */
    int event() {
        return posterior.event(latent.first());
    }

    /** An encoder of no data, for what the data do not decide. */
    private Head nowhere() {
        return new Head(new Mlp(1, List.of(), family().outputs(event()), activation), family(), event());
    }

    private Prior prior(Head encoder, boolean unit) {
        if (prior != null) {
            return prior.of(encoder, unit);
        }
        return encoder.family().discrete()
                ? new Prior.Discrete(encoder.family(), encoder.event(), false)
                : new Prior.StandardNormal(encoder.event());
    }

    /** p(x|z), for data. */
    Family likelihood(Dataset data) {
        if (likelihood != null) {
            return likelihood;
        }
        boolean bounded = data.values().bounded() && data.shape().isImage();
        return bounded || data.values() == Values.BINARY ? new Family.Bernoulli() : new Family.Normal();
    }

    /** What the likelihood sees of data. */
    Encoding encoding(Dataset train) {
        return encoding != null ? encoding.of(train) : fitting(likelihood(train), train);
    }

    private static Encoding fitting(Family family, Dataset train) {
        boolean bounded = train.values() == Values.GREY || train.values() == Values.UNIT;
        if (family instanceof Family.Bernoulli && bounded) {
            return new Encoding.Binarised();
        }
        boolean real = family instanceof Family.Normal || family instanceof Family.NormalShared;
        if (real && !(bounded && train.shape().isImage())) {
            return Encoding.Standardised.of(train);
        }
        return bounded && (real || family instanceof Family.ContinuousBernoulli)
                ? new Encoding.Unit()
                : new Encoding.AsStored();
    }

    /** p(x, z), for data. */
    Model model(Dataset data) {
        Family family = likelihood(data);
        int outputs = counted("--likelihood", () -> family.outputs(data.shape().size()));
        Network decoder = network == Choices.Networks.MLP
                ? new Mlp(event(), reversed(hidden.of(0)), outputs, activation)
                : deconvolutional(data.shape(), family.outputs(1));
        Head likelihood = new Head(decoder, family, data.shape().size());
        Values seen = encoding(data).encoded(data.values());
        boolean unit = seen == Values.UNIT || seen == Values.BINARY;
        int last = latent.lengths().size() - 1;
        Prior p = prior(last == 0 ? first(data) : above(last), unit);
        for (int i = last - 1; i >= 0; i--) {
            p = new Prior.Chained(p, read(below(i), p.latent()));
        }
        return new Model(p, read(likelihood, p.latent()));
    }

    /** A conditional of z's first layer, where there are further ones. */
    private static Conditional read(Head of, int latent) {
        return of.condition() == latent ? of : new Reading(of, latent);
    }

    /** p(h_i|h_(i+1)), layers counted from 0. */
    private Head below(int i) {
        int event = latent.lengths().get(i);
        Family normal = new Family.Normal();
        List<Integer> lengths = reversed(hidden.of(i + 1));
        return new Head(
                new Mlp(latent.lengths().get(i + 1), lengths, normal.outputs(event), activation), normal, event);
    }

    /** q(h_i|h_(i−1)). */
    private Head above(int i) {
        int event = latent.lengths().get(i);
        Family q = posterior.of(event);
        return new Head(new Mlp(latent.lengths().get(i - 1), hidden.of(i), q.outputs(event), activation), q, event);
    }

    /** q(z|x), for data. */
    Guide guide(Dataset data) {
        Head first = first(data);
        int last = latent.lengths().size() - 1;
        if (last == 0) {
            return inference.guide(first, data.size());
        }
        Conditional upper = above(last);
        for (int i = last - 1; i > 0; i--) {
            upper = new Chained(above(i), upper);
        }
        return new Amortised(new Chained(first, upper));
    }

    /** q(z|x), or q(h_1|x) of several layers. */
    private Head first(Dataset data) {
        Shape shape = data.shape();
        Family q = family();
        int outputs = q.outputs(event());
        Network net = network == Choices.Networks.MLP
                ? new Mlp(shape.size(), hidden.of(0), outputs, activation)
                : new Convolutional(
                        shape.channels(), shape.height(), shape.width(), filters(), hidden.of(0), outputs, activation);
        return new Head(net, q, event());
    }

    private List<Integer> filters() {
        return filters == null ? List.of(32, 64) : filters.lengths();
    }

    private Network deconvolutional(Shape shape, int perPixel) {
        if (!shape.isImage()) {
            throw new IllegalArgumentException(
                    "--network conv: expected images, found vectors of " + shape + " values; mlp takes those");
        }
        return new Deconvolutional(
                event(),
                reversed(hidden.of(0)),
                reversed(filters()),
                perPixel,
                shape.channels(),
                shape.height(),
                shape.width(),
                activation);
    }

    private static List<Integer> reversed(List<Integer> lengths) {
        List<Integer> reversed = new ArrayList<>(lengths);
        Collections.reverse(reversed);
        return reversed;
    }
}
