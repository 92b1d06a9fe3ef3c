package jensen.report;

import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.dist.DiagonalNormal;
import jensen.evaluate.Codes;
import jensen.evaluate.Evaluator;
import jensen.evaluate.LogMeanExp;
import jensen.evaluate.PosteriorDraws;
import jensen.evaluate.PosteriorGrid;
import jensen.evaluate.Quadrature;
import jensen.tensor.Native;
import jensen.tensor.Scope;

/** The posterior p(z|x) of one datum with q(z|x) over it. */
final class PosteriorPicture {
    private static final double[] SHARES = {0.5, 0.9};
    private static final int LINE = 401;
    private static final int PLANE = 101;
    private static final int DRAWS = 5000;
    private static final int SHOWN = 1500;

    private PosteriorPicture() {}

    /** By quadrature in one or two latent dimensions, by weighted draws in more. */
    static Figure of(Evaluator evaluator, Dataset data, int row) {
        Codes q = evaluator.codes(data, new int[] {row});
        double[] mean = q.mean()[0];
        double[] deviation = q.standardDeviation()[0];
        boolean ellipses = independent(evaluator, data, row);
        Quadrature quadrature = new Quadrature(1e-6, 1_000_000);
        return switch (mean.length) {
            case 1 -> {
                PosteriorGrid grid = quadrature.posterior(evaluator, data, row, LINE);
                yield line(grid, quadrature.approximation(evaluator, data, row, grid));
            }
            case 2 -> {
                PosteriorGrid grid = quadrature.posterior(evaluator, data, row, PLANE);
                List<List<Point2D>> curves = ellipses
                        ? ellipses(mean, deviation, 0, 1)
                        : curves(quadrature.approximation(evaluator, data, row, grid));
                yield plane(grid, curves);
            }
            default -> draws(PosteriorDraws.of(evaluator, data, row, DRAWS), q, ellipses);
        };
    }

    /** Whether q is normal with independent components, whose curves of equal density are ellipses along the axes. */
    private static boolean independent(Evaluator evaluator, Dataset data, int row) {
        return Native.withoutGradient(() -> {
            try (Scope scope = new Scope()) {
                return evaluator.posterior(data, evaluator.read(data, new int[] {row})) instanceof DiagonalNormal;
            }
        });
    }

    private static Figure line(PosteriorGrid grid, PosteriorGrid q) {
        List<Double> at = DoubleStream.of(grid.axes()[0]).boxed().toList();
        return new Figure.Drawing(
                new LineChart(
                        "The posterior and q",
                        "z",
                        "density",
                        List.of(new Series("p(z|x)", at, density(grid)), new Series("q(z|x)", at, density(q)))),
                "The true posterior p(z|x), found by quadrature, and q(z|x), which stands in for it.");
    }

    private static List<Double> density(PosteriorGrid grid) {
        return DoubleStream.of(grid.logDensity()).map(Math::exp).boxed().toList();
    }

    /** Half and nine tenths of the mass on a grid lie within these. */
    private static List<List<Point2D>> curves(PosteriorGrid grid) {
        return Arrays.stream(SHARES)
                .mapToObj(share -> Contours.at(grid, grid.level(share)))
                .flatMap(List::stream)
                .toList();
    }

    private static Figure plane(PosteriorGrid grid, List<List<Point2D>> q) {
        Plane chart = new Plane(
                "The posterior and q",
                "z, dimension 0",
                "z, dimension 1",
                List.of(new Plane.Layer("p(z|x)", curves(grid), List.of()), new Plane.Layer("q(z|x)", q, List.of())),
                List.of());
        return new Figure.Drawing(
                chart,
                "The true posterior p(z|x), found by quadrature, and q(z|x), which stands in for it: the curves hold half"
                        + " and nine tenths of each one's mass.");
    }

    private static Figure draws(PosteriorDraws draws, Codes q, boolean ellipses) {
        double[] mean = q.mean()[0];
        double[] deviation = q.standardDeviation()[0];
        int[] widest = IntStream.range(0, deviation.length)
                .boxed()
                .sorted((a, b) -> Double.compare(deviation[b], deviation[a]))
                .limit(2)
                .sorted()
                .mapToInt(d -> d)
                .toArray();
        double max = Arrays.stream(draws.logWeights()).max().orElseThrow();
        List<Plane.Weighted> points = IntStream.range(0, draws.z().length)
                .mapToObj(k -> new Plane.Weighted(
                        draws.z()[k][widest[0]], draws.z()[k][widest[1]], Math.exp(draws.logWeights()[k] - max)))
                .filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y()) && p.weight() > 1e-4)
                .sorted((a, b) -> Double.compare(b.weight(), a.weight()))
                .limit(SHOWN)
                .toList();
        LogMeanExp weights = draws.evidence();
        Plane chart = new Plane(
                "The posterior and q",
                "z, dimension " + widest[0],
                "z, dimension " + widest[1],
                List.of(
                        new Plane.Layer("p(z|x), weighted draws", List.of(), points),
                        new Plane.Layer(
                                "q(z|x)",
                                ellipses ? ellipses(mean, deviation, widest[0], widest[1]) : List.of(),
                                List.of())),
                List.of());
        return new Figure.Drawing(
                chart,
                String.format(
                        Locale.ROOT,
                        "Draws from q(z|x), each as large as its weight p(x, z)/q(z|x), by which they are draws from the"
                                + " posterior p(z|x), in the two dimensions in which q is widest%s. The %,d draws are worth %.1f equally weighted ones, k̂ is %s%s.",
                        ellipses ? "; the curves hold half and nine tenths of q's mass" : "",
                        draws.z().length,
                        weights.effectiveSamples(),
                        Numbers.plain(weights.paretoShape()),
                        weights.trusted() ? "" : ": too few to trust the picture"));
    }

    /** Half and nine tenths of the mass of a normal with independent components lie within these. */
    private static List<List<Point2D>> ellipses(double[] mean, double[] deviation, int x, int y) {
        List<List<Point2D>> curves = new ArrayList<>();
        if (!Double.isFinite(mean[x] + mean[y] + deviation[x] + deviation[y])) {
            return curves;
        }
        for (double share : SHARES) {
            double radius = Math.sqrt(-2 * Math.log(1 - share));
            curves.add(IntStream.rangeClosed(0, 90)
                    .mapToDouble(i -> 2 * Math.PI * i / 90)
                    .<Point2D>mapToObj(a -> new Point2D.Double(
                            mean[x] + radius * deviation[x] * Math.cos(a),
                            mean[y] + radius * deviation[y] * Math.sin(a)))
                    .toList());
        }
        return curves;
    }
}
