package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each statistical test would reject a perfect generator with the probability {@link #FALSE_ALARM}; seeds are fixed. */
class GeneratorTest {
    private static final double FALSE_ALARM = 1e-6;
    private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);
    private static final Generator GENERATOR = Generator.of(20140416);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** The numbers of a run depend on these; computed from the definition in another language's integers. */
    @Test
    void streamsNeverChange() {
        assertStream(Generator.of(0).row(0), 0xbf66e22c5ae70a03L, 0xe5a84b5948d0c643L, 0x895da324a26fffdaL);
        assertStream(GENERATOR.row(7), 0xcfe2015f54b3de1bL, 0x175e890ca4991684L, 0xf0ebe46828ac2ea0L);
        assertStream(Generator.of(1).split(2).row(0), 0x1e8f635510374911L, 0x2da28db122d137a9L);
        assertStream(Generator.of(1).split("noise").row(0), 0xd15b82962d42e054L, 0xbc87fb3ed73576c4L);
        assertThat(Generator.of(0).uniform(DType.FLOAT64, Device.CPU, 1, 3).toDoubles())
                .containsExactly(12543714 * 0x1p-24, 15050827 * 0x1p-24, 9002403 * 0x1p-24);
    }

    /** The ziggurat has no short definition to compute these from: they pin what the first release drew. */
    @Test
    void normalsAndPermutationsNeverChange() {
        assertThat(Generator.of(0).normal(DType.FLOAT64, Device.CPU, 1, 3).toDoubles())
                .containsExactly(-1.6202130033773519, -0.40895302664419, -0.8090922449931462);
        assertThat(Generator.of(0).permutation(8)).containsExactly(7, 2, 5, 1, 6, 3, 0, 4);
    }

    private static void assertStream(UniformRandomProvider stream, long... expected) {
        for (long value : expected) {
            assertThat(stream.nextLong()).isEqualTo(value);
        }
    }

    @Test
    void drawingConsumesNothing() {
        assertThat(GENERATOR.normal(DType.FLOAT32, Device.CPU, 3, 2).toDoubles())
                .isEqualTo(GENERATOR.normal(DType.FLOAT32, Device.CPU, 3, 2).toDoubles());
    }

    @Test
    void shardsDrawWhatTheWholeBatchDraws() {
        Tensor whole = GENERATOR.normal(DType.FLOAT64, Device.CPU, 3, 10, 4); // [K, B, D]
        for (int[] cut : new int[][] {{0, 10}, {0, 1}, {3, 7}, {9, 10}}) {
            int[] numbers = IntStream.range(cut[0], cut[1]).toArray();

            Tensor shard = GENERATOR.rows(numbers).normal(DType.FLOAT64, Device.CPU, 3, numbers.length, 4);

            assertThat(shard.toDoubles())
                    .isEqualTo(whole.narrow(1, cut[0], cut[1] - cut[0]).toDoubles());
        }
    }

    @Test
    void numberedRowsDrawTheirOwnNumbersWhereverTheyAre() {
        double[] whole = GENERATOR.uniform(DType.FLOAT64, Device.CPU, 4, 1).toDoubles();
        int[] numbers = {3, 0, 3};
        Generator numbered = GENERATOR.rows(numbers);
        numbers[0] = 1;

        assertThat(numbered.uniform(DType.FLOAT64, Device.CPU, 3, 1).toDoubles())
                .containsExactly(whole[3], whole[0], whole[3]);
        assertThat(numbered.rows(new int[] {1})
                        .uniform(DType.FLOAT64, Device.CPU, 1, 1)
                        .item())
                .isEqualTo(whole[0]);
        assertThatThrownBy(() -> numbered.uniform(DType.FLOAT64, Device.CPU, 4, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 numbered rows")
                .hasMessageContaining("row 3");
    }

    @Test
    void typesDrawTheSameNumbers() {
        double[] wide = GENERATOR.normal(DType.FLOAT64, Device.CPU, 5, 4).toDoubles();

        double[] narrow = GENERATOR.normal(DType.FLOAT32, Device.CPU, 5, 4).toDoubles();

        assertThat(narrow).isEqualTo(Arrays.stream(wide).map(x -> (float) x).toArray());
        assertThatThrownBy(() -> GENERATOR.normal(DType.INT64, Device.CPU, 5, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INT64");
    }

    @Test
    void emptyShapesDrawNothing() {
        assertThat(GENERATOR.normal(DType.FLOAT32, Device.CPU, 0, 4).shape()).containsExactly(0, 4);
        assertThat(GENERATOR.uniform(DType.FLOAT64, Device.CPU, 4, 0).shape()).containsExactly(4, 0);
        assertThat(GENERATOR.uniform(DType.FLOAT64, Device.CPU).shape()).isEmpty();
    }

    @Test
    void uniformsAreUniformWithinAndAcrossRows() {
        double[] within =
                GENERATOR.uniform(DType.FLOAT32, Device.CPU, 1, 200_000).toDoubles();
        double[] across =
                GENERATOR.uniform(DType.FLOAT32, Device.CPU, 200_000, 1).toDoubles();

        assertThat(Arrays.stream(within)).allMatch(u -> u >= 0 && u < 1);
        assertFits(within, u -> u);
        assertFits(across, u -> u);
    }

    @Test
    void normalsAreNormalWithinAndAcrossRowsAndSplits() {
        assertFits(GENERATOR.normal(DType.FLOAT64, Device.CPU, 1, 200_000).toDoubles(), NORMAL::cumulativeProbability);
        assertFits(GENERATOR.normal(DType.FLOAT64, Device.CPU, 200_000, 1).toDoubles(), NORMAL::cumulativeProbability);
        assertFits(
                IntStream.range(0, 20_000)
                        .mapToDouble(i -> GENERATOR
                                .split(i)
                                .normal(DType.FLOAT64, Device.CPU, 1, 1)
                                .item())
                        .toArray(),
                NORMAL::cumulativeProbability);
    }

    @Test
    void splitsAndNeighbouringRowsAreUncorrelated() {
        double[] x = GENERATOR.normal(DType.FLOAT64, Device.CPU, 200, 500).toDoubles();

        assertUncorrelated(
                x,
                GENERATOR
                        .rows(IntStream.rangeClosed(1, 200).toArray())
                        .normal(DType.FLOAT64, Device.CPU, 200, 500)
                        .toDoubles());
        for (Generator other : new Generator[] {
            GENERATOR.split(0),
            GENERATOR.split(1),
            GENERATOR.split("a"),
            Generator.of(20140417),
            GENERATOR.split(0).split(0)
        }) {
            assertUncorrelated(
                    x, other.normal(DType.FLOAT64, Device.CPU, 200, 500).toDoubles());
        }
        assertUncorrelated(
                GENERATOR.split(0).normal(DType.FLOAT64, Device.CPU, 200, 500).toDoubles(),
                GENERATOR.split(1).normal(DType.FLOAT64, Device.CPU, 200, 500).toDoubles());
    }

    /** χ² over the 24 orders of four things. */
    @Test
    void permutationsAreUniform() {
        int n = 48_000;
        int[] counts = new int[256];
        for (int i = 0; i < n; i++) {
            int[] p = GENERATOR.split(i).permutation(4);
            counts[p[0] * 64 + p[1] * 16 + p[2] * 4 + p[3]]++;
        }
        int[] seen = Arrays.stream(counts).filter(c -> c > 0).toArray();
        double expected = n / 24.0;
        double chiSquared = Arrays.stream(seen)
                .mapToDouble(c -> (c - expected) * (c - expected) / expected)
                .sum();

        assertThat(seen).hasSize(24);
        assertThat(chiSquared).isLessThan(new ChiSquaredDistribution(23).inverseCumulativeProbability(1 - FALSE_ALARM));
    }

    @Test
    void permutationsHoldEachPositionOnce() {
        int[] order = GENERATOR.permutation(1000);

        assertThat(Arrays.stream(order).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(GENERATOR.permutation(0)).isEmpty();
    }

    /** Kolmogorov and Smirnov's distance against Massart's bound, P(√n D > t) ≤ 2 exp(−2t²), which holds for every n. */
    private static void assertFits(double[] sample, DoubleUnaryOperator cdf) {
        double[] x = sample.clone();
        Arrays.sort(x);
        double distance = 0;
        for (int i = 0; i < x.length; i++) {
            double p = cdf.applyAsDouble(x[i]);
            distance = Math.max(distance, Math.max(p - (double) i / x.length, (i + 1.0) / x.length - p));
        }
        assertThat(distance * Math.sqrt(x.length)).isLessThan(Math.sqrt(Math.log(2 / FALSE_ALARM) / 2));
    }

    /** Σ xy / √n of independent normals is standard normal but for terms of order 1/n. */
    private static void assertUncorrelated(double[] x, double[] y) {
        double sum = IntStream.range(0, x.length).mapToDouble(i -> x[i] * y[i]).sum();
        assertThat(Math.abs(sum) / Math.sqrt(x.length))
                .isLessThan(NORMAL.inverseCumulativeProbability(1 - FALSE_ALARM / 2));
    }
}
