package jensen.evaluate;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import jensen.statcheck.GoldenFile;
import jensen.statcheck.SplitMix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoTailTest {
    static Iterable<GoldenFile.Row> golden() {
        return GoldenFile.of(ParetoTailTest.class, "psis.csv").rows();
    }

    private static double[] logWeights(String kind, double scale, int n, long seed) {
        SplitMix stream = new SplitMix(seed);
        double[] w = new double[n];
        for (int i = 0; i < n; i++) {
            double z = stream.normal();
            double u = stream.uniform();
            w[i] = switch (kind) {
                case "normal" -> scale * z;
                case "pareto" -> -scale * Math.log(1 - u);
                case "square" -> -scale * z * z;
                default -> throw new IllegalArgumentException(kind);
            };
        }
        return w;
    }

    @ParameterizedTest
    @MethodSource("golden")
    void isWhatAnotherImplementationFinds(GoldenFile.Row row) {
        double[] w = logWeights(row.text("kind"), row.number("scale"), (int) row.integer("n"), row.integer("seed"));
        assertClose("k̂", LogMeanExp.of(w).paretoShape(), row.number("shape"), 1e-8);
    }

    /** n = 100,000, of which the tail has 949: the estimate's standard deviation is (1 + k)/√949; five of them are allowed. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.4, 0.7, 1, 1.6})
    void isTheExponentOfWeightsWithAParetoTail(double k) {
        double[] w = logWeights("pareto", k, 100_000, 4);
        assertThat(LogMeanExp.of(w).paretoShape()).isCloseTo(k, within(5 * (1 + k) / Math.sqrt(949)));
    }

    @Test
    void itsScaleDoesNotMatter() {
        double[] w = logWeights("normal", 2, 500, 9);
        double shape = LogMeanExp.of(w).paretoShape();
        double[] far = Arrays.stream(w).map(v -> v - 3000).toArray();
        assertThat(LogMeanExp.of(far).paretoShape()).isCloseTo(shape, within(1e-8));
    }

    @Test
    void weightsWithoutATailToFitAreSaid() {
        assertThat(LogMeanExp.of(new double[100]).paretoShape()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(LogMeanExp.of(new double[20]).paretoShape()).isEqualTo(Double.POSITIVE_INFINITY);
        double[] lone = new double[1000];
        Arrays.fill(lone, Double.NEGATIVE_INFINITY);
        lone[3] = 0;
        assertThat(LogMeanExp.of(lone).paretoShape()).isEqualTo(Double.POSITIVE_INFINITY);
        lone[4] = Double.POSITIVE_INFINITY;
        assertThat(LogMeanExp.of(lone).paretoShape()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    /** Ties put a point of the grid where the likeliest shape is 0/0. */
    @Test
    void tiesInTheTailGiveANumber() {
        for (int n = 95; n < 125; n++) {
            double[] x = new double[n];
            Arrays.fill(x, 1);
            assertThat(ParetoTail.fit(x)).as("of %d equal values", n).isFinite();
        }
    }
}
