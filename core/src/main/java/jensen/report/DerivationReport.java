package jensen.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jensen.data.AtomicFile;
import jensen.data.Dataset;
import jensen.evaluate.Derivation;
import jensen.evaluate.DerivationTotal;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Evidence;
import jensen.evaluate.ImportanceSampling;
import jensen.evaluate.LogMeanExp;
import jensen.experiment.Experiment;
import jensen.model.Amortised;
import jensen.model.Chained;
import jensen.model.Guide;
import jensen.model.PerDatum;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;

/**
 * The derivation of the bound on one datum as a self-contained page: each line with its number, its error, its reason and the
 * method that computed it.
 *
 * @param experiment what the model was trained on
 * @param evaluator the trained model
 * @param data in which the datum is
 */
public record DerivationReport(Experiment experiment, Evaluator evaluator, Dataset data) {
    /** The width in pixels that a small picture is enlarged to at most. */
    private static final int ENLARGED = 140;

    private static final String FORMULA = "log p(x) ≥ L(x) = E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))";

    /** How the guide comes to q, and what an optimisation for the datum alone gives. */
    public static String posterior(Guide guide, Derivation d) {
        return chosen(guide) + " has the bound " + number(d.best()) + ", higher by " + number(d.amortisationGap())
                + " nats.";
    }

    private static String chosen(Guide guide) {
        if (guide instanceof PerDatum p) {
            return "q(z|x) is found by " + steps(p.refinement())
                    + " for this datum alone, and no network has a part in it"
                    + " (per-datum). The one of the same family that going on from there finds";
        }
        if (guide instanceof SemiAmortised s) {
            return "q(z|x) is selected from x by a network and refined by " + steps(s.refinement())
                    + " for this datum alone (semi-amortised). The one of the same family that going on from there finds";
        }
        boolean layers = guide instanceof Amortised a && a.encoder() instanceof Chained;
        return "q(z|x) is selected from x by a network (amortised). The one of the same family that an optimisation "
                + (layers ? "of the first layer " : "") + "for this datum alone finds";
    }

    private static String steps(Refinement refinement) {
        return Words.count(refinement.steps()) + (refinement.steps() == 1 ? " step" : " steps");
    }

    /** Why the bound with the guide's q is below the one with the best q of the family, in a few words. */
    public static String loss(Guide guide) {
        if (guide instanceof PerDatum) {
            return "the steps for each datum end before the best q";
        }
        return guide instanceof SemiAmortised
                ? "the network and the steps for each datum do not reach the best q"
                : "the network does not select the best q";
    }

    /** How log p(x) was found. */
    public static String evidence(Evidence e) {
        String how = "log p(x) is found " + words(e.method().name());
        String weights = e.weights()
                .filter(w -> e.method() instanceof ImportanceSampling)
                .map(w -> String.format(
                        Locale.ROOT,
                        ": %,d evaluations, weights worth %.0f equal ones, k̂ %s%s.",
                        e.evaluations(),
                        w.effectiveSamples(),
                        Numbers.plain(w.paretoShape()),
                        w.trusted() ? "" : ", above " + LogMeanExp.TRUSTED + ": not to be trusted"))
                .orElse(e.evaluations() == 0 ? "." : String.format(Locale.ROOT, ", %,d evaluations.", e.evaluations()));
        return how + weights;
    }

    /** A method of evidence in words. */
    public static String words(String method) {
        return switch (method) {
            case "closed-form" -> "in closed form";
            case "quadrature" -> "by quadrature";
            case "enumeration" -> "exactly, by the sum over all values of z";
            case "is" -> "by importance sampling from mixtures that cover p(z|x)";
            case "is-q" -> "by importance sampling with q";
            case "ais" -> "by annealed importance sampling";
            default -> "by " + method;
        };
    }

