package jensen.net;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.special.Erf;

/** Networks evaluated on one datum by loops over plain arrays. */
final class PlainNetwork {
    private final Map<String, double[]> weights = new HashMap<>();

    PlainNetwork(Parameters parameters) {
        parameters.all().forEach((name, value) -> weights.put(name, value.toDoubles()));
    }

    static double activate(Activation activation, double x) {
        return switch (activation) {
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(0, x);
            case ELU -> x > 0 ? x : Math.expm1(x);
            case GELU -> x * 0.5 * (1 + Erf.erf(x / Math.sqrt(2)));
            case SOFTPLUS -> Math.log1p(Math.exp(x));
        };
    }

    private static double[] activate(Activation activation, double... x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = activate(activation, x[i]);
        }
        return y;
    }

    double[] apply(Network network, double... x) {
        if (network instanceof Mlp mlp) {
            return affine("", mlp.hidden().size() + 1, mlp.activation(), x);
        }
        return network instanceof Convolutional c ? convolutional(c, x) : deconvolutional((Deconvolutional) network, x);
    }

    private double[] affine(String path, int layers, Activation activation, double... x) {
        double[] h = x;
        for (int layer = 0; layer < layers; layer++) {
            double[] w = weight(path + layer + ".weight");
            double[] y = weight(path + layer + ".bias").clone();
            for (int o = 0; o < y.length; o++) {
                for (int i = 0; i < h.length; i++) {
                    y[o] += w[o * h.length + i] * h[i];
                }
            }
            h = layer + 1 < layers ? activate(activation, y) : y;
        }
        return h;
    }

    private double[] weight(String name) {
        double[] found = weights.get(name);
        if (found == null) {
            throw new IllegalArgumentException(name + " is not in " + weights.keySet());
        }
        return found;
    }

    private double[] convolutional(Convolutional c, double... x) {
        double[] h = x;
        int in = c.channels();
        int rows = c.height();
        int columns = c.width();
        for (int layer = 0; layer < c.filters().size(); layer++) {
            int out = c.filters().get(layer);
            h = activate(c.activation(), convolve(layer, h, in, rows, columns, out));
            in = out;
            rows /= 2;
            columns /= 2;
        }
        return affine("dense.", c.hidden().size() + 1, c.activation(), transposed(h, in));
    }

    /** A matrix of so many rows, row by row, as its columns. */
    private static double[] transposed(double[] matrix, int rows) {
        int columns = matrix.length / rows;
        double[] found = new double[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            found[i % columns * rows + i / columns] = matrix[i];
        }
        return found;
    }

    private double[] convolve(int layer, double[] x, int in, int rows, int columns, int out) {
        double[] w = weight("convolution." + layer + ".weight");
        double[] b = weight("convolution." + layer + ".bias");
        int newRows = rows / 2;
        int newColumns = columns / 2;
        double[] y = new double[out * newRows * newColumns];
        for (int at = 0; at < y.length; at++) {
            int o = at / (newRows * newColumns);
            int r = at / newColumns % newRows;
            int s = at % newColumns;
            y[at] = b[o];
            for (int tap = 0; tap < in * 16; tap++) {
                int i = tap / 16;
                int row = 2 * r + tap % 16 / 4 - 1;
                int column = 2 * s + tap % 4 - 1;
                if (row >= 0 && row < rows && column >= 0 && column < columns) {
                    y[at] += w[o * in * 16 + tap] * x[(i * rows + row) * columns + column];
                }
            }
        }
        return y;
    }

    private double[] deconvolutional(Deconvolutional d, double... x) {
        List<Integer> filters = d.filters();
        double[] pixels = activate(d.activation(), affine("dense.", d.hidden().size() + 1, d.activation(), x));
        double[] h = transposed(pixels, pixels.length / filters.get(0));
        for (int layer = 0; layer < filters.size(); layer++) {
            int times = filters.size() - layer;
            boolean last = times == 1;
            int out = last ? d.perPixel() * d.channels() : filters.get(layer + 1);
            int rows = d.height() >> times;
            int columns = d.width() >> times;
            int newRows = d.height() >> (times - 1);
            int newColumns = d.width() >> (times - 1);
            double[] y = spread(layer, h, filters.get(layer), rows, columns, out, newRows, newColumns);
            h = last ? y : activate(d.activation(), y);
        }
        return h;
    }

    /** Each input pixel adds its kernel to the output. */
    private double[] spread(
            int layer, double[] x, int in, int rows, int columns, int out, int newRows, int newColumns) {
        double[] w = weight("convolution." + layer + ".weight");
        double[] b = weight("convolution." + layer + ".bias");
        double[] y = new double[out * newRows * newColumns];
        for (int i = 0; i < y.length; i++) {
            y[i] = b[i / (newRows * newColumns)];
        }
        for (int at = 0; at < in * rows * columns; at++) {
            int i = at / (rows * columns);
            for (int tap = 0; tap < out * 16; tap++) {
                int row = 2 * (at / columns % rows) + tap % 16 / 4 - 1;
                int column = 2 * (at % columns) + tap % 4 - 1;
                if (row >= 0 && row < newRows && column >= 0 && column < newColumns) {
                    y[(tap / 16 * newRows + row) * newColumns + column] += w[i * out * 16 + tap] * x[at];
                }
            }
        }
        return y;
    }
}
