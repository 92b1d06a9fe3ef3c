package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.statcheck.Quadrature;
import org.junit.jupiter.api.Test;

/** On the model of {@link EvaluatorTest}, whose codes are normals of one latent dimension. */
class SurgeryTest {
    private static double density(double z, double mean, double variance) {
        return Math.exp(-(z - mean) * (z - mean) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
    }

    @Test
    void thePartsAreTheIntegralsThatDefineThem() {
        Evaluator evaluator = EvaluatorTest.evaluator(0.3, 2, 2);
        int n = EvaluatorTest.X.length;
        Surgery found = Surgery.of(evaluator, EvaluatorTest.DATA, EvaluatorTest.all(), 20_000, k -> {});
        Codes codes = evaluator.codes(EvaluatorTest.DATA, EvaluatorTest.all());
        double marginal = Quadrature.interval(
                z -> {
                    double q = 0;
                    for (int i = 0; i < n; i++) {
                        double deviation = codes.standardDeviation()[i][0];
                        q += density(z, codes.mean()[i][0], deviation * deviation) / n;
                    }
                    return q * Math.log(q / density(z, 0, 1));
                },
                -8,
                8);
        assertThat(found.kl()).isCloseTo(codes.klPerDimension().orElseThrow()[0], within(1e-12));
        assertThat(found.marginalKl().value())
                .isCloseTo(marginal, within(4 * found.marginalKl().standardError()));
        assertThat(found.marginalKl().standardError()).isBetween(1e-5, 0.01);
        assertThat(found.mutualInformation().value() + found.marginalKl().value())
                .isCloseTo(found.kl(), within(1e-12));
        assertThat(found.mutualInformation().value()).isBetween(0.0, Math.log(n));
    }

    @Test
    void codesFarApartTellTheirIndexAndEqualOnesNothing() {
        float[] apart = new float[2 * 8];
        for (int i = 0; i < 8; i++) {
            apart[2 * i] = 40 * i;
        }
        assertThat(information(apart)).isCloseTo(Math.log(8), within(1e-9));
        assertThat(information(new float[2 * 8])).isCloseTo(0, within(1e-9));
    }

    private static double information(float[] x) {
        Dataset data = Dataset.of("points", Shape.vector(2), Values.REAL, x);
        int[] rows = {0, 1, 2, 3, 4, 5, 6, 7};
        return Surgery.of(EvaluatorTest.evaluator(0, 1, 1), data, rows, 10, k -> {})
                .mutualInformation()
                .value();
    }

    /** KL(q(z) ‖ q(z₁) q(z₂)) of six data in two dimensions, by quadrature in both. */
    @Test
    void theTotalCorrelationIsTheIntegralThatDefinesIt() {
        LinearExample example = LinearExample.of(4, 2, 3);
        Evaluator evaluator = example.evaluator(1.5, 8, 2);
        int n = 6;
        Dataset data = example.data(example.simulate(n, 5));
        int[] rows = {0, 1, 2, 3, 4, 5};
        Codes codes = evaluator.codes(data, rows);
        double exact = Quadrature.interval(
                a -> Quadrature.interval(
                        b -> {
                            double joint = 0;
                            double first = 0;
                            double second = 0;
                            for (int i = 0; i < n; i++) {
                                double s = codes.standardDeviation()[i][0];
                                double t = codes.standardDeviation()[i][1];
                                double f = density(a, codes.mean()[i][0], s * s);
                                double g = density(b, codes.mean()[i][1], t * t);
                                joint += f * g / n;
                                first += f / n;
                                second += g / n;
                            }
                            return joint == 0 ? 0 : joint * Math.log(joint / first / second);
                        },
                        -8,
                        8),
                -8,
                8);
        int repeats = 30;
        double[] found = new double[repeats];
        for (int r = 0; r < repeats; r++) {
            Evaluator other = new Evaluator(
                    evaluator.model(),
                    evaluator.theta(),
                    evaluator.guide(),
                    evaluator.phi(),
                    evaluator.encoding(),
                    jensen.tensor.Generator.of(r),
                    1);
            found[r] = Surgery.of(other, data, rows, 2, k -> {})
                    .totalCorrelation()
                    .orElseThrow()
                    .value();
        }
        // 30 estimates from 2,004 draws each: |t| < 4 with 29 degrees of freedom, a false alarm in 2,500
        Estimate mean = Estimate.mean(found);
        assertThat(exact).isGreaterThan(0.03);
        assertThat(mean.value()).isCloseTo(exact, within(4 * mean.standardError()));
    }

    @Test
    void aNegativeDivergenceIsABug() {
        Estimate any = new Estimate(1, 0.1);
        new Surgery(9, 2, any, any, java.util.Optional.of(new Estimate(-0.39, 0.1)));
        assertThatThrownBy(() -> new Surgery(9, 2, any, any, java.util.Optional.of(new Estimate(-0.41, 0.1))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("total correlation", "-0.4100 ± 0.1000", "negative beyond its error");
    }

    @Test
    void oneDrawHasNoError() {
        Evaluator evaluator = EvaluatorTest.evaluator(0, 1, 1);
        assertThatThrownBy(() -> Surgery.of(evaluator, EvaluatorTest.DATA, EvaluatorTest.all(), 1, k -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("samples must be ≥ 2 for an error, was 1");
    }
}
