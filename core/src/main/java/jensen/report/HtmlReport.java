package jensen.report;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        parts.add(Page.section("Results", resultTable()));
        if (!figures.isEmpty()) {
            parts.add(Page.section("Figures", Page.figures(figures)));
        }
        if (!settings.isEmpty()) {
            parts.add(Page.section("Settings", Page.entries(settings)));
        }
        if (!provenance.isEmpty()) {
            parts.add(Page.section("Provenance", Page.entries(provenance)));
        }
        return Page.html(title, summary, formula, parts);
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
}
