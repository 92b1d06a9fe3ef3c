package jensen.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import jensen.evaluate.LogMeanExp;
import jensen.infer.Fit;
import jensen.infer.Inference;
import jensen.tensor.Generator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against the means and standard deviations of the 10,000 reference draws of posteriordb (eight_schools-eight_schools_noncentered,
 * BSD-3-Clause), which are known to about 1 % of a standard deviation.
 */
class EightSchoolsTest {
    private static final Map<String, double[]> REFERENCE = Map.of(
            "theta[0]", new double[] {6.1505, 5.616},
            "theta[1]", new double[] {4.9396, 4.646},
            "theta[2]", new double[] {3.9059, 5.281},
            "theta[3]", new double[] {4.7960, 4.771},
            "theta[4]", new double[] {3.6144, 4.615},
            "theta[5]", new double[] {4.0512, 4.796},
            "theta[6]", new double[] {6.3172, 5.003},
            "theta[7]", new double[] {4.8840, 5.318},
            "mu", new double[] {4.4105, 3.309},
            "tau", new double[] {3.6021, 3.198});

    static List<Inference> normals() {
        return List.of(Inference.meanField(), Inference.fullRank(), Inference.lowRank(2));
    }

    /** Means within 0.2 reference deviations, but for τ, whose long tail a normal q lacks most of: within 0.3. */
    @ParameterizedTest
    @MethodSource("normals")
    void meansOfNormalsAreNearTheReference(Inference inference) {
        boolean correlated = !inference.equals(Inference.meanField());
        Fit fit = inference.fit(EightSchools.nonCentred(), Generator.of(1));
        check(fit, correlated ? 0.2 : 0.3, 0.3, 0.7);
    }

    /** A flow reaches τ's tail as well. */
    @Test
    @Tag("slow")
    void meansOfAFlowAreTheReferences() {
        Fit flow = Inference.flow(2).fit(EightSchools.nonCentred(), Generator.of(1));
        check(flow, 0.2, 0.2, 0.85);
        Fit normal = Inference.fullRank().fit(EightSchools.nonCentred(), Generator.of(1));
        assertThat(flow.elbo().value()).isGreaterThan(normal.elbo().value() + 0.05);
    }

    private static void check(Fit fit, double allowed, double allowedOfTau, double narrowest) {
        assertThat(fit.converged()).isTrue();
        Map<String, Fit.Row> rows = fit.table().stream().collect(Collectors.toMap(Fit.Row::name, r -> r));
        REFERENCE.forEach((name, reference) -> {
            Fit.Row row = Objects.requireNonNull(rows.get(name), name);
            double limit = name.equals("tau") ? allowedOfTau : allowed;
            assertThat((row.mean() - reference[0]) / reference[1])
                    .as("error of the mean of %s, in reference deviations", name)
                    .isBetween(-limit, limit);
            assertThat(row.standardDeviation() / reference[1])
                    .as("ratio of the deviations of %s", name)
                    .isBetween(narrowest, 1.15);
        });
    }

    @Test
    void theCentredFormIsFlaggedAndTheOtherIsNot() {
        Fit good = Inference.fullRank().fit(EightSchools.nonCentred(), Generator.of(1));
        assertThat(good.paretoShape()).isLessThan(LogMeanExp.TRUSTED);
        assertThat(good.toString()).doesNotContain("NOT RELIABLE");
        Fit fit = Inference.meanField().fit(EightSchools.centred(), Generator.of(1));
        assertThat(fit.converged()).isTrue();
        assertThat(fit.paretoShape()).isGreaterThan(LogMeanExp.TRUSTED);
        assertThat(fit.toString()).contains("NOT RELIABLE");
    }
}
