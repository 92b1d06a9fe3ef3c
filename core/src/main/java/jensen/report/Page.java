package jensen.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The parts of a self-contained HTML page. */
final class Page {
    private Page() {}

    /** Returns a page: its title, what came of it in a few sentences, a formula as text, and sections. */
    static String html(String title, String summary, String formula, List<String> sections) {
        return head(title, summary, formula)
                + String.join("", sections)
                + "<footer>Written by Jensen.</footer>\n</main>\n</body>\n</html>\n";
    }

    private static String head(String title, String summary, String formula) {
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

    static String section(String heading, String body) {
        return "<section>\n<h2>" + Markup.escape(heading) + "</h2>\n" + body + "</section>\n";
    }

    static String entries(List<HtmlReport.Entry> entries) {
        StringBuilder rows = new StringBuilder("<table class=\"entries\">\n<tbody>\n");
        for (HtmlReport.Entry entry : entries) {
            rows.append("<tr><th scope=\"row\">").append(Markup.escape(entry.name()));
            rows.append("</th><td>").append(Markup.escape(entry.value())).append("</td></tr>\n");
        }
        return rows.append("</tbody>\n</table>\n").toString();
    }

    static String figures(List<Figure> figures) {
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
