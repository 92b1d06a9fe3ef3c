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

    @Test
    void oneDrawHasNoError() {
        Evaluator evaluator = EvaluatorTest.evaluator(0, 1, 1);
        assertThatThrownBy(() -> Surgery.of(evaluator, EvaluatorTest.DATA, EvaluatorTest.all(), 1, k -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("samples must be ≥ 2 for an error, was 1");
    }
}
