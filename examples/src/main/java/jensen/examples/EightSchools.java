package jensen.examples;

import java.util.List;
import jensen.infer.Inference;
import jensen.infer.LogDensity;
import jensen.infer.Parameter;
import jensen.infer.Posterior;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * Effects of coaching in eight schools, with a normal distribution of the effects whose mean μ and deviation τ are unknown:
 * a hierarchical model, of which one way of writing suits a normal q and the other does not.
 *
 * @see <a href="https://doi.org/10.3102/10769986006004377">Rubin 1981, Estimation in parallel randomized experiments</a>
 */
public final class EightSchools {
    private static final double[] EFFECT = {28, 8, -3, 7, -1, 1, 18, 12};
    private static final double[] ERROR = {15, 10, 16, 11, 9, 11, 10, 18};

    private EightSchools() {}

    /** θ = μ + τη, η ~ N(0, 1): what is fitted, η, depends little on μ and τ. */
    public static Posterior nonCentred() {
        Tensor y = Tensor.of(EFFECT, 8);
        Tensor sigma = Tensor.of(ERROR, 8);
        return Posterior.of(List.of(Parameter.real("mu"), Parameter.positive("tau"), Parameter.real("eta", 8)), at -> {
                    Tensor theta = at.get("mu").add(at.get("tau").mul(at.get("eta")));
                    return LogDensity.normal(at.get("mu"), 0, 5)
                            .add(LogDensity.halfCauchy(at.get("tau"), 5))
                            .add(LogDensity.normal(at.get("eta"), 0, 1))
                            .add(LogDensity.normal(y, theta, sigma));
                })
                .deriving("theta", at -> at.get("mu").add(at.get("tau").mul(at.get("eta"))));
    }

    /** θ ~ N(μ, τ²) as it stands: where τ is small, θ is narrow about μ, and no normal q has that funnel's form. */
    public static Posterior centred() {
        Tensor y = Tensor.of(EFFECT, 8);
        Tensor sigma = Tensor.of(ERROR, 8);
        return Posterior.of(
                List.of(Parameter.real("mu"), Parameter.positive("tau"), Parameter.real("theta", 8)),
                at -> LogDensity.normal(at.get("mu"), 0, 5)
                        .add(LogDensity.halfCauchy(at.get("tau"), 5))
                        .add(LogDensity.normal(at.get("theta"), at.get("mu"), at.get("tau")))
                        .add(LogDensity.normal(y, at.get("theta"), sigma)));
    }

    /** Prints what each kind of q makes of the model, and what the centred form does to it. */
    public static void main(String[] args) {
        Generator rng = Generator.of(1);
        System.out.println("Not centred, q normal with independent coordinates\n"
                + Inference.meanField().fit(nonCentred(), rng));
        System.out.println("Not centred, q normal\n" + Inference.fullRank().fit(nonCentred(), rng));
        System.out.println("Centred, q normal with independent coordinates\n"
                + Inference.meanField().fit(centred(), rng));
    }
}
