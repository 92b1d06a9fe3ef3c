package jensen.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jensen.evaluate.LogMeanExp;
import jensen.infer.Fit;
import jensen.infer.Inference;
import jensen.tensor.Generator;
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

    private record Case(String name, Inference inference) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(new Case("full-rank", Inference.fullRank()), new Case("low-rank", Inference.lowRank(2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void meansAreThoseOfTheReference(Case c) {
        Fit fit = c.inference().fit(EightSchools.nonCentred(), Generator.of(1));
        assertThat(fit.converged()).isTrue();
        assertThat(fit.paretoShape()).isLessThan(LogMeanExp.TRUSTED);
        Map<String, Fit.Row> rows = fit.table().stream().collect(Collectors.toMap(Fit.Row::name, r -> r));
        StringBuilder found = new StringBuilder(fit.elbo() + " k " + fit.paretoShape() + "\n");
        REFERENCE.forEach((name, reference) -> {
            Fit.Row row = rows.get(name);
            found.append(String.format("%-9s error %6.3f sd, sd ratio %.3f%n", name, (row.mean() - reference[0]) / reference[1], row.standardDeviation() / reference[1]));
            // the funnel's long tail of τ is what a normal q has least of
            double allowed = name.equals("tau") ? 0.3 : 0.2;
            assertThat((row.mean() - reference[0]) / reference[1]).as("error of %s in standard deviations", name).isBetween(-allowed, allowed);
            assertThat(row.standardDeviation() / reference[1]).as("sd ratio of %s", name).isBetween(0.7, 1.1);
        });
        System.out.println(c + "\n" + found);
    }

    @Test
    void theCentredFormIsFlagged() {
        Fit fit = Inference.meanField().fit(EightSchools.centred(), Generator.of(1));
        assertThat(fit.converged()).isTrue();
        assertThat(fit.paretoShape()).isGreaterThan(LogMeanExp.TRUSTED);
        assertThat(fit.toString()).contains("NOT RELIABLE");
    }
}
