package jensen.tensor;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Arithmetic on plain arrays, with which operations on tensors are compared. */
final class Plain {
    private Plain() {}

    static double[] fill(int n, IntToDoubleFunction f) {
        return IntStream.range(0, n).mapToDouble(f).toArray();
    }

    static double dot(int n, IntToDoubleFunction term) {
        return IntStream.range(0, n).mapToDouble(term).sum();
    }

    /** x[a, ·, c] of x[2, 3, 2], for i = 2a + c. */
    static java.util.stream.DoubleStream along(double[] x, int i) {
        return IntStream.range(0, 3).mapToDouble(b -> x[i / 2 * 6 + 2 * b + i % 2]);
    }

    static double logSumExp(double[] x, int i) {
        return Math.log(along(x, i).map(Math::exp).sum());
    }

    static double[] cholesky(double[] x) {
        double a = x[0] * x[0] + x[1] * x[1] + 1;
        double b = x[0] * x[2] + x[1] * x[3];
        double c = x[2] * x[2] + x[3] * x[3] + 1;
        return new double[] {Math.sqrt(a), 0, b / Math.sqrt(a), Math.sqrt(c - b * b / a)};
    }
}
