package jensen.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import jensen.data.AtomicFile;

/**
 * A run on one page: a self-contained HTML file that fetches nothing, for screens of any width, light and dark, and for paper.
 *
 * @param title the page's title
 * @param summary what was done and what came of it, in a few sentences
 * @param formula what was maximised, as text such as E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))
 * @param results the headline figures
 * @param figures pictures and charts, in order
 * @param settings the experiment's settings
 * @param provenance what another needs to get the same numbers: data, seed, versions
 */
public record HtmlReport(
        String title,
        String summary,
        String formula,
        List<Result> results,
        List<Figure> figures,
        List<Entry> settings,
        List<Entry> provenance) {

    /**
     * A headline figure.
     *
     * @param name what it is called
     * @param symbol its formula, or empty
     * @param standardError its Monte Carlo standard error, where it has one
     * @param unit such as nats per datum, or empty
     * @param meaning what it says, in a sentence
     */
    public record Result(
            String name, String symbol, double value, OptionalDouble standardError, String unit, String meaning) {}

    /** A name and its value, as text. */
    public record Entry(String name, String value) {}

    /** Throws IllegalArgumentException when the title is blank or there are no results. */
    public HtmlReport {
        results = List.copyOf(results);
        figures = List.copyOf(figures);
        settings = List.copyOf(settings);
        provenance = List.copyOf(provenance);
        if (title.isBlank()) {
            throw new IllegalArgumentException("title: expected some text, found none");
        }
        if (results.isEmpty()) {
            throw new IllegalArgumentException("results: expected one or more, found none");
        }
    }

    /**
     * Writes the page, whole or not at all.
     *
     * @throws UncheckedIOException when the file cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, out -> out.write(html().getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns the page. */
    public String html() {
        List<String> parts = new ArrayList<>();
        parts.add(head());
        parts.add(section("Results", resultTable()));
        if (!figures.isEmpty()) {
            parts.add(section("Figures", figureList()));
        }
        if (!settings.isEmpty()) {
            parts.add(section("Settings", entryTable(settings)));
        }
        if (!provenance.isEmpty()) {
            parts.add(section("Provenance", entryTable(provenance)));
        }
        parts.add("<footer>Written by Jensen.</footer>\n</main>\n</body>\n</html>\n");
        return String.join("", parts);
    }

    private String head() {
        String safe = Markup.escape(title);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                <header>
                <h1>%s</h1>
                <p class="summary">%s</p>
                </header>
                <p class="formula">%s</p>
                """.formatted(safe, style(), safe, Markup.escape(summary), Markup.formula(formula));
    }

    private static String style() {
        try (InputStream css = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String section(String heading, String body) {
        return "<section>\n<h2>" + heading + "</h2>\n" + body + "</section>\n";
    }

    private String resultTable() {
        StringBuilder rows = new StringBuilder("<table class=\"results\">\n");
        rows.append("<thead><tr><th>Quantity</th><th>Value</th><th>Unit</th></tr></thead>\n<tbody>\n");
        for (Result result : results) {
            String symbol = result.symbol().isEmpty()
                    ? ""
                    : " <span class=\"symbol\">" + Markup.formula(result.symbol()) + "</span>";
            rows.append("""
                    <tr><th scope="row">%s%s<small>%s</small></th><td class="number">%s</td><td>%s</td></tr>
                    """.formatted(
                            Markup.escape(result.name()),
                            symbol,
                            Markup.escape(result.meaning()),
                            number(result),
                            Markup.escape(result.unit())));
        }
        return rows.append("</tbody>\n</table>\n").toString();
    }

    private static String number(Result result) {
        return result.standardError().isPresent()
                ? Numbers.withError(result.value(), result.standardError().getAsDouble())
                : Numbers.plain(result.value());
    }

    private static String entryTable(List<Entry> entries) {
        StringBuilder rows = new StringBuilder("<table class=\"entries\">\n<tbody>\n");
        for (Entry entry : entries) {
            rows.append("<tr><th scope=\"row\">").append(Markup.escape(entry.name()));
            rows.append("</th><td>").append(Markup.escape(entry.value())).append("</td></tr>\n");
        }
        return rows.append("</tbody>\n</table>\n").toString();
    }

    private String figureList() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < figures.size(); i++) {
            String caption = Markup.escape(figures.get(i).caption());
            out.append("<figure>\n").append(content(figures.get(i), caption));
            out.append("<figcaption><b>Figure ").append(i + 1).append(".</b> ").append(caption);
            out.append("</figcaption>\n</figure>\n");
        }
        return out.toString();
    }

    private static String content(Figure figure, String caption) {
        if (figure instanceof Figure.Drawing drawing) {
            return drawing.chart().svg();
        }
        BufferedImage image = ((Figure.Picture) figure).image();
        return "<img width=\"" + image.getWidth() + "\" height=\"" + image.getHeight() + "\" alt=\"" + caption
                + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(Png.bytes(image)) + "\">\n";
    }
}
