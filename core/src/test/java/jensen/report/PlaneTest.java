package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import jensen.evaluate.PosteriorGrid;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class PlaneTest {
    private static PosteriorGrid grid(DoubleBinaryOperator f) {
        int n = 41;
        double[] axis = new double[n];
        for (int i = 0; i < n; i++) {
            axis[i] = -2 + 0.1 * i;
        }
        double[] values = new double[n * n];
        for (int i = 0; i < n * n; i++) {
            values[i] = f.applyAsDouble(axis[i % n], axis[i / n]);
        }
        return new PosteriorGrid(new double[][] {axis, axis}, values);
    }

    @Test
    void theContourOfARoundHillIsACircle() {
        List<List<Point2D>> curves = Contours.at(grid((x, y) -> -(x * x + y * y)), -1.3 * 1.3);
        assertThat(curves).hasSize(1);
        List<Point2D> circle = curves.get(0);
        assertThat(circle.get(0)).isEqualTo(circle.get(circle.size() - 1));
        assertThat(circle)
                .hasSizeGreaterThan(80)
                .allSatisfy(p -> assertThat(p.distance(0, 0)).isCloseTo(1.3, within(0.005)));
        double turned = 0;
        for (int i = 1; i < circle.size(); i++) {
            assertThat(circle.get(i).distance(circle.get(i - 1))).isLessThan(0.15);
            turned += angle(circle.get(i - 1), circle.get(i));
        }
        assertThat(Math.abs(turned)).isCloseTo(2 * Math.PI, within(1e-9));
    }

    private static double angle(Point2D a, Point2D b) {
        return Math.atan2(a.getX() * b.getY() - a.getY() * b.getX(), a.getX() * b.getX() + a.getY() * b.getY());
    }

    @Test
    void twoHillsHaveTwoContoursAndTheEdgeCutsOneOpen() {
        List<List<Point2D>> curves =
                Contours.at(grid((x, y) -> Math.max(-Math.hypot(x + 1, y), -Math.hypot(x - 2, y))), -0.5);
        assertThat(curves).hasSize(2);
        List<Point2D> open = curves.stream()
                .filter(c -> !c.get(0).equals(c.get(c.size() - 1)))
                .findFirst()
                .orElseThrow();
        assertThat(open).allSatisfy(p -> assertThat(p.distance(2, 0)).isCloseTo(0.5, within(0.02)));
        assertThat(open.get(0).getX()).isEqualTo(2, within(1e-9));
        assertThat(open.get(open.size() - 1).getX()).isEqualTo(2, within(1e-9));
    }

    /** A chess board is nothing but saddles; every side of a cell that is crossed lies on exactly one curve. */
    @Test
    void saddlesLoseNoPoint() {
        PosteriorGrid board = grid((x, y) -> Math.round(10 * (x + y)) % 2 == 0 ? 1 : -1);
        int sides = 2 * 41 * 40;
        long points = Contours.at(board, 0).stream()
                .mapToLong(c -> c.get(0).equals(c.get(c.size() - 1)) ? c.size() - 1 : c.size())
                .sum();
        assertThat(points).isEqualTo(sides);
    }

    @Test
    void bothDrawingsShowCurvesPointsAndLegend() throws Exception {
        Plane plane = new Plane(
                "Two densities",
                "z, dimension 3",
                "z, dimension 9",
                List.of(
                        new Plane.Layer("p(z|x)", List.of(), List.of(new Plane.Weighted(0.5, 1, 1))),
                        new Plane.Layer(
                                "q(z|x)",
                                List.of(List.of(new Point2D.Double(0, 0), new Point2D.Double(2, 1))),
                                List.of())),
                List.of());
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new java.io.StringReader(plane.svg())));
        assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(1);
        assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(1);
        assertThat(document.getDocumentElement().getTextContent())
                .contains("Two densities", "p(z|x)", "q(z|x)", "z, dimension 3", "z, dimension 9");
        BufferedImage image = plane.image();
        assertThat(image.getRGB(2, 2)).isEqualTo(0xffffffff);
        int blue = 0;
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            blue += image.getRGB(i % image.getWidth(), i / image.getWidth())
                            == 0xff000000 + Ink.of(0).rgb()
                    ? 1
                    : 0;
        }
        assertThat(blue).isPositive();
    }
}
