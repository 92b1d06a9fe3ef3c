package jensen.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import jensen.bound.Bound;
import jensen.bound.Ciwae;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Miwae;
import jensen.bound.Piwae;
import jensen.bound.Renyi;
import jensen.bound.Tvo;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.datasets.Suggestion;
import jensen.gradient.Capacity;
import jensen.gradient.FreeBits;
import jensen.gradient.GradientEstimator;
import jensen.gradient.GumbelSoftmax;
import jensen.gradient.KlWeight;
import jensen.gradient.MeanDiscrepancy;
import jensen.gradient.TotalCorrelation;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.optim.Adagrad;
import jensen.optim.Adam;
import jensen.optim.Optimiser;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** The names that options take, and what they mean; a name that nothing has is refused with the nearest that something has. */
final class Choices {
    /** What kind of networks encoder and decoder are. */
    enum Networks {
        MLP,
        CONV
    }

    /** A schedule of the learning rate, once its start and the epochs are known. */
    interface Rate {
        Schedule of(double start, int epochs);
    }

    /** An encoding, once the training data are known. */
    interface Encoder {
        Encoding of(Dataset train);
    }

    /** The family of q(z|x), once the number of latent dimensions is known. */
    interface Posterior {
        Family of(int latent);

        /** The length of z, which for variables of classes is that of all of their classes. */
        default int event(int latent) {
            return of(latent) instanceof CorrelatedFamily.OneHot q ? Math.multiplyExact(latent, q.classes()) : latent;
        }
    }

    /** A prior, once the encoder is known, and whether what it sees is between 0 and 1. */
    interface PriorOf {
        Prior of(Head encoder, boolean unit);
    }

    /**
     * The lengths of hidden layers.
     *
     * @param lengths from the data to z
     */
    record Sizes(List<Integer> lengths) {}

    /**
     * The hidden layers of each layer of latent variables.
     *
     * @param layers from the data upwards; one for all where there is one
     */
    record Networked(List<Sizes> layers) {
        /** Those of the i-th layer. */
        List<Integer> of(int i) {
            return layers.get(layers.size() == 1 ? 0 : i).lengths();
        }
    }

    /**
     * The lengths of layers of latent variables.
     *
     * @param lengths from the data upwards
     */
    record Latents(List<Integer> lengths) {
        int first() {
            return lengths.get(0);
        }
    }

    private Choices() {}

    /** @throws IllegalArgumentException if an option is given whose number is smaller than it can be */
    static void atLeast(String option, @Nullable Integer value, int least) {
        if (value != null && value < least) {
            throw new IllegalArgumentException(option + ": expected " + least + " or more, found " + value);
        }
    }

