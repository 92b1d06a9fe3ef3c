package jensen.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evidence;
import jensen.evaluate.EvidenceMethod;
import jensen.evaluate.LogMeanExp;
import jensen.experiment.Json;
import jensen.train.Profile;

/** Results as lines for people and as one JSON object for scripts. */
final class Results {
    private Results() {}

    /** The numbers of an evaluation under the names that scripts depend on; what is not a finite number is null. */
    static Map<String, Object> numbers(Evaluation e) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        put(numbers, "elbo", e.elbo());
        put(numbers, "elboStandardError", e.elboStandardError());
        put(numbers, "reconstruction", e.reconstruction());
        put(numbers, "kl", e.kl());
        numbers.put("klPerDimension", e.klPerDimension().orElse(null));
        put(numbers, "logLikelihood", e.logLikelihood());
        put(numbers, "logLikelihoodStandardError", e.logLikelihoodStandardError());
        put(numbers, "rowsStandardError", e.rowsStandardError());
        put(numbers, "effectiveSamples", e.effectiveSamples());
        numbers.put("untrustedRows", e.untrusted());
        numbers.put("activeUnits", e.activeUnits());
        put(numbers, "bitsPerDimension", e.bitsPerDimension());
        numbers.put("rows", e.rows());
        numbers.put("logLikelihoodRows", e.logLikelihoodRows());
        numbers.put("samples", e.samples());
        return numbers;
    }

    static void put(Map<String, Object> numbers, String name, double value) {
        numbers.put(name, Double.isFinite(value) ? value : null);
    }

    /** How log p(x) was found, where a method was asked for. */
    static Map<String, Object> numbers(EvidenceMethod method, List<Evidence> found) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("evidenceMethod", method.name());
        numbers.put("evidenceRows", counts(found));
        numbers.put("unreachedRows", found.stream().filter(e -> !e.reached()).count());
        put(
                numbers,
                "largestStandardError",
                found.stream().mapToDouble(Evidence::standardError).max().orElseThrow());
        put(
                numbers,
                "evaluationsPerRow",
                found.stream().mapToLong(Evidence::evaluations).average().orElseThrow());
        return numbers;
    }

    /** How many rows' log p(x) each method found. */
    static Map<String, Integer> counts(List<Evidence> found) {
        Map<String, Integer> counts = new TreeMap<>();
        found.forEach(e -> counts.merge(e.method().name(), 1, Integer::sum));
        return counts;
    }

    /** One JSON object. */
    static String json(Map<String, Object> fields) {
        return Json.line(fields);
    }

    /** The numbers of an evaluation for people. */
    static List<String> lines(Evaluation e, int latent) {
        return lines(e, latent, count(e.samples(), "draw") + " each");
    }

    /**
     * The numbers of an evaluation for people.
     *
     * @param how log p(x) was found
     */
    static List<String> lines(Evaluation e, int latent, String how) {
        List<String> lines = new ArrayList<>();
        lines.add(line("ELBO", e.elbo(), e.elboStandardError(), "nats per datum, " + count(e.rows(), "row")));
        lines.add(line("  reconstruction", e.reconstruction(), Double.NaN, ""));
        lines.add(line("  - KL", e.kl(), Double.NaN, ""));
        lines.add(line(
                "log p(x)",
                e.logLikelihood(),
                e.logLikelihoodStandardError(),
                "nats per datum, " + count(e.logLikelihoodRows(), "row") + ", " + how));
        if (Double.isFinite(e.rowsStandardError())) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%27s ± %.3f  as the mean of all data that the rows are a sample of",
                    "",
                    e.rowsStandardError()));
        }
        if (e.untrusted() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-17s %9d of %,d, k above %.1f: their weights are too uneven",
                    "  untrusted rows",
                    e.untrusted(),
                    e.logLikelihoodRows(),
                    LogMeanExp.TRUSTED));
        }
        lines.add(line("bits/dimension", e.bitsPerDimension(), Double.NaN, ""));
        lines.add(String.format(Locale.ROOT, "%-17s %9d of %d", "active units", e.activeUnits(), latent));
        return lines;
    }

    /** Where the time of training went, in milliseconds of all threads a step. */
    static Map<String, Object> numbers(Profile p) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("steps", p.steps());
        numbers.put("threads", p.threads());
        put(numbers, "millisecondsPerStep", 1e3 * p.wall() / p.steps());
        Map<String, Object> parts = new LinkedHashMap<>();
        for (Profile.Part part : Profile.Part.values()) {
            put(parts, part.name().toLowerCase(Locale.ROOT), threadMilliseconds(p, part));
        }
        numbers.put("threadMillisecondsPerStep", parts);
        return numbers;
    }

    private static double threadMilliseconds(Profile p, Profile.Part part) {
        return 1e3 * p.seconds(part) / p.steps();
    }

    /** Where the time of training went, for people. */
    static List<String> lines(Profile p) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "time of %s in a step, which takes %.2f ms (mean of %s)",
                count(p.threads(), "thread"),
                1e3 * p.wall() / p.steps(),
                count(Math.toIntExact(p.steps()), "step")));
        for (Profile.Part part : Profile.Part.values()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-17s %9.3f ms %5.1f %%",
                    "  " + part.name().toLowerCase(Locale.ROOT),
                    threadMilliseconds(p, part),
                    100 * p.seconds(part) / (p.threads() * p.wall())));
        }
        return lines;
    }

    private static String line(String name, double value, double error, String unit) {
        return String.format(Locale.ROOT, "%-17s %9.3f%-9s %s", name, value, plusMinus(error), unit)
                .stripTrailing();
    }

    /** A standard error, or nothing where it is not known, as from one row or draw. */
    static String plusMinus(double error) {
        return Double.isNaN(error)
                ? ""
                : Double.isInfinite(error) ? " ± ∞" : String.format(Locale.ROOT, " ± %.3f", error);
    }

    static String count(int n, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", n, what, n == 1 ? "" : "s");
    }
}
