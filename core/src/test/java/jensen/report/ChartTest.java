package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ChartTest {
    private static final int BLUE = 0x3f90da;
    private static final int RED = 0xbd1f01;

    private static Document parsed(Chart chart) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(chart.svg())));
    }

    private static List<Element> elements(Document document, String tag) {
        NodeList nodes = document.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static List<String> texts(Chart chart) throws Exception {
        return elements(parsed(chart), "text").stream()
                .map(Element::getTextContent)
                .toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static List<Double> list(double... values) {
        return DoubleStream.of(values).boxed().toList();
    }

    private static long count(BufferedImage image, int rgb) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .filter(i -> (image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xffffff) == rgb)
                .count();
    }

    private static void assertWhiteEdges(BufferedImage image) {
        for (int x = 0; x < image.getWidth(); x++) {
            assertThat(image.getRGB(x, 0) & 0xffffff).isEqualTo(0xffffff);
            assertThat(image.getRGB(x, image.getHeight() - 1) & 0xffffff).isEqualTo(0xffffff);
        }
        for (int y = 0; y < image.getHeight(); y++) {
            assertThat(image.getRGB(0, y) & 0xffffff).isEqualTo(0xffffff);
            assertThat(image.getRGB(image.getWidth() - 1, y) & 0xffffff).isEqualTo(0xffffff);
        }
    }

    @Test
    void aCurveGoesThroughItsValues() throws Exception {
        LineChart chart = LineChart.elbo(List.of(
                new Series("training", list(1, 2, 3), list(-200, -150, -100)),
                new Series("validation", list(1, 2, 3), list(-210, -160, -110))));
        // Circles are the first series' marks, the first of them in the legend.
        List<Element> marks = elements(parsed(chart), "circle");
        assertThat(marks).hasSize(4);
        double step = number(marks.get(2), "cy") - number(marks.get(1), "cy");
        assertThat(step).isNegative();
        assertThat(number(marks.get(3), "cy") - number(marks.get(2), "cy")).isEqualTo(step, offset());
        assertThat(number(marks.get(2), "cx") * 2)
                .isEqualTo(number(marks.get(1), "cx") + number(marks.get(3), "cx"), offset());
        assertThat(texts(chart))
                .contains("training", "validation", "epoch", "nats per datum", "1", "2", "3", "−200", "−100")
                .doesNotContain("1.5");
        BufferedImage image = chart.image();
        int x = (int) Math.round(number(marks.get(2), "cx"));
        int y = (int) Math.round(number(marks.get(2), "cy"));
        assertThat(image.getRGB(x, y) & 0xffffff).isEqualTo(BLUE);
        assertThat(count(image, RED)).isGreaterThan(50);
        assertWhiteEdges(image);
    }

    private static org.assertj.core.data.Offset<Double> offset() {
        return org.assertj.core.api.Assertions.within(0.03);
    }

    @Test
    void aValueThatIsNotFiniteLeavesAGapAndANote() throws Exception {
        Series series =
                new Series("training", list(1, 2, 3, 4, 5), list(-3, -2, Double.NaN, -1, Double.NEGATIVE_INFINITY));
        LineChart chart = LineChart.elbo(List.of(series));
        Document document = parsed(chart);
        // The legend's sample and the one run of two values; the value between gaps is a mark alone.
        assertThat(elements(document, "polyline")).hasSize(2);
        assertThat(elements(document, "circle")).hasSize(1 + 3);
        assertThat(texts(chart)).contains("2 of 5 values of “training” are not finite and leave a gap");
        assertThat(chart.svg()).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void aConstantOneValueAndNoFiniteValueStillMakeAChart() throws Exception {
        for (List<Double> values :
                List.of(list(-100, -100), list(0, 0), list(Double.NaN, Double.NaN), list(1e-300, 0))) {
            LineChart chart = LineChart.elbo(List.of(new Series("training", list(1, 2), values)));
            assertThat(chart.svg()).doesNotContain("NaN").doesNotContain("Infinity");
            assertWhiteEdges(chart.image());
        }
        LineChart one = LineChart.elbo(List.of(new Series("training", list(7), list(-88.5))));
        assertThat(texts(one)).contains("7");
        assertThat(count(one.image(), BLUE)).isGreaterThan(40);
    }

    @Test
    void longNamesAndManySeriesStayInside() throws Exception {
        List<Series> many = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            many.add(new Series("a name of some length " + i, list(0, 200_000), list(-1e9 * i, 1e9)));
        }
        LineChart chart = new LineChart("A title " + "that is long ".repeat(12), "step", "w".repeat(90), many);
        assertWhiteEdges(chart.image());
        for (Element text : elements(parsed(chart), "text")) {
            double width = PixelCanvas.textWidth(text.getTextContent(), number(text, "font-size"), false);
            double room = text.hasAttribute("transform") ? 400 : 560;
            assertThat(width).as(text.getTextContent()).isLessThan(room);
        }
    }

    @Test
    void barsAreSortedAndUnusedOnesGrey() throws Exception {
        KlBars chart = new KlBars(list(0.002, 3, 0.009, 1.5, -0.001));
        List<Element> bars = elements(parsed(chart), "rect");
        assertThat(bars.stream()
                        .map(bar -> bar.getAttribute("style").substring(9, 17))
                        .toList())
                .containsExactly("--series", "--series", "--faint,", "--faint,", "--faint,");
        assertThat(number(bars.get(0), "height") / number(bars.get(1), "height"))
                .isEqualTo(2, offset());
        assertThat(texts(chart))
                .contains("KL per latent dimension: 2 of 5 in use", "grey: below 0.01 nats, not in use")
                .containsSubsequence("1", "3", "2", "0", "4");
        assertThat(count(chart.image(), BLUE)).isGreaterThan(1000);
        assertWhiteEdges(chart.image());
    }

    @Test
    void aKlThatIsNotFiniteHasNoBarAndANote() throws Exception {
        KlBars chart = new KlBars(list(Double.NaN, 1));
        assertThat(elements(parsed(chart), "rect")).hasSize(1);
        assertThat(texts(chart)).contains("1 of 2 values are not finite and have no bar");
        assertThat(new KlBars(list(Double.NaN)).svg()).contains("0 of 1 in use");
        assertThat(new KlBars(list(0)).svg()).contains("0 of 1 in use");
    }

    @Test
    void pointsStandWhereTheyAreInTheColorOfTheirLabel() throws Exception {
        List<Scatter.Point> points =
                List.of(new Scatter.Point(0, 0, 0), new Scatter.Point(4, 0, 1), new Scatter.Point(0, 2, 11));
        List<String> names = IntStream.range(0, 12).mapToObj(i -> "digit " + i).toList();
        Scatter chart = new Scatter("Codes", "first", "second", points, names);
        Document document = parsed(chart);
        List<Element> circles = elements(document, "circle");
        double right = number(circles.get(1), "cx") - number(circles.get(0), "cx");
        String[] corner =
                elements(document, "polygon").get(0).getAttribute("points").split("[ ,]");
        double square = (Double.parseDouble(corner[1]) + Double.parseDouble(corner[5])) / 2;
        // One unit is as long upwards as to the right.
        assertThat(number(circles.get(0), "cy") - square).isEqualTo(right / 2, offset());
        assertThat(circles.get(1).getAttribute("style")).contains("#bd1f01");
        assertThat(elements(document, "polygon").get(0).getAttribute("style")).contains("#bd1f01");
        assertThat(texts(chart)).containsAll(names).contains("Codes", "first", "second");
        assertWhiteEdges(chart.image());
    }

    @Test
    void unlabelledPointsAreOneColorAndThinnerWhereThereAreMore() throws Exception {
        List<Scatter.Point> points = IntStream.range(0, 4000)
                .mapToObj(i -> new Scatter.Point(Math.cos(i), Math.sin(i), 0))
                .toList();
        Scatter chart = new Scatter("Codes", "first", "second", points, List.of());
        List<Element> circles = elements(parsed(chart), "circle");
        assertThat(circles).hasSize(4000).allMatch(c -> c.getAttribute("style").contains("#3f90da"));
        assertThat(number(circles.get(0), "fill-opacity")).isBetween(0.1, 0.4);
        Scatter one = new Scatter("Codes", "first", "second", points.subList(0, 1), List.of());
        assertThat(number(elements(parsed(one), "circle").get(0), "fill-opacity"))
                .isEqualTo(0.8);
    }

    @Test
    void aPointThatIsNotFiniteIsLeftOutAndNoted() throws Exception {
        List<Scatter.Point> points =
                List.of(new Scatter.Point(1, Double.NaN, 0), new Scatter.Point(1, 1, 0), new Scatter.Point(2, 3, 0));
        Scatter chart = new Scatter("Codes", "first", "second", points, List.of());
        assertThat(elements(parsed(chart), "circle")).hasSize(2);
        assertThat(texts(chart)).contains("1 of 3 points are not finite and are not drawn");
    }

    @Test
    void aLegendTooLongForTheChartSaysHowMuchItLeavesOut() throws Exception {
        List<String> names = IntStream.range(0, 70).mapToObj(i -> "" + i).toList();
        Scatter chart = new Scatter("Codes", "first", "second", List.of(new Scatter.Point(0, 0, 69)), names);
        assertThat(texts(chart)).contains("42", "and 27 more").doesNotContain("43");
        assertWhiteEdges(chart.image());
    }

    @Test
    void refusesNothingToDraw() {
        assertThatIllegalArgumentException().isThrownBy(() -> LineChart.elbo(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new KlBars(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Scatter("", "", "", List.of(), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Series("training", list(), list()))
                .withMessageContaining("training");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Series("training", list(1, 2), list(1)))
                .withMessageContaining("2 x and 1 y");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Series("training", list(1, 1), list(1, 1)))
                .withMessageContaining("rising");
        List<Scatter.Point> stray = List.of(new Scatter.Point(0, 0, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Scatter("", "", "", stray, List.of("a", "b")))
                .withMessageContaining("from 0 to 1, found 2");
    }

    @Test
    void wordsInADrawingAreEscaped() throws Exception {
        LineChart chart = new LineChart(
                "a < b & \"c\"", "<x>", "y\u0007", List.of(new Series("</text><script>", list(1), list(1))));
        assertThat(texts(chart)).contains("a < b & \"c\"", "<x>", "y\ufffd", "</text><script>");
        assertThat(chart.svg()).doesNotContain("<script>");
    }
}
