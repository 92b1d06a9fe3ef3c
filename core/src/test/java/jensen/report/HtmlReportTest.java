package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import jensen.bound.Bound;
import jensen.gradient.GradientEstimator;
import jensen.optim.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final HtmlReport.Result ELBO = new HtmlReport.Result(
            "Evidence lower bound",
            "L(θ, φ; x)",
            -104.1234,
            OptionalDouble.of(0.231),
            "nats per datum",
            "Higher is better.");

    private static HtmlReport report(String words, List<Figure> figures) {
        HtmlReport.Entry entry = new HtmlReport.Entry(words, words);
        HtmlReport.Result result = new HtmlReport.Result(words, words, 7, OptionalDouble.empty(), words, words);
        return new HtmlReport(words, words, words, List.of(ELBO, result), figures, List.of(entry), List.of(entry));
    }

    /** No setting is shown as the code writes it, and none is passed over as another. */
    @Test
    void everySettingHasWords() {
        assertThat(Words.schedule(new Schedule.Tripling(1e-3)))
                .isEqualTo("0.001 · 10^(−i/7) for 3^i epochs, i = 0, 1, …");
        assertThat(GradientEstimator.all().stream().map(Words::gradient).distinct())
                .hasSize(GradientEstimator.all().size());
        assertThat(Bound.all().stream().map(Words::bound).distinct())
                .hasSize(Bound.all().size());
        assertThat(Bound.all().stream().map(Words::formula)).allMatch(words -> words.contains("≤ log p_θ(x)"));
        assertThat(Words.fileName("C:\\data\\table.csv")).isEqualTo("table.csv");
        assertThat(Words.fileName("/data/images/")).isEqualTo("images");
        assertThat(Words.fileName("mnist:test")).isEqualTo("mnist:test");
    }

    private static BufferedImage dot() {
        BufferedImage image = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 2, 0x00ff80);
        return image;
    }

    @Test
    void thePageHoldsEverything(@TempDir Path folder) throws Exception {
        LineChart curve = LineChart.elbo(List.of(new Series("training", List.of(1.0, 2.0), List.of(-9.0, -8.0))));
        List<Figure> figures =
                List.of(new Figure.Drawing(curve, "The curve."), new Figure.Picture(dot(), "The picture."));
        Path file = folder.resolve("report.html");
        report("some words", figures).write(file);
        String page = Files.readString(file);
        assertThat(page).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
        assertThat(page)
                .contains("−104.12 ± 0.23", "nats per datum", "Higher is better.", "<td class=\"number\">7</td>");
        assertThat(page).containsSubsequence("Results", "<svg", "The curve.", "<img", "The picture.");
        assertThat(page).containsSubsequence("Settings", "some words", "Provenance", "some words");
        Matcher data = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\"").matcher(page);
        assertThat(data.find()).isTrue();
        byte[] png = Base64.getDecoder().decode(data.group(1));
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getRGB(3, 2)).isEqualTo(0xff00ff80);
    }

    @Test
    void thePageFetchesNothing() {
        List<Figure> figures =
                List.of(new Figure.Picture(dot(), "c"), new Figure.Drawing(new KlBars(List.of(1.0)), "d"));
        String page = report("words", figures).html();
        // The one address is the name of the SVG language, which nothing fetches.
        String rest = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assertThat(rest).doesNotContain("http:", "https:", "<link", "<script", "@import", "url(");
        assertThat(page).contains("prefers-color-scheme: dark", "width=device-width");
    }

    @Test
    void allTextIsEscaped() {
        String attack = "<b>\"x\" & 'y'</b>\u0000 %s";
        String page = report(attack, List.of(new Figure.Picture(dot(), attack))).html();
        assertThat(page).doesNotContain("<b>\"", "'y'", "\u0000");
        String safe = "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;\ufffd %s";
        assertThat(page)
                .contains("<title>" + safe, "<h1>" + safe, "alt=\"" + safe + "\"", "<td>" + safe, "<small>" + safe);
        assertThat(page).contains("</b> " + safe + "</figcaption>", "<p class=\"summary\">" + safe);
    }

    @Test
    void formulasHaveItalicVariablesAndSubscripts() {
        assertThat(Markup.formula("log p_θ(x) ≥ E_q[KL < 2]"))
                .isEqualTo(
                        "log\u00a0<i>p</i><sub><i>θ</i></sub>(<i>x</i>) ≥\u00a0<i>E</i><sub><i>q</i></sub>[KL &lt; 2]");
        assertThat(Markup.formula("q(z|x) & z_12"))
                .isEqualTo("<i>q</i>(<i>z</i>\u202f|\u2060\u202f<i>x</i>) &amp; <i>z</i><sub>12</sub>");
    }

    @Test
    void sectionsWithoutContentAreLeftOut() {
        String page = new HtmlReport("t", "", "", List.of(ELBO), List.of(), List.of(), List.of()).html();
        assertThat(page).contains("Results").doesNotContain("<h2>Figures", "<h2>Settings", "<h2>Provenance");
    }

    @Test
    void refusesAPageAboutNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HtmlReport("t", "", "", List.of(), List.of(), List.of(), List.of()))
                .withMessageContaining("results");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HtmlReport(" ", "", "", List.of(ELBO), List.of(), List.of(), List.of()))
                .withMessageContaining("title");
    }
}
