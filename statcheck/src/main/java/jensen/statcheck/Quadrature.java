package jensen.statcheck;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;

/**
 * Adaptive integration in one dimension: a 15-point Gauss–Legendre rule against its two halves.
 *
 * <p>An interval is split until rule and halves agree to 1e-11 (absolute, halved with the interval) or to rounding. A
 * peak much narrower than a thirtieth of the interval may fall between the first points: give an interval, or a centre
 * and scale, that show where the integrand lives.
 */
public final class Quadrature {
    private static final GaussIntegratorFactory GAUSS = new GaussIntegratorFactory();
    private static final int POINTS = 15;
    private static final int DEPTH = 40;
    private static final double TOLERANCE = 1e-11;

    private Quadrature() {}

    /**
     * ∫ f(x) dx over [from, to].
     *
     * @throws IllegalArgumentException if the ends are not finite and increasing
     * @throws ArithmeticException if f is not finite somewhere, or 40 halvings do not settle it
     */
    public static double interval(DoubleUnaryOperator f, double from, double to) {
        if (!(from < to) || Double.isInfinite(from) || Double.isInfinite(to)) {
            throw new IllegalArgumentException("interval: expected finite from < to, found [" + from + ", " + to + "]");
        }
        DoubleUnaryOperator checked = x -> finite(f.applyAsDouble(x), x);
        double total = 0;
        // Two unequal parts, so that a symmetric integrand cannot make a coarse rule and its halves agree by chance.
        double middle = from + 0.4375 * (to - from);
        for (double[] part : new double[][] {{from, middle}, {middle, to}}) {
            total += settle(checked, part[0], part[1], rule(checked, part[0], part[1]), TOLERANCE, DEPTH);
        }
        return total;
    }

    /**
     * ∫ f(x) dx over the real line, through x = centre + scale · t / (1 − t²).
     *
     * @param centre about where the integrand is largest
     * @param scale about how wide it is, positive
     */
    public static double realLine(DoubleUnaryOperator f, double centre, double scale) {
        if (!(scale > 0)) {
            throw new IllegalArgumentException("scale: expected > 0, found " + scale);
        }
        DoubleUnaryOperator transformed = t -> {
            double s = (1 - t) * (1 + t);
            return f.applyAsDouble(centre + scale * t / s) * scale * (1 + t * t) / (s * s);
        };
        return interval(transformed, -1, 1);
    }

    private static double settle(
            DoubleUnaryOperator f, double a, double b, double coarse, double tolerance, int depth) {
        double middle = a + (b - a) / 2;
        double left = rule(f, a, middle);
        double right = rule(f, middle, b);
        double fine = left + right;
        double slack = Math.max(tolerance, 1e-14 * Math.max(Math.abs(left), Math.abs(right)));
        if (Math.abs(fine - coarse) <= slack) {
            return fine;
        }
        if (depth == 0) {
            throw new ArithmeticException("The integral does not settle near " + middle);
        }
        return settle(f, a, middle, left, tolerance / 2, depth - 1)
                + settle(f, middle, b, right, tolerance / 2, depth - 1);
    }

    private static double rule(DoubleUnaryOperator f, double a, double b) {
        GaussIntegrator gauss = GAUSS.legendre(POINTS, a, b);
        return gauss.integrate(f::applyAsDouble);
    }

    private static double finite(double y, double x) {
        if (!Double.isFinite(y)) {
            throw new ArithmeticException("The integrand is " + y + " at " + x);
        }
        return y;
    }
}
