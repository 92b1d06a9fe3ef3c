package jensen.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import jensen.bound.ImportanceWeighted;
import jensen.evaluate.LogMeanExp;
import jensen.gradient.DoublyReparameterised;
import jensen.gradient.Objective;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import org.apache.commons.math3.special.Gamma;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models whose evidence has a closed form, one for each kind of support: a wrong Jacobian determinant would miss it.
 *
 * <p>The mean of 50,000 weights from a q that climbs the importance-weighted bound is within four of its standard errors (0.0004 to
 * 0.005 nats) of the truth but with probability 6e-5, if the weights have a variance; as some tails are heavy, 0.005 nats are
 * allowed besides.
 */
class EvidenceTest {
    private static final Inference INFERENCE =
            Inference.fullRank().with(new Objective(new ImportanceWeighted(), new DoublyReparameterised(), 16));

    private record Case(String name, Posterior posterior, double logEvidence) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                normalMean(),
                poissonRate(),
                binomialProbability(),
                multinomialProbabilities(),
                orderStatistics(),
                covariance(),
                correlation());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void evidenceIsTheClosedForm(Case c) {
        Fit fit = INFERENCE.fit(c.posterior(), Generator.of(5));
        LogMeanExp found = fit.logEvidence();
        assertThat(fit.converged()).isTrue();
        assertThat(found.value()).isCloseTo(c.logEvidence(), within(4 * found.standardError() + 0.005));
    }

    /** x ~ N(m, 4) once, m ~ N(1, 9): x ~ N(1, 13). */
    private static Case normalMean() {
        double x = 4.5;
        return new Case(
                "real",
                Posterior.of(
                        List.of(Parameter.real("m")),
                        at -> LogDensity.normal(at.get("m"), 1, 3).add(LogDensity.normal(at.get("m"), x, 2))),
                -0.5 * (Math.log(2 * Math.PI * 13) + (x - 1) * (x - 1) / 13));
    }

    /** Counts 3, 5, 1 of a Poisson rate λ ~ Gamma(2, 1.5). */
    private static Case poissonRate() {
        double logFactorials = Gamma.logGamma(4) + Gamma.logGamma(6) + Gamma.logGamma(2);
        return new Case(
                "positive",
                Posterior.of(List.of(Parameter.positive("rate")), at -> {
                    Tensor rate = at.get("rate");
                    return rate.log()
                            .mul(9)
                            .sub(rate.mul(3))
                            .sum(-1)
                            .add(-logFactorials)
                            .add(LogDensity.gamma(rate, 2, 1.5));
                }),
                2 * Math.log(1.5) - Gamma.logGamma(2) + Gamma.logGamma(11) - 11 * Math.log(4.5) - logFactorials);
    }

    /** 7 successes and 3 failures in a given order, p uniform on (0, 1): B(8, 4). */
    private static Case binomialProbability() {
        return new Case(
                "interval",
                Posterior.of(List.of(Parameter.interval("p", 0, 1)), at -> {
                    Tensor p = at.get("p");
                    return p.log().mul(7).add(p.neg().log1p().mul(3)).sum(-1);
                }),
                Gamma.logGamma(8) + Gamma.logGamma(4) - Gamma.logGamma(12));
    }

    /** Categories seen 4, 2 and 5 times in a given order, with probabilities ~ Dirichlet(1.5). */
    private static Case multinomialProbabilities() {
        double a = 1.5;
        double[] counts = {4, 2, 5};
        double log = Gamma.logGamma(3 * a) - Gamma.logGamma(3 * a + 11);
        for (double n : counts) {
            log += Gamma.logGamma(a + n) - Gamma.logGamma(a);
        }
        Tensor seen = Tensor.of(counts, 3);
        return new Case(
                "simplex",
                Posterior.of(
                        List.of(Parameter.simplex("p", 3)),
                        at -> at.get("p").log().mul(seen).sum(-1).add(LogDensity.dirichlet(at.get("p"), a))),
                log);
    }

    /** Three independent normals are in ascending order with probability 1/3!. */
    private static Case orderStatistics() {
        return new Case(
                "ordered",
                Posterior.of(List.of(Parameter.ordered("x", 3)), at -> LogDensity.normal(at.get("x"), 0, 2)),
                -Math.log(6));
    }

    /**
     * Ten draws from N(0, Σ) with scatter matrix S and Σ ~ inverse Wishart(ν = 5, Ψ = I), p = 2: the density of L with L Lᵀ = Σ
     * has the further factor 2ᵖ Π L_iiᵖ⁺¹⁻ⁱ, i = 1 … p.
     */
    private static Case covariance() {
        int p = 2;
        int n = 10;
        double nu = 5;
        double[][] scatter = {{9, 4}, {4, 6}};
        double constant = -0.5 * n * p * Math.log(2 * Math.PI) - 0.5 * nu * p * Math.log(2) - logGamma(p, nu / 2);
        double determinant = (1 + scatter[0][0]) * (1 + scatter[1][1]) - scatter[0][1] * scatter[0][1];
        double expected = -0.5 * n * p * Math.log(Math.PI)
                + logGamma(p, (nu + n) / 2)
                - logGamma(p, nu / 2)
                - 0.5 * (nu + n) * Math.log(determinant);
        // a root of Ψ + S, whose columns are solved for: tr (Ψ + S) Σ⁻¹ = ‖L⁻¹ R‖²
        double a = Math.sqrt(1 + scatter[0][0]);
        double b = scatter[0][1] / a;
        Tensor root = Tensor.of(new double[] {a, 0, b, Math.sqrt(1 + scatter[1][1] - b * b)}, p, p);
        return new Case(
                "Cholesky factor of a covariance",
                Posterior.of(List.of(Parameter.choleskyCovariance("L", p)), at -> {
                    Tensor factor = at.get("L");
                    Tensor log = factor.solveLower(root).square().sum(-1, -2).mul(-0.5);
                    for (int i = 0; i < p; i++) {
                        Tensor diagonal = factor.select(-1, i).select(-1, i).log();
                        log = log.add(diagonal.mul(-(nu + n + p + 1) + p - i));
                    }
                    return log.add(constant + p * Math.log(2));
                }),
                expected);
    }

    /** The multivariate gamma function's logarithm. */
    private static double logGamma(int p, double a) {
        return p * (p - 1) / 4.0 * Math.log(Math.PI)
                + IntStream.range(0, p)
                        .mapToDouble(i -> Gamma.logGamma(a - i / 2.0))
                        .sum();
    }

    /**
     * ∫ Π_{i=2..n} L_ii^{n−i+2η−2} dL at n = 3, η = 2, the density of Lewandowski, Kurowicka and Joe 2009, doi
     * 10.1016/j.jmva.2009.04.008, without its constant: row i is a point y of the unit ball in i − 1 dimensions, over which
     * (1 − |y|²)ʰ integrates to π^{(i−1)/2} Γ(h + 1) / Γ(h + 1 + (i − 1)/2).
     */
    private static Case correlation() {
        double eta = 2;
        int n = 3;
        double expected = 0;
        for (int i = 2; i <= n; i++) {
            double half = (n - i + 2 * eta - 2) / 2;
            expected += (i - 1) / 2.0 * Math.log(Math.PI)
                    + Gamma.logGamma(half + 1)
                    - Gamma.logGamma(half + 1 + (i - 1) / 2.0);
        }
        return new Case(
                "Cholesky factor of a correlation",
                Posterior.of(List.of(Parameter.choleskyCorrelation("L", n)), at -> {
                    Tensor factor = at.get("L");
                    Tensor log = factor.select(-1, 1).select(-1, 1).log().mul(n - 2 + 2 * eta - 2);
                    return log.add(factor.select(-1, 2).select(-1, 2).log().mul(n - 3 + 2 * eta - 2));
                }),
                expected);
    }
}