    /** A value with its error, as in −98.123 ± 0.045; exact values, and errors that would be 0.000, say so. */
    public static String number(Estimate e) {
        double error = e.standardError();
        if (error == 0) {
            return Numbers.fixed(e.value(), 3) + " exactly";
        }
        if (!Double.isFinite(e.value()) || !Double.isFinite(error)) {
            return Numbers.plain(e.value()) + " ± " + Numbers.plain(error);
        }
        return Numbers.fixed(e.value(), 3) + " ± "
                + (error < 0.0005 ? String.format(Locale.ROOT, "%.0e", error) : Numbers.fixed(error, 3));
    }

    /**
     * Writes the page of one datum, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void write(Path file, Derivation d) {
        String name = Words.fileName(data.name());
        List<Derivation.Line> gaps = gaps(d.gap(), d.approximationGap(), d.amortisationGap());
        List<String> sections = new ArrayList<>();
        sections.add(Page.section("From log p(x) to the bound", lines(d.lines())));
        sections.add(Page.section("What was lost", lines(gaps)));
        sections.add(Page.section("The second route", lines(d.route())));
        sections.add(Page.section("Checks", checks(d.checks())));
        List<Figure> figures = figures(d);
        if (!figures.isEmpty()) {
            sections.add(Page.section("Figures", Page.figures(figures)));
        }
        sections.add(Page.section("Methods", methods(List.of(d.lines(), gaps, d.route()))));
        String summary = "Datum " + d.index() + " of " + name + ". " + posterior(evaluator.guide(), d) + " "
                + evidence(d.evidence())
                + " All numbers are in nats; ± is a standard error, or a bound on the error of a quadrature.";
        write(file, "How the bound on datum " + d.index() + " comes about", summary, sections);
    }

    /**
     * Writes the page of some data's sums, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void write(Path file, DerivationTotal total) {
        String summary =
                "Sums over " + Words.count(total.rows()) + " data of " + Words.fileName(data.name()) + "; log p(x) "
                        + total.methods().entrySet().stream()
                                .map(e -> words(e.getKey()) + " for " + Words.count(e.getValue()))
                                .collect(Collectors.joining(", "))
                        + ". All numbers are in nats; ± is a standard error.";
        List<Derivation.Line> gaps = gaps(total.gap(), total.approximationGap(), total.amortisationGap());
        List<Derivation.Line> bounds =
                total.bounds().stream().map(DerivationReport::bound).toList();
        write(
                file,
                "How the bound on " + Words.count(total.rows()) + " data comes about",
                summary,
                List.of(
                        Page.section("From log p(x) to the bound", lines(total.lines())),
                        Page.section("What was lost", lines(gaps)),
                        Page.section("Means of the bounds of K draws", lines(bounds)),
                        Page.section("Methods", methods(List.of(total.lines(), gaps, bounds)))));
    }

    private static Derivation.Line bound(DerivationTotal.Tightness b) {
        return line(
                "E_q[log 1/K Σ w], K = " + Words.count(b.draws()),
                number(b.gap()) + " below log p(x)",
                "evaluate.LogMeanExp.bound",
                b.value());
    }

    private static void write(Path file, String title, String summary, List<String> sections) {
        String html = Page.html(title, summary, FORMULA, sections);
        AtomicFile.write(file, out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
    }

    private List<Derivation.Line> gaps(Estimate whole, Estimate approximation, Estimate amortisation) {
        Guide guide = evaluator.guide();
        return List.of(
                line("log p(x) − L", "the whole gap", "evaluate.Derivation.of", whole),
                line(
                        "log p(x) − L*",
                        "approximation: even the best q of the family, q*, is not p(z|x)",
                        "evaluate.Derivation.of",
                        approximation),
                line(
                        "L* − L",
                        (guide instanceof PerDatum ? "optimisation: " : "amortisation: ") + loss(guide) + ", q*",
                        "evaluate.BestPosterior.gains",
                        amortisation));
    }

    private static Derivation.Line line(String label, String reason, String method, Estimate e) {
        return new Derivation.Line(label, reason, method, e.value(), e.standardError());
    }

    private static String lines(List<Derivation.Line> lines) {
        StringBuilder rows = new StringBuilder("<table class=\"results lines\">\n<tbody>\n");
        for (Derivation.Line line : lines) {
            String reason = line.reason().isEmpty() ? "" : Markup.formula(line.reason()) + " · ";
            rows.append("<tr><th scope=\"row\">")
                    .append(Markup.formula(line.label()))
                    .append("<small>")
                    .append(reason)
                    .append("<a href=\"#")
                    .append(Markup.escape(line.method()))
                    .append("\">")
                    .append(Markup.escape(shortened(line.method())))
                    .append("</a></small></th><td class=\"number\">")
                    .append(Markup.escape(number(line.estimate())))
                    .append("</td></tr>\n");
        }
        return rows.append("</tbody>\n</table>\n").toString();
    }

    /** Class and method, without the package. */
    private static String shortened(String method) {
        return method.substring(method.indexOf('.') + 1);
    }

