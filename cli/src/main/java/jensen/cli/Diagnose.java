package jensen.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.evaluate.AnnealedImportance;
import jensen.evaluate.Bracket;
import jensen.evaluate.Calibration;
import jensen.evaluate.Codes;
import jensen.evaluate.Collapse;
import jensen.evaluate.Estimate;
import jensen.evaluate.Surgery;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at what the codes of a trained model tell. */
@Command(
        name = "diagnose",
        description =
                "Says what the codes of a trained model tell: which latent dimensions collapsed, what the KL consists of,"
                        + " and whether q is calibrated.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "%nThe mean of KL(q(z|x) || p(z)) over N data is the information that a code has on which datum it is of, at most"
                    + " log N, plus KL(q(z) || p(z)) of the mean q(z) of these data. For the calibration the model makes"
                    + " data from known z: p is the probability of ranks of z among draws from q as uneven as these, were q"
                    + " the posterior; outer, above 1 where q is too narrow, is how many times too frequent the outermost"
                    + " tenth of the ranks is.",
            "%nExample:",
            "  jensen diagnose runs/mnist-1 --rows 2000"
        })
final class Diagnose implements Callable<Integer> {
    private static final int USUAL = 2000;
    private static final AnnealedImportance ANNEALED = annealed(200);
    private static final AnnealedImportance FINER = annealed(400);

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path directory = Path.of("");

    @Option(names = "--data", paramLabel = "DATA", description = "Other data (default: the run's test data).")
    private @Nullable String data;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Only N data, spread evenly (default: " + USUAL + ", or all where there are fewer).")
    private int rows = USUAL;

    @Option(
            names = "--samples",
            paramLabel = "K",
            description = "Draws of z for each datum's information (default: 20).")
    private int samples = 20;

    @Option(
            names = "--simulated",
            paramLabel = "N",
            description = "Data that the model makes for the calibration (default: 2000).")
    private int simulated = 2000;

    @Option(
            names = "--gradient-noise",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "100",
            description =
                    "Also measure the signal-to-noise ratio of the gradient on a batch, over N repetitions (default"
                            + " where N is not said: 100).")
    private @Nullable Integer repetitions;

    @Option(
            names = "--bracket",
            paramLabel = "N",
            description =
                    "Brackets log p(x) of N data that the model makes, by annealing from below and from above, which"
                            + " takes seconds for each (default: 0).")
    private int bracket;

    @Option(names = "--seed", paramLabel = "S", description = "Of the draws (default: 0).")
    private long seed;

    @Mixin
    private WorkOptions work = new WorkOptions();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Diagnose(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Choices.atLeast("--rows", rows, 1);
        Choices.atLeast("--samples", samples, 2);
        Choices.atLeast("--simulated", simulated, Calibration.FEWEST);
        if (repetitions != null) {
            Choices.atLeast("--gradient-noise", repetitions, 2);
        }
        Choices.atLeast("--bracket", bracket, 0);
        Trained trained = Trained.open(directory, seed, work);
        if (bracket > 0 && trained.evaluator().states().isPresent()) {
            throw new IllegalArgumentException(
                    "--bracket: expected a run whose z is real, through which annealing moves, found a"
                            + " discrete one: jensen evaluate --evidence enumeration or is");
        }
        try (Meter meter = Meter.of(terminal, 0)) {
            Dataset chosen = trained.data(data, meter);
            int[] numbers = chosen.spread(rows);
            AtomicLong done = new AtomicLong();
            long all = (long) numbers.length + simulated + 2L * bracket;
            Collapse collapse = Collapse.of(trained.evaluator(), chosen, numbers);
            Surgery surgery = Surgery.of(
                    trained.evaluator(), chosen, numbers, samples, n -> meter.evaluated(done.addAndGet(n), all));
            Calibration calibration =
                    Calibration.of(trained.evaluator(), simulated, n -> meter.evaluated(done.addAndGet(n), all));
            GradientNoise noise = repetitions == null ? null : GradientNoise.of(trained, chosen, repetitions, seed);
            List<Bracket> brackets =
                    ANNEALED.simulated(trained.evaluator(), bracket, n -> meter.evaluated(done.addAndGet(n), all));
            List<Bracket> finer =
                    FINER.simulated(trained.evaluator(), bracket, n -> meter.evaluated(done.addAndGet(n), all));
            meter.close();
            if (json) {
                Map<String, Object> fields = fields(collapse, surgery, calibration);
                if (noise != null) {
                    fields.put("gradientNoise", noise.fields());
                }
                if (bracket > 0) {
                    fields.putAll(fields(brackets, finer));
                }
                terminal.out().println(Results.json(fields));
            } else {
                List<String> lines = lines(collapse, surgery, calibration);
                if (noise != null) {
                    lines.addAll(noise.lines());
                }
                if (bracket > 0) {
                    lines.add("");
                    lines.addAll(lines(brackets, finer));
                }
                terminal.print(lines);
            }
        }
        return Exit.DONE;
    }

    private static AnnealedImportance annealed(int temperatures) {
        return new AnnealedImportance(
                AnnealedImportance.Start.POSTERIOR, AnnealedImportance.Spacing.SIGMOIDAL, temperatures, 16, 10);
    }

