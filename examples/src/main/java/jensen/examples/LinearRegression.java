package jensen.examples;

import java.util.List;
import jensen.infer.Draws;
import jensen.infer.Fit;
import jensen.infer.Inference;
import jensen.infer.LogDensity;
import jensen.infer.Parameter;
import jensen.infer.Posterior;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** Stopping distances of cars by their speed, with an unknown deviation: y ~ N(a + b x, s²). */
public final class LinearRegression {
    /** Speeds, in multiples of 10 km/h above 50. */
    static final double[] X = {-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3};

    /** Made by y = 24 + 7.5 x and noise of deviation 3. */
    static final double[] Y = {2.4, 7.1, 5.5, 16.9, 14.2, 22.8, 21.3, 30.6, 29.1, 35.7, 42.9, 40.2, 47.7};

    private LinearRegression() {}

    /** a ~ N(20, 20²), b ~ N(0, 10²), s ~ Gamma(2, 0.5). */
    public static Posterior posterior() {
        Tensor x = Tensor.of(X, X.length);
        Tensor y = Tensor.of(Y, Y.length);
        return Posterior.of(
                List.of(Parameter.real("intercept"), Parameter.real("slope"), Parameter.positive("deviation")),
                at -> LogDensity.normal(at.get("intercept"), 20, 20)
                        .add(LogDensity.normal(at.get("slope"), 0, 10))
                        .add(LogDensity.gamma(at.get("deviation"), 2, 0.5))
                        .add(LogDensity.normal(
                                y, at.get("intercept").add(at.get("slope").mul(x)), at.get("deviation"))));
    }

    /** Prints the fit, and what it predicts. */
    public static void main(String[] args) {
        Generator rng = Generator.of(1);
        Fit fit = Inference.fullRank()
                .fit(
                        posterior()
                                .deriving(
                                        "at 100 km/h",
                                        at -> at.get("intercept")
                                                .add(at.get("slope").mul(5))),
                        rng);
        System.out.println(fit);
        try (Scope scope = new Scope()) {
            Draws draws = fit.draws(4000, rng.split("predict"));
            System.out.printf(
                    "E[stopping distance at 100 km/h] = %.1f m, 90 %% within %.1f … %.1f m%n",
                    draws.mean("at 100 km/h")[0],
                    draws.quantile("at 100 km/h", 0.05)[0],
                    draws.quantile("at 100 km/h", 0.95)[0]);
        }
    }
}
