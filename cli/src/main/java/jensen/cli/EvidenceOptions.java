package jensen.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jensen.evaluate.Annealing;
import jensen.evaluate.AutomaticEvidence;
import jensen.evaluate.ClosedForm;
import jensen.evaluate.EnumeratedEvidence;
import jensen.evaluate.Evidence;
import jensen.evaluate.EvidenceMethod;
import jensen.evaluate.ImportanceSampling;
import jensen.evaluate.ImportanceSampling.Proposal;
import jensen.evaluate.Quadrature;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How log p(x) is found. */
final class EvidenceOptions {
    /** The names of the methods. */
    enum Name {
        AUTO("auto"),
        CLOSED_FORM("closed-form"),
        QUADRATURE("quadrature"),
        ENUMERATION("enumeration"),
        IS("is"),
        IS_Q("is-q"),
        AIS("ais");

        final String word;

        Name(String word) {
            this.word = word;
        }

        static Map<String, Name> byWord() {
            Map<String, Name> names = new LinkedHashMap<>();
            for (Name name : values()) {
                names.put(name.word, name);
            }
            return names;
        }
    }

    private static final double USUAL = 0.1;
    private static final int FIRST = 1000;
    private static final double PRECISE = 1e-6;
    private static final int POINTS = 1_000_000;

    @Option(
            names = "--evidence",
            paramLabel = "METHOD",
            description =
                    "How log p(x) is found: is (importance sampling from mixtures that cover p(z|x): of q, the prior and a fit"
                            + " to p(z|x)), is-q (from q alone), ais (annealed importance sampling), quadrature (at most 3 latent"
                            + " dimensions), enumeration (the sum over a discrete z of at most --budget values), closed-form"
                            + " (linear-Gaussian models), or auto: the closed form where there is one, enumeration where z is"
                            + " discrete and has no more values, quadrature for 1 or 2 latent dimensions, else is, and ais for"
                            + " the rows where that fails.")
    private @Nullable Name method;

    @Option(
            names = "--error",
            paramLabel = "E",
            description =
                    "The standard error of log p(x) to reach for each datum, in nats (default: 0.1). Where it is given"
                            + " and not reached, the exit code is 1.")
    private @Nullable Double error;

    @Option(
            names = "--budget",
            paramLabel = "N",
            description = "The most evaluations of p(x|z) for a datum (default: 100000).")
    private int budget = 100_000;

    @Option(
            names = "--chunk",
            paramLabel = "N",
            description =
                    "Draws of a datum that importance sampling decodes at a time, which bounds the memory (default:"
                            + " what suits the data).")
    private @Nullable Integer chunk;

    /** Whether another way than plain importance sampling is asked for. */
    boolean isGiven() {
        return method != null || error != null;
    }

    /** @throws IllegalArgumentException if an option is given that only a method asked for would heed */
    void checkUnused() {
        if (chunk != null) {
            throw new IllegalArgumentException(
                    "--chunk: expected --evidence, --error or --against with it, found none");
        }
    }

    double error() {
        return error == null ? USUAL : error;
    }

    /** Refuses what no method could do. */
    void check() {
        if (!(error() > 0)) {
            throw new IllegalArgumentException("--error: expected a number above 0, found " + error());
        }
        Choices.atLeast("--budget", budget, FIRST);
        Choices.atLeast("--chunk", chunk, 1);
        if (method == Name.AIS && budget < Annealing.smallestBudget()) {
            throw new IllegalArgumentException("--budget: expected %d or more for --evidence ais, found %d"
                    .formatted(Annealing.smallestBudget(), budget));
        }
    }

    /** The method, or {@code auto} where none is given. */
    EvidenceMethod method() {
        return method(method == null ? Name.AUTO : method);
    }

    /** Another method to set beside it, with the same budget; quadrature, whose digits are cheap, as well as it can. */
    EvidenceMethod other(Name name) {
        return name == Name.QUADRATURE ? new Quadrature(PRECISE, POINTS) : method(name);
    }

    private EvidenceMethod method(Name name) {
        int together = chunk == null ? 0 : chunk;
        return switch (name) {
            case AUTO -> new AutomaticEvidence(error(), budget, together);
            case CLOSED_FORM -> new ClosedForm();
            case QUADRATURE -> new Quadrature(error(), budget);
            case ENUMERATION -> new EnumeratedEvidence(budget);
            case IS -> new ImportanceSampling(Proposal.DEFENSIVE, FIRST, error(), budget, together);
            case IS_Q -> new ImportanceSampling(Proposal.POSTERIOR, FIRST, error(), budget, together);
            case AIS -> new Annealing(error(), budget);
        };
    }

    /**
     * Says what was not reached.
     *
     * @return the exit code
     */
    int tell(Terminal terminal, String command, List<Evidence> found) {
        List<Evidence> missed = found.stream().filter(e -> !e.reached()).toList();
        if (missed.isEmpty()) {
            return Exit.DONE;
        }
        double worst =
                missed.stream().mapToDouble(Evidence::standardError).max().orElseThrow();
        long heavy = missed.stream().filter(e -> e.standardError() <= error()).count();
        terminal.err()
                .printf(
                        Locale.ROOT,
                        "%s: %s did not reach an error of %s nats that can be trusted within %,d evaluations: the largest"
                                + " is ± %s%s%n",
                        command,
                        found.size() == 1
                                ? "log p(x)"
                                : "log p(x) of " + missed.size() + " of " + found.size() + " rows",
                        error(),
                        budget,
                        Double.isFinite(worst) ? String.format(Locale.ROOT, "%.3g", worst) : "∞",
                        heavy == 0 ? "" : ", and k̂ of the weights is above 0.7 for " + heavy);
        return error == null ? Exit.DONE : Exit.FAILED;
    }
}