    /** @throws IllegalArgumentException if an option's number of seconds is negative or not a number */
    static void seconds(String option, double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(option + ": expected seconds, 0 or more, found " + value);
        }
    }

    /** Makes a command line understand the names. */
    static void register(CommandLine line) {
        line.registerConverter(Path.class, Choices::path);
        line.registerConverter(Networks.class, text -> one(text, names(Networks.values())));
        line.registerConverter(Activation.class, text -> one(text, names(Activation.values())));
        line.registerConverter(Initialiser.class, text -> one(text, names(Initialiser.values())));
        line.registerConverter(
                DType.class, text -> one(text, Map.of("float32", DType.FLOAT32, "float64", DType.FLOAT64)));
        line.registerConverter(Device.class, text -> checked(() -> Device.parse(text)));
        line.registerConverter(Bound.class, Choices::bound);
        line.registerConverter(GradientEstimator.class, Choices::gradient);
        line.registerConverter(KlWeight.class, text -> checked(() -> klWeight(text)));
        line.registerConverter(Optimiser.class, Choices::optimiser);
        line.registerConverter(Family.class, Choices::family);
        line.registerConverter(Posterior.class, ModelChoices::posterior);
        line.registerConverter(PriorOf.class, ModelChoices::prior);
        line.registerConverter(Rate.class, Choices::rate);
        line.registerConverter(Encoder.class, Choices::encoder);
        line.registerConverter(EvidenceOptions.Name.class, text -> one(text, EvidenceOptions.Name.byWord()));
        line.registerConverter(Inference.class, Choices::inference);
        line.registerConverter(Sizes.class, Choices::sizes);
        line.registerConverter(
                Networked.class,
                text -> new Networked(
                        Arrays.stream(text.split("/", -1)).map(Choices::sizes).toList()));
        line.registerConverter(Latents.class, Choices::latents);
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("expected a path, found an empty one");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("expected a path, found \"" + text + "\": " + e.getReason());
        }
    }

    private static Bound bound(String text) {
        Map<String, DoubleFunction<Bound>> bounds = new LinkedHashMap<>();
        bounds.put("elbo", none -> Elbo.analytic());
        bounds.put("elbo-sampled", none -> Elbo.sampled());
        bounds.put("iw", none -> new ImportanceWeighted());
        bounds.put("renyi:A", Renyi::new);
        bounds.put("miwae:M", groups -> new Miwae(whole(groups)));
        bounds.put("piwae:M", groups -> new Piwae(whole(groups)));
        bounds.put("ciwae:B", Ciwae::new);
        bounds.put("tvo", none -> Tvo.of(5));
        bounds.put("tvo:N", intervals -> Tvo.of(whole(intervals)));
        return withNumber(text, bounds);
    }

    private static GradientEstimator gradient(String text) {
        Map<String, DoubleFunction<GradientEstimator>> gradients = new LinkedHashMap<>();
        for (GradientEstimator each : GradientEstimator.all()) {
            if (!(each instanceof GumbelSoftmax)) {
                gradients.put(each.name(), none -> each);
            }
        }
        gradients.put("gumbel:T", GumbelSoftmax::new);
        return withNumber(text, gradients);
    }

    private static int whole(double number) {
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("expected a whole number after the colon, found " + number);
        }
        return (int) number;
    }

    private static KlWeight klWeight(String text) {
        String[] parts = text.split(":", -1);
        String name = parts[0];
        double[] numbers = Arrays.stream(parts, 1, parts.length)
                .filter(part -> !part.equals("weighted"))
                .mapToDouble(Choices::number)
                .toArray();
        boolean weighted = text.matches("tc:[^:]*:weighted");
        if (parts.length != 1 + numbers.length + (weighted ? 1 : 0)) {
            name = "";
        }
        return switch (name + "/" + numbers.length) {
            case "warmup/1" -> new KlWeight.WarmUp(numbers[0]);
            case "free-bits/1" -> new FreeBits(numbers[0]);
            case "capacity/4" -> new Capacity(numbers[0], numbers[1], numbers[2], numbers[3]);
            case "tc/1" ->
                new TotalCorrelation(
                        numbers[0],
                        weighted ? TotalCorrelation.Estimator.WEIGHTED : TotalCorrelation.Estimator.STRATIFIED);
            case "mmd/1" -> new MeanDiscrepancy(numbers[0]);
            default -> new KlWeight.Constant(plain(text));
        };
    }

    private static double plain(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "expected a number, warmup:EPOCHS, free-bits:NATS, capacity:FROM:TO:EPOCHS:FACTOR, tc:B, tc:B:weighted or"
                            + " mmd:L, found \"" + text + "\"",
                    e);
        }
    }

    private static Optimiser optimiser(String text) {
        Map<String, Optimiser> optimisers = new LinkedHashMap<>();
        optimisers.put("adam", Adam.standard());
        optimisers.put("adagrad", Adagrad.standard());
        optimisers.put("sgd", new Sgd(0));
        return one(text, optimisers);
    }

    private static Family family(String text) {
        Map<String, DoubleFunction<Family>> families = new LinkedHashMap<>();
        for (Family family : Family.all()) {
            if (!(family instanceof Family.Categorical)) {
                families.put(family.name(), none -> family);
            }
        }
        families.put("categorical:C", classes -> whole(classes, Family.Categorical::new));
        return withNumber(text, families);
    }

    /** What a whole number above zero makes. */
    static <T> T whole(double number, IntFunction<T> make) {
        if (number != Math.rint(number) || number < 1 || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("expected a whole number above 0 after the colon, found " + number);
        }
        return make.apply((int) number);
    }

    private static Rate rate(String text) {
        Map<String, DoubleFunction<Rate>> rates = new LinkedHashMap<>();
        rates.put("constant", none -> (start, epochs) -> new Schedule.Constant(start));
        rates.put("cosine", none -> (start, epochs) -> new Schedule.Cosine(start, 0, epochs));
        rates.put("tripling", none -> (start, epochs) -> new Schedule.Tripling(start));
        rates.put("exponential:F", factor -> (start, epochs) -> new Schedule.Exponential(start, factor, 1));
        return withNumber(text, rates);
    }

    private static Inference inference(String text) {
        Map<String, DoubleFunction<Inference>> ways = new LinkedHashMap<>();
        ways.put("amortised", none -> new Inference.ByNetwork());
        ways.put("semi-amortised", none -> new Inference.Refined(Inference.FEW));
        ways.put("semi-amortised:STEPS", steps -> whole(steps, n -> new Inference.Refined(Inference.FEW.withSteps(n))));
        ways.put("per-datum", none -> new Inference.Alone(Inference.MANY));
        ways.put("per-datum:STEPS", steps -> whole(steps, n -> new Inference.Alone(Inference.MANY.withSteps(n))));
        return withNumber(text, ways);
    }

    private static Encoder encoder(String text) {
        Map<String, DoubleFunction<Encoder>> encoders = new LinkedHashMap<>();
        encoders.put("binarised", none -> train -> new Encoding.Binarised());
        encoders.put("unit", none -> train -> new Encoding.Unit());
        encoders.put("as-stored", none -> train -> new Encoding.AsStored());
        encoders.put("standardised", none -> Encoding.Standardised::of);
        encoders.put("thresholded:T", threshold -> train -> new Encoding.Thresholded(threshold));
        return withNumber(text, encoders);
    }

    private static Latents latents(String text) {
        if (!text.matches("-?\\d{1,9}(,-?\\d{1,9})*")) {
            throw new TypeConversionException(
                    "expected a length such as 50, or one for each layer such as 100,50, found \"" + text + "\"");
        }
        return new Latents(Arrays.stream(text.split(",")).map(Integer::valueOf).toList());
    }

    private static Sizes sizes(String text) {
        if (text.equals("none")) {
            return new Sizes(List.of());
        }
        if (!text.matches("\\d{1,9}(,\\d{1,9})*")) {
            throw new TypeConversionException(
                    "expected lengths such as 500 or 200,200, or none, found \"" + text + "\"");
        }
        return new Sizes(Arrays.stream(text.split(",")).map(Integer::valueOf).toList());
    }

    private static <E extends Enum<E>> Map<String, E> names(E[] values) {
        Map<String, E> names = new LinkedHashMap<>();
        for (E value : values) {
            names.put(value.name().toLowerCase(Locale.ROOT), value);
        }
        return names;
    }

    private static <T> T one(String text, Map<String, T> known) {
        T found = known.get(text);
        if (found == null) {
            throw unknown(text, text, known);
        }
        return found;
    }

    /** A name, or a name, a colon and a number where the known name ends with a colon and a capital. */
    static <T> T withNumber(String text, Map<String, DoubleFunction<T>> known) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        DoubleFunction<T> plain = known.get(text);
        if (plain != null && colon < 0) {
            return checked(() -> plain.apply(Double.NaN));
        }
        for (Map.Entry<String, DoubleFunction<T>> entry : known.entrySet()) {
            if (colon >= 0 && entry.getKey().startsWith(name + ":")) {
                return checked(() -> entry.getValue().apply(number(text.substring(colon + 1))));
            }
        }
        throw unknown(text, name, known);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a number after the colon, found \"" + text + "\"", e);
        }
    }

    private interface Made<T> {
        T get();
    }

    private static <T> T checked(Made<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static TypeConversionException unknown(String text, String name, Map<String, ?> known) {
        List<String> names =
                known.keySet().stream().map(key -> key.replaceFirst(":.*", "")).toList();
        String expected = known.keySet().stream().collect(Collectors.joining(", "));
        String meant = known.keySet().stream()
                .filter(key -> key.startsWith(text + ":"))
                .findFirst()
                .map(key -> "; did you mean " + key + "?")
                .orElseGet(() -> Suggestion.instead(name, names));
        return new TypeConversionException("expected one of " + expected + ", found \"" + text + "\"" + meant);
    }
}
