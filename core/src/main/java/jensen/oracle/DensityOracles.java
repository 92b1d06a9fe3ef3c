package jensen.oracle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import jensen.dist.Bernoulli;
import jensen.dist.Categorical;
import jensen.dist.ContinuousBernoulli;
import jensen.dist.DiagonalNormal;
import jensen.dist.DiscretizedLogistic;
import jensen.dist.Distribution;
import jensen.dist.Kl;
import jensen.dist.MultivariateNormal;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** Densities, divergences and draws of distributions. */
final class DensityOracles {
    private static final int STEPS = 2000;

    private DensityOracles() {}

    static List<Oracle> all() {
        try (Scope scope = new Scope()) {
            DiagonalNormal q = new DiagonalNormal(vector(0.7), vector(Math.log(0.3)));
            DiagonalNormal p = new DiagonalNormal(vector(-0.4), vector(Math.log(1.6)));
            double divergence = integral(
                    z -> {
                        double log = LinearExample.logNormal(z, 0.7, 0.3);
                        return Math.exp(log) * (log - LinearExample.logNormal(z, -0.4, 1.6));
                    },
                    -12,
                    12);
            Kl sampled = Kl.monteCarlo(q, p, 100_000, Generator.of(4));
            DiagonalNormal wide = new DiagonalNormal(vector(0, 0), vector(Math.log(4), Math.log(9)));
            double[] drawn =
                    wide.sample(100_000, Generator.of(6)).square().mean(0).toDoubles();
            return List.of(
                    integrals(),
                    Oracle.close(
                            "log N(1.5; 0, 4) + log N(1; 0, 9)",
                            LinearExample.logNormal(1.5, 0, 4) + LinearExample.logNormal(1, 0, 9),
                            wide.logProb(vector(1.5, 1)).item(),
                            1e-12),
                    // the mean of n squares has a relative standard error of √(2/n)
                    Oracle.close("variance of draws from N(0, 4)", 4, drawn[0], 4 * 4 * Math.sqrt(2e-5)),
                    Oracle.close(
                            "KL of normals in closed form",
                            divergence,
                            Kl.closedForm(q, p).orElseThrow().item(),
                            1e-9),
                    Oracle.close(
                            "KL of normals by draws",
                            divergence,
                            sampled.value().item(),
                            4 * sampled.standardError().item()));
        }
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }

    /** The distribution whose probabilities add up to 1 least well. */
    private static Oracle integrals() {
        Map<String, Double> totals = new LinkedHashMap<>();
        DiagonalNormal normal = new DiagonalNormal(vector(0.7, -1), vector(0.3, -0.8));
        totals.put("normal", plane(normal));
        totals.put(
                "multivariate normal",
                plane(new MultivariateNormal(vector(0.2, 0.4), Tensor.of(new double[] {1.1, 0, -0.6, 0.7}, 2, 2))));
        ContinuousBernoulli unit = new ContinuousBernoulli(vector(1.3));
        totals.put("continuous Bernoulli", integral(x -> density(unit, x), 0, 1));
        Bernoulli pixels = new Bernoulli(vector(0.4, -2, 1));
        totals.put(
                "Bernoulli",
                IntStream.range(0, 8)
                        .mapToDouble(i -> density(pixels, i & 1, (i >> 1) & 1, i >> 2))
                        .sum());
        totals.put("categorical", sum(new Categorical(Tensor.of(new double[] {0.1, -1, 2, 0.7, 0}, 1, 5)), 5));
        totals.put("discretised logistic", sum(new DiscretizedLogistic(vector(100.3), vector(1.5)), 256));
        Map.Entry<String, Double> worst = totals.entrySet().stream()
                .max((a, b) -> Double.compare(Math.abs(a.getValue() - 1), Math.abs(b.getValue() - 1)))
                .orElseThrow();
        return Oracle.close("total probability, " + worst.getKey(), 1, worst.getValue(), 1e-8);
    }

    private static double density(Distribution d, double... x) {
        try (Scope scope = new Scope()) {
            return Math.exp(d.logProb(vector(x)).item());
        }
    }

    private static double sum(Distribution d, int values) {
        return IntStream.range(0, values).mapToDouble(i -> density(d, i)).sum();
    }

    /** ∫ over the plane, by the trapezium rule, which is exact for normals of this width. */
    private static double plane(Distribution d) {
        int n = 161;
        double step = 0.1;
        double[] points = new double[2 * n * n];
        for (int i = 0; i < n * n; i++) {
            points[2 * i] = step * (i % n - n / 2);
            points[2 * i + 1] = step * (i / n - n / 2);
        }
        return d.logProb(Tensor.of(points, (long) n * n, 2)).exp().sum().item() * step * step;
    }

    /** ∫ by Simpson's rule. */
    private static double integral(DoubleUnaryOperator f, double from, double to) {
        double h = (to - from) / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            int weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * f.applyAsDouble(from + i * h);
        }
        return sum * h / 3;
    }
}