    private static String checks(List<Derivation.Check> checks) {
        StringBuilder rows = new StringBuilder("<table class=\"results lines\">\n<tbody>\n");
        for (Derivation.Check check : checks) {
            rows.append("<tr><th scope=\"row\">")
                    .append(Markup.formula(check.label()))
                    .append("<small>")
                    .append(Markup.escape(difference(check)))
                    .append("</small></th><td>")
                    .append(check.holds() ? "holds" : "does not hold")
                    .append("</td></tr>\n");
        }
        return rows.append("</tbody>\n</table>\n").toString();
    }

    /** How far apart the two sides of a check are. */
    public static String difference(Derivation.Check check) {
        return String.format(
                        Locale.ROOT,
                        "%.2g apart, at most %.2g",
                        Math.abs(check.left() - check.right()),
                        check.tolerance())
                .replace("Infinity", "∞");
    }

    private List<Figure> figures(Derivation d) {
        List<Figure> figures = new ArrayList<>();
        Evaluator once = evaluator.settled(data, new int[] {d.index()}, n -> {});
        Gallery gallery = new Gallery(experiment, once);
        if (gallery.hasPictures()) {
            figures.add(new Figure.Picture(
                    enlarged(gallery.reconstructions(data, new int[] {d.index()})),
                    "The datum as the model sees it, over its reconstruction: the mean of p(x|z) at "
                            + (gallery.discrete() ? "the most probable z of q(z|x)." : "the mean of q(z|x).")));
        }
        if (!gallery.discrete() && Double.isFinite(d.elbo().value())) {
            figures.add(PosteriorPicture.of(once, data, d.index()));
        }
        return figures;
    }

    /** A small picture with its pixels as squares. */
    private static BufferedImage enlarged(BufferedImage picture) {
        int factor = Math.max(1, ENLARGED / picture.getWidth());
        BufferedImage large = new BufferedImage(
                picture.getWidth() * factor, picture.getHeight() * factor, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = large.createGraphics();
        g.drawImage(picture, 0, 0, large.getWidth(), large.getHeight(), null);
        g.dispose();
        return large;
    }

    private static String methods(List<List<Derivation.Line>> tables) {
        StringBuilder rows = new StringBuilder("<table class=\"results lines\">\n<tbody>\n");
        TreeSet<String> names = tables.stream()
                .flatMap(List::stream)
                .map(Derivation.Line::method)
                .collect(Collectors.toCollection(TreeSet::new));
        for (String method : names) {
            rows.append("<tr><th scope=\"row\" id=\"")
                    .append(Markup.escape(method))
                    .append("\">")
                    .append(Markup.escape(shortened(method)))
                    .append("<small>jensen.")
                    .append(Markup.escape(method.substring(0, method.lastIndexOf('.'))))
                    .append("</small></th></tr>\n");
        }
        return rows.append("</tbody>\n</table>\n").toString();
    }
}
