package jensen.evaluate;

import java.util.Arrays;

/**
 * p(z|x), or q(z|x), of one datum on an even grid in one or two latent dimensions that holds nearly all of the mass of both.
 *
 * @param axes the values of z in each dimension, rising
 * @param logDensity log p(z|x) or log q(z|x), the first dimension running fastest
 */
public record PosteriorGrid(double[][] axes, double[] logDensity) {
    /** The points of a grid, {@code [n][D]}, the first dimension running fastest. */
    static double[][] points(double[][] axes) {
        int across = axes[0].length;
        double[][] z = new double[axes.length == 1 ? across : across * axes[1].length][axes.length];
        for (int i = 0; i < z.length; i++) {
            z[i][0] = axes[0][i % across];
            if (axes.length == 2) {
                z[i][1] = axes[1][i / across];
            }
        }
        return z;
    }

    /** The area, or length, that a point of the grid stands for. */
    public double cell() {
        return Arrays.stream(axes).mapToDouble(axis -> axis[1] - axis[0]).reduce(1, (a, b) -> a * b);
    }

    /** The mass on the grid, which is 1 as far as the grid is wide and fine enough. */
    public double mass() {
        return Arrays.stream(logDensity).map(Math::exp).sum() * cell();
    }

    /** The log-density above which a share of the mass lies. */
    public double level(double share) {
        double[] rising = logDensity.clone();
        Arrays.sort(rising);
        double wanted = share * mass();
        double gathered = 0;
        int i = rising.length;
        while (i > 1 && gathered < wanted) {
            gathered += Math.exp(rising[--i]) * cell();
        }
        return rising[Math.min(i, rising.length - 1)];
    }
}
