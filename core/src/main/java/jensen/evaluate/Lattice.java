package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The trapezium rule for densities over ℝᴰ, D ≤ 3, on the points of a lattice that matter: those where a density is within
 * {@value #DEPTH} nats of its maximum, and their neighbours. For smooth integrands that fall off as normal densities do, the
 * error falls faster than any power of the step, so two steps that agree say that the finer is right.
 *
 * @see <a href="https://doi.org/10.1137/130932132">Trefethen and Weideman 2014, The exponentially convergent trapezoidal
 *     rule</a>
 */
final class Lattice {
    private static final double DEPTH = 36;

    /** Coordinates of a point are packed into one number, 21 bits each. */
    private static final int BITS = 21;

    private static final long HALF = 1L << (BITS - 1);

    private final double[] centre;
    private final double[][] root;
    private final List<double[]> seeds;
    private final Function<double[][], double[][]> logDensities;
    private final int budget;
    private final double[] max;
    private Map<Long, double[]> points = new HashMap<>();
    private double step = 2;

    /**
     * @param centre of the lattice, {@code [D]}
     * @param root lower-triangular {@code [D][D]}: a step of 1 along axis j moves by its column j
     * @param seeds further points near which there may be mass
     * @param logDensities logarithms of densities {@code [n][m]} at points {@code [n][D]}
     * @param densities m
     * @param budget the most points
     */
    Lattice(
            double[] centre,
            double[][] root,
            List<double[]> seeds,
            Function<double[][], double[][]> logDensities,
            int densities,
            int budget) {
        this.centre = centre;
        this.root = root;
        this.seeds = seeds;
        this.logDensities = logDensities;
        this.budget = budget;
        this.max = new double[densities];
        Arrays.fill(max, Double.NEGATIVE_INFINITY);
    }

    /** An integral, the difference that the last halving of the step made to it, and whether that is as small as asked. */
    record Integral(double value, double error, boolean reached) {}

    /** Halves the step until {@code integral} changes by no more than {@code tolerance}, or the budget of points is spent. */
    Integral converge(ToDoubleFunction<Lattice> integral, double tolerance) {
        double value = Double.NEGATIVE_INFINITY;
        double error = Double.POSITIVE_INFINITY;
        while (refine()) {
            double finer = integral.applyAsDouble(this);
            error = value == finer ? 0 : Math.abs(finer - value);
            value = finer;
            if (error <= tolerance) {
                return new Integral(value, error, true);
            }
        }
        return new Integral(value, error, false);
    }

    /** How many points have been evaluated. */
    int size() {
        return points.size();
    }

    /** The logarithms of the densities at all points. */
    Collection<double[]> values() {
        return points.values();
    }

    /** The points, in the order of {@link #values}. */
    double[][] places() {
        return points.keySet().stream().map(this::at).toArray(double[][]::new);
    }

    /** The logarithm of the volume that a point stands for. */
    double logVolume() {
        double sum = centre.length * Math.log(step);
        for (int i = 0; i < centre.length; i++) {
            sum += Math.log(root[i][i]);
        }
        return sum;
    }

    /** log ∫ of one of the densities. */
    double logIntegral(int density) {
        double sum = 0;
        for (double[] logs : points.values()) {
            sum += Math.exp(logs[density] - max[density]);
        }
        return max[density] + Math.log(sum) + logVolume();
    }

    /** Halves the step, at first to 1; whether the budget of points allowed for it. */
    boolean refine() {
        step /= 2;
        Map<Long, double[]> coarse = points;
        points = new HashMap<>(2 * coarse.size());
        Set<Long> pending = new LinkedHashSet<>();
        pending.add(key(new long[centre.length]));
        seeds.forEach(z -> pending.add(nearest(z)));
        coarse.forEach((key, logs) -> points.put(doubled(key), logs));
        coarse.forEach((key, logs) -> addNeighbours(doubled(key), logs, pending));
        pending.removeAll(points.keySet());
        return grow(pending);
    }

    /** Evaluates points, then the neighbours of those that matter, until none is left; false where the budget is spent. */
    private boolean grow(Set<Long> first) {
        Set<Long> pending = first;
        while (!pending.isEmpty()) {
            if (points.size() + pending.size() > budget) {
                return false;
            }
            List<Long> keys = new ArrayList<>(pending);
            double[][] logs = logDensities.apply(keys.stream().map(this::at).toArray(double[][]::new));
            for (int i = 0; i < logs.length; i++) {
                points.put(keys.get(i), logs[i]);
                for (int m = 0; m < max.length; m++) {
                    if (Double.isNaN(logs[i][m])) {
                        throw new ArithmeticException(
                                "a density is not a number at z = " + Arrays.toString(at(keys.get(i))));
                    }
                    max[m] = Math.max(max[m], logs[i][m]);
                }
            }
            pending = new LinkedHashSet<>();
            for (int i = 0; i < logs.length; i++) {
                addNeighbours(keys.get(i), logs[i], pending);
            }
        }
        return true;
    }

    private void addNeighbours(long key, double[] logs, Set<Long> to) {
        boolean matters = false;
        for (int m = 0; m < max.length; m++) {
            matters |= logs[m] > max[m] - DEPTH;
        }
        for (int d = 0; matters && d < centre.length; d++) {
            for (long neighbour : new long[] {key - (1L << (BITS * d)), key + (1L << (BITS * d))}) {
                if (!points.containsKey(neighbour)) {
                    to.add(neighbour);
                }
            }
        }
    }

    private long key(long[] n) {
        long key = 0;
        for (int d = n.length - 1; d >= 0; d--) {
            key = (key << BITS) + n[d] + HALF;
        }
        return key;
    }

    private long[] coordinates(long key) {
        long[] n = new long[centre.length];
        for (int d = 0; d < n.length; d++) {
            n[d] = ((key >> (BITS * d)) & (2 * HALF - 1)) - HALF;
        }
        return n;
    }

    private long doubled(long key) {
        return key(Arrays.stream(coordinates(key)).map(n -> 2 * n).toArray());
    }

    private double[] at(long key) {
        long[] n = coordinates(key);
        double[] z = centre.clone();
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j <= i; j++) {
                z[i] += root[i][j] * step * n[j];
            }
        }
        return z;
    }

    /** The point of the lattice near which z is, kept within what can be packed. */
    private long nearest(double[] z) {
        long[] n = new long[z.length];
        double[] u = new double[z.length];
        for (int i = 0; i < z.length; i++) {
            double rest = z[i] - centre[i];
            for (int j = 0; j < i; j++) {
                rest -= root[i][j] * u[j];
            }
            u[i] = rest / root[i][i];
            n[i] = Math.max(-HALF / 2, Math.min(HALF / 2, Math.round(u[i] / step)));
        }
        return key(n);
    }
}
