package jensen.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.LinearGaussian;
import jensen.evaluate.PrincipalComponents;
import jensen.statcheck.GoldenFile;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Probabilistic PCA of all the digits against NumPy and SciPy, which saw 16 times the values. */
class PrincipalComponentsTest {
    private static final int PIXELS = 64;
    private static final double SQUARE = 256;

    static Iterable<GoldenFile.Row> golden() {
        return GoldenFile.of(PrincipalComponentsTest.class, "ppca.csv").rows();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void isTheMaximumLikelihoodOfTheDigits(GoldenFile.Row expected) {
        Dataset digits = Catalogue.open("digits:all", Optional.empty(), Progress.SILENT);
        int k = (int) expected.integer("k");
        var components = PrincipalComponents.of(digits, new Encoding.AsStored(), Generator.of(0));
        double[] eigenvalues = expected.vector("eigenvalues");
        for (int i = 0; i < k; i++) {
            assertThat(SQUARE * components.eigenvalues()[i]).isCloseTo(eigenvalues[i], within(1e-10 * eigenvalues[i]));
        }
        LinearGaussian model = components.model(k);
        assertThat(SQUARE * model.noiseVariance()).isCloseTo(expected.number("noise_variance"), within(1e-10));

        float[] row = new float[PIXELS];
        double[] values = new double[digits.size() * PIXELS];
        for (int r = 0; r < digits.size(); r++) {
            digits.copyRow(r, row, 0);
            for (int i = 0; i < PIXELS; i++) {
                values[r * PIXELS + i] = row[i];
            }
        }
        try (Scope scope = new Scope()) {
            Tensor x = Tensor.of(values, digits.size(), PIXELS);
            double mean =
                    Arrays.stream(model.logEvidence(x).toDoubles()).average().orElseThrow();
            assertThat(mean - PIXELS * Math.log(16)).isCloseTo(expected.number("log_likelihood"), within(1e-9));
        }
    }
}