    private Map<String, Object> fields(Collapse collapse, Surgery surgery, Calibration calibration) {
        int latent = collapse.kl().length;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("directory", directory.toString());
        fields.put("rows", surgery.rows());
        fields.put("activeUnits", collapse.activeUnits());
        fields.put("klPerDimension", collapse.kl());
        fields.put("varianceOfMeanPerDimension", collapse.variance());
        collapse.linear().ifPresent(linear -> {
            fields.put("eigenvalues", linear.eigenvalues());
            fields.put("noiseVariance", linear.noiseVariance());
            fields.put("collapsed", linear.collapsed());
        });
        Results.put(fields, "kl", surgery.kl());
        put(fields, "mutualInformation", surgery.mutualInformation());
        put(fields, "marginalKl", surgery.marginalKl());
        surgery.totalCorrelation().ifPresent(found -> put(fields, "totalCorrelation", found));
        fields.put("logRows", Math.log(surgery.rows()));
        fields.put("simulated", calibration.simulated());
        fields.put(
                "calibrationPValues",
                IntStream.range(0, latent).mapToDouble(calibration::pValue).toArray());
        fields.put("calibrationRanks", calibration.ranks());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, Estimate e) {
        Results.put(fields, name, e.value());
        Results.put(fields, name + "StandardError", e.standardError());
    }

    private static List<String> lines(Collapse collapse, Surgery surgery, Calibration calibration) {
        List<String> lines = new ArrayList<>();
        lines.add(format(
                "mean KL(q(z|x) || p(z))     %9.3f nats, %s", surgery.kl(), Results.count(surgery.rows(), "row")));
        lines.add(format(
                "= information on the datum  %9.3f ± %.3f, of at most log %,d = %.3f",
                surgery.mutualInformation().value(),
                surgery.mutualInformation().standardError(),
                surgery.rows(),
                Math.log(surgery.rows())));
        lines.add(format(
                "+ KL(q(z) || p(z))          %9.3f ± %.3f",
                surgery.marginalKl().value(), surgery.marginalKl().standardError()));
        surgery.totalCorrelation()
                .ifPresent(found -> lines.add(
                        format("  of it total correlation    %9.3f ± %.3f", found.value(), found.standardError())));
        lines.add("");
        lines.add(format(
                "active units: %d of %d (variance of the mean of q above %s)",
                collapse.activeUnits(), collapse.kl().length, Codes.ACTIVE));
        collapse.linear()
                .ifPresent(linear -> lines.add(format(
                        "linear: of %d eigenvalues %d are at most σ² = %.4g, where dimensions collapse",
                        linear.eigenvalues().length, linear.collapsed(), linear.noiseVariance())));
        double smallest = IntStream.range(0, collapse.kl().length)
                .mapToDouble(calibration::pValue)
                .min()
                .orElseThrow();
        lines.add(format(
                "calibration: smallest p of %d is %.3g, times %d is %.3g",
                collapse.kl().length, smallest, collapse.kl().length, Math.min(1, smallest * collapse.kl().length)));
        lines.add("");
        lines.add("dimension     KL  variance of mean   p of ranks  outer");
        IntStream.range(0, collapse.kl().length)
                .boxed()
                .sorted((a, b) -> Double.compare(collapse.kl()[b], collapse.kl()[a]))
                .forEach(d -> lines.add(format(
                        "%9d %6.3f %17.4f %12.3g %6.2f",
                        d, collapse.kl()[d], collapse.variance()[d], calibration.pValue(d), calibration.outer(d))));
        return lines;
    }

    private static List<String> lines(List<Bracket> brackets, List<Bracket> finer) {
        return List.of(
                format("mean log p(x) of %,d data that the model made, by annealing from q", brackets.size()),
                line(ANNEALED.temperatures() + " temperatures, from below", Bracket.mean(brackets, Bracket::lower), ""),
                line(ANNEALED.temperatures() + " temperatures, from above", Bracket.mean(brackets, Bracket::upper), ""),
                line("apart", Bracket.mean(brackets, Bracket::gap), format(", at most %.3f", widest(brackets))),
                line(
                        FINER.temperatures() + " temperatures, from below",
                        Bracket.mean(finer, Bracket::lower),
                        format(", between them for %d of %d", inside(brackets, finer), brackets.size())));
    }

    private static String line(String name, Estimate e, String more) {
        return format("  %-28s %9.3f ± %.3f%s", name, e.value(), e.standardError(), more);
    }

    private static Map<String, Object> fields(List<Bracket> brackets, List<Bracket> finer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bracketRows", brackets.size());
        put(fields, "bracketLower", Bracket.mean(brackets, Bracket::lower));
        put(fields, "bracketUpper", Bracket.mean(brackets, Bracket::upper));
        put(fields, "bracketWidth", Bracket.mean(brackets, Bracket::gap));
        Results.put(fields, "bracketWidest", widest(brackets));
        put(fields, "annealed", Bracket.mean(finer, Bracket::lower));
        fields.put("annealedInside", inside(brackets, finer));
        return fields;
    }

    private static double widest(List<Bracket> brackets) {
        return brackets.stream().mapToDouble(b -> b.gap().value()).max().orElse(Double.NaN);
    }

    /** How many estimates by more temperatures are in their brackets. */
    private static long inside(List<Bracket> brackets, List<Bracket> finer) {
        return IntStream.range(0, brackets.size())
                .filter(i -> brackets.get(i).holds(finer.get(i).lower()))
                .count();
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
