package jensen.gradient;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Renyi;
import jensen.dist.Draw;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.net.Parameters;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.Quadrature;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pair of a bound and an estimator that serves a discrete q: the mean of its estimates, summed over all draws that there
 * are, is the derivative of the bound's mean, which loops and differences find. There is no noise in it.
 */
class DiscretePairsTest {
    private record Pair(Bound bound, GradientEstimator gradient, Discrete of) {
        @Override
        public String toString() {
            return bound.name() + " × " + gradient.name() + ", K = " + of.samples() + ", "
                    + of.family().name();
        }
    }

    static Stream<Pair> pairs() {
        return Stream.concat(Bound.all().stream(), Stream.of(new Renyi(2)))
                .flatMap(bound -> IntStream.of(1, 2, 4).boxed().flatMap(k -> of(bound, k)));
    }

    private static Stream<Pair> of(Bound bound, int k) {
        try {
            bound.check(k);
        } catch (IllegalArgumentException notOfSoMany) {
            return Stream.of();
        }
        return Objective.serving(bound, k).stream()
                .flatMap(gradient -> Stream.of(Discrete.bits(k), Discrete.classes(k))
                        .filter(of -> gradient.refuses(of.family(), of.length()).isEmpty())
                        .map(of -> new Pair(bound, gradient, of)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theMeanOverAllDrawsIsTheDerivative(Pair pair) {
        Discrete of = pair.of();
        for (double klWeight : new double[] {1, 0.3}) {
            Discrete.Found found = of.estimate(pair.gradient(), pair.bound(), klWeight);
            assertClose("value", found.value(), of.value(pair.bound(), klWeight, of.at()), 1e-12);
            int theta = 2 * of.length();
            boolean both = pair.gradient().serves(pair.bound(), of.samples()) instanceof Verdict.Unbiased;
            double[] climbed = FiniteDifference.gradient(p -> of.value(pair.bound(), klWeight, p), of.at());
            double[] forPhi =
                    FiniteDifference.gradient(p -> of.value(pair.bound().forPhi(), klWeight, p), of.at());
            System.arraycopy(forPhi, theta, climbed, theta, of.length());
            int checked = both ? climbed.length : theta;
            assertClose("gradient", Arrays.copyOf(found.gradient(), checked), Arrays.copyOf(climbed, checked), 1e-8);
        }
    }

    @Test
    void thePairsAreManyAndOfEveryEstimatorForADiscreteZ() {
        assertThat(pairs().map(pair -> pair.gradient().name()).distinct())
                .containsExactlyInAnyOrder(
                        "score", "score-plain", "vimco", "wake-sleep", "rws", "enumerate", "gumbel:0.5");
        assertThat(pairs().count()).isGreaterThan(100);
    }

    /** φ of reweighted wake-sleep, of all weights of all draws: Σ_k w̃_k ∂log q(z_k). */
    @Test
    void reweightedPhiClimbsTheMeanOfNormalisedWeights() {
        Discrete of = Discrete.bits(2);
        double[] found = of.estimate(new ReweightedWakeSleep(), new ImportanceWeighted(), 1)
                .gradient();
        double[][] terms = of.terms(of.at());
        double[] expected = FiniteDifference.gradient(
                p -> {
                    double[][] moved = of.terms(p);
                    double sum = 0;
                    for (int i = 0; i < 4; i++) {
                        for (int j = 0; j < 4; j++) {
                            double a = Math.exp(terms[i][0] + terms[i][1] - terms[i][2]);
                            double b = Math.exp(terms[j][0] + terms[j][1] - terms[j][2]);
                            sum += Math.exp(terms[i][2] + terms[j][2]) * (a * moved[i][2] + b * moved[j][2]) / (a + b);
                        }
                    }
                    return sum;
                },
                of.at());
        for (int i = 4; i < 6; i++) {
            assertClose("φ", found[i], expected[i], 1e-8);
        }
    }

    /** One draw for each node of the noise, so that the means over the noise are integrals. */
    private static double[] relaxed(double[] at, double temperature, Bound bound) {
        Discrete of = Discrete.bits(1);
        int n = 24_000;
        double reach = 40;
        try (Scope scope = new Scope()) {
            Parameters theta = of.parameters("likelihood.a", "prior.logits", 0);
            Parameters phi = of.parameters("l", "none", 2);
            phi.set("l", Tensor.of(new double[] {at[0], -30}, 2));
            double[] noise = new double[2 * n];
            double[] weight = new double[n];
            for (int i = 0; i < n; i++) {
                double lambda = reach * (2 * (i + 0.5) / n - 1);
                noise[2 * i] = lambda;
                weight[i] = 2 * reach / n / (2 + Math.exp(lambda) + Math.exp(-lambda));
            }
            Tensor logistic = Tensor.of(noise, 1, n, 2);
            Target target = of.target(theta, phi, n, q -> {
                Tensor l = ((jensen.dist.BinaryConcrete) q).of().logits();
                return Draw.of(l.add(logistic).mul(1 / temperature));
            });
            Estimate e = new GumbelSoftmax(temperature).estimate(target, bound, 1, 1, Generator.of(1));
            Tensor weights = Tensor.of(weight, n);
            double slope = Autograd.gradient(e.forPhi().mul(weights).sum(), phi.leaves(), true)
                    .get(0)
                    .toDoubles()[0];
            return new double[] {
                e.forPhi().mul(weights).sum().item(),
                slope,
                e.bound().mul(weights).sum().item()
            };
        }
    }

    /** The relaxed bound of the first bit as an integral over y, the second being 0: its densities written out. */
    private static double integral(double l, double temperature, boolean closedForm) {
        Discrete of = Discrete.bits(1);
        double a = of.at()[0];
        double second = of.at()[1] / (1 + Math.exp(30 / temperature));
        double b = of.at()[2];
        return Quadrature.interval(
                        y -> {
                            double code = 1 / (1 + Math.exp(-y));
                            double mean = a * code + second;
                            double likelihood =
                                    -0.5 * (Discrete.X - mean) * (Discrete.X - mean) - 0.5 * Math.log(2 * Math.PI);
                            double q = logistic(y, l, temperature);
                            double ratio = closedForm ? 0 : logistic(y, b, temperature) - q;
                            return Math.exp(q) * (likelihood + ratio);
                        },
                        (l - 38) / temperature,
                        (l + 38) / temperature)
                - (closedForm ? kl(l, b) : 0);
    }

    private static double logistic(double y, double l, double temperature) {
        double t = temperature * y - l;
        return Math.log(temperature) - Math.abs(t) - 2 * Math.log1p(Math.exp(-Math.abs(t)));
    }

    private static double kl(double l, double m) {
        double p = 1 / (1 + Math.exp(-l));
        double r = 1 / (1 + Math.exp(-m));
        return p * Math.log(p / r) + (1 - p) * Math.log((1 - p) / (1 - r));
    }

    /** Value and slope in q's logit of what φ climbs, less what the second bit adds, against the integral and its difference. */
    @Test
    void phiClimbsTheRelaxedBound() {
        for (double temperature : new double[] {0.5, 1.5}) {
            for (Bound bound : List.of(Elbo.analytic(), Elbo.sampled())) {
                boolean closedForm = bound.equals(Elbo.analytic());
                double[] here = relaxed(new double[] {0.6}, temperature, bound);
                double[] there = relaxed(new double[] {-0.9}, temperature, bound);
                double slope = FiniteDifference.derivative(l -> integral(l, temperature, closedForm), 0.6);
                assertClose("slope", here[1], slope, 2e-7);
                double change = integral(0.6, temperature, closedForm) - integral(-0.9, temperature, closedForm);
                assertClose("change", here[0] - there[0], change, 1e-7);
            }
        }
    }

    /** With the KL in closed form; with densities the divergence stays larger, whatever the temperature. */
    @Test
    void theRelaxedBoundNearsTheBoundAsTheTemperatureFalls() {
        double[] apart = new double[3];
        for (int i = 0; i < 3; i++) {
            double[] found = relaxed(new double[] {0.6}, Math.pow(10, -i), Elbo.analytic());
            apart[i] = Math.abs(found[0] - found[2]);
        }
        assertThat(apart[0]).isGreaterThan(0.01);
        assertThat(apart[1]).isLessThan(apart[0] / 4);
        assertThat(apart[2]).isLessThan(0.005);
        double[] low = relaxed(new double[] {0.6}, 0.01, Elbo.sampled());
        assertThat(low[0]).isLessThan(low[2] - 0.01);
    }

    @Test
    void whatDoesNotServeAQIsRefusedWithWhatDoes() {
        Family bits = new Family.Bernoulli();
        for (GradientEstimator gradient : List.of(new Pathwise(), new StickTheLanding(), new DoublyReparameterised())) {
            refused(new Objective(Elbo.sampled(), gradient, 2), bits, 8)
                    .hasMessageContainingAll(gradient.name(), "has to be real", "bernoulli is discrete")
                    .hasMessageEndingWith("use score, score-plain, wake-sleep, enumerate, gumbel:0.5");
        }
        for (GradientEstimator gradient : List.of(new Enumeration(), new GumbelSoftmax(1))) {
            for (Family real : List.of(new Family.Normal(), new CorrelatedFamily.FullNormal())) {
                refused(new Objective(Elbo.sampled(), gradient, 1), real, 8)
                        .hasMessageContainingAll(gradient.name(), real.name() + " is real")
                        .hasMessageEndingWith("use pathwise, stl, dreg, score of 2 samples, score-plain, wake-sleep");
            }
        }
        Objective sum = new Objective(Elbo.analytic(), new Enumeration(), 1);
        sum.check(bits, 12);
        refused(sum, bits, 13).hasMessageContainingAll("4,096", "8,192", "use score of 2 samples, score-plain");
        refused(sum, new CorrelatedFamily.OneHot(10), 40).hasMessageContaining("10,000");
        refused(sum, bits, 100).hasMessageContaining("2^63 or more");
        assertThat(GradientEstimator.usual(bits, 12)).isEqualTo(new Enumeration());
        assertThat(GradientEstimator.usual(bits, 13).name()).isEqualTo("score");
        assertThat(GradientEstimator.usual(new Family.Normal(), 13)).isEqualTo(new Pathwise());
        assertThatThrownBy(() -> new GumbelSoftmax(0)).hasMessageContaining("temperature");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(
            Objective objective, Family q, int event) {
        return assertThatThrownBy(() -> objective.check(q, event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("\n");
    }

    /** What is handed a q that it does not serve all the same says so. */
    @Test
    void anEstimateOfAnotherQIsRefused() {
        Copies normal = Copies.offThePosterior(2);
        for (GradientEstimator gradient : List.of(new Enumeration(), new GumbelSoftmax(1))) {
            assertThatThrownBy(() -> normal.estimate(gradient, Elbo.analytic(), 1, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("must be discrete", "DiagonalNormal");
        }
        assertThatThrownBy(() -> Discrete.bits(1).estimate(new Pathwise(), Elbo.analytic(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Bernoulli", "enumerate");
    }
}
