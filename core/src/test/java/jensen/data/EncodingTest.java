package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import jensen.tensor.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EncodingTest {
    private static final Generator RNG = Generator.of(20);

    private static Dataset everyGrey(int rows) {
        byte[] pixels = new byte[rows * 256];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        return Dataset.grey("greys", new Shape(1, 16, 16), pixels);
    }

    private static float[] encode(Encoding encoding, Dataset data, Generator rng) {
        float[] out = new float[data.size() * data.shape().size()];
        encoding.encode(data, IntStream.range(0, data.size()).toArray(), 0, data.size(), rng, out);
        return out;
    }

    /**
     * 20 000 draws for each grey value. The sum of squared standardised counts over g = 1 … 254 is χ² with 254 degrees of
     * freedom, outside 170.0 … 359.8 with probability 2.7e-5 (Wilson and Hilferty). Comparing with g/256, or letting byte
     * 255 count, shifts it by hundreds.
     */
    @Test
    void binarisesEachGreyValueWithItsOwnProbability() {
        int n = 20_000;
        float[] bits = encode(new Encoding.Binarised(), everyGrey(n), RNG);
        double[] ones = new double[256];
        for (int i = 0; i < bits.length; i++) {
            assertThat(bits[i] == 0 || bits[i] == 1).isTrue();
            ones[i % 256] += bits[i];
        }
        assertThat(ones[0]).isZero();
        assertThat(ones[255]).isEqualTo(n);
        double statistic = 0;
        double sum = 0;
        for (int g = 1; g < 255; g++) {
            double p = g / 255.0;
            double z = (ones[g] - n * p) / Math.sqrt(n * p * (1 - p));
            statistic += z * z;
            sum += z;
        }
        assertThat(statistic).as("seed 20").isBetween(170.0, 359.8);
        // a bias common to all values shows in the mean of z, normal with deviation 1/√254: beyond 4.4 of them once in
        // 1e5
        assertThat(sum / 254).as("seed 20").isCloseTo(0, within(4.4 / Math.sqrt(254)));
    }

    /** 200 000 draws at p = 0.3: beyond 4.4 standard deviations with probability 1.1e-5. */
    @Test
    void binarisesNumbersFromZeroToOne() {
        int n = 200_000;
        float[] values = new float[n];
        Arrays.fill(values, 0.3f);
        float[] bits =
                encode(new Encoding.Binarised(), Dataset.of("unit", Shape.vector(100), Values.UNIT, values), RNG);
        double ones = 0;
        for (float bit : bits) {
            ones += bit;
        }
        assertThat(ones / n).as("seed 20").isCloseTo(0.3, within(4.4 * Math.sqrt(0.21 / n)));
        float[] ends = encode(
                new Encoding.Binarised(), Dataset.of("ends", Shape.vector(2), Values.UNIT, new float[] {0, 1}), RNG);
        assertThat(ends).containsExactly(0, 1);
    }

    @Test
    void noiseDependsOnTheRowAndTheGeneratorAlone() {
        Dataset data = everyGrey(12);
        Encoding encoding = new Encoding.Binarised();
        float[] all = encode(encoding, data, RNG);
        int[] order = {7, 3, 11, 0};
        float[] two = new float[2 * 256];
        encoding.encode(data, order, 1, 3, RNG, two);
        for (int i = 0; i < 256; i++) {
            assertThat(two[i]).isEqualTo(all[3 * 256 + i]);
            assertThat(two[256 + i]).isEqualTo(all[11 * 256 + i]);
        }
        assertThat(encode(encoding, data, RNG)).isEqualTo(all);
        assertThat(encode(encoding, data, RNG.split(1))).isNotEqualTo(all);
        assertThat(Arrays.copyOf(all, 256)).isNotEqualTo(Arrays.copyOfRange(all, 256, 512));
    }

    @Test
    void scalesAndThresholdsPixels() {
        Dataset data = Dataset.grey("four", Shape.vector(4), new byte[] {0, 51, (byte) 128, (byte) 255});
        assertThat(encode(new Encoding.Unit(), data, RNG)).containsExactly(0, 0.2f, 128 / 255f, 1);
        assertThat(encode(new Encoding.AsStored(), data, RNG)).containsExactly(0, 51, 128, 255);
        assertThat(encode(new Encoding.Thresholded(0.2), data, RNG)).containsExactly(0, 0, 1, 1);
        assertThat(encode(new Encoding.Thresholded(0.19), data, RNG)).containsExactly(0, 1, 1, 1);
    }

    @Test
    void standardisesByColumn() {
        // columns 1, 2, 3, 6 and 5, 5, 5, 5: mean 3, variance (4 + 1 + 0 + 9)/4 = 3.5
        Dataset data = Dataset.of("table", Shape.vector(2), Values.REAL, new float[] {1, 5, 2, 5, 3, 5, 6, 5});
        Encoding.Standardised standardised = Encoding.Standardised.of(data);
        assertThat(standardised.mean()).containsExactly(3.0, 5.0);
        assertThat(standardised.deviation().get(0)).isCloseTo(Math.sqrt(3.5), within(1e-14));
        float[] out = encode(standardised, data, RNG);
        assertThat(out[6]).isCloseTo((float) (3 / Math.sqrt(3.5)), within(1e-6f));
        assertThat(out[7]).isZero();
        Dataset other = Dataset.of("other", Shape.vector(1), Values.REAL, new float[] {1});
        assertThatThrownBy(() -> encode(standardised, other, RNG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 2 columns, found 1");
    }

    @Test
    void saysWhatTheLikelihoodSees() {
        assertThat(new Encoding.Unit().encoded(Values.GREY)).isEqualTo(Values.UNIT);
        assertThat(new Encoding.Unit().encoded(Values.BINARY)).isEqualTo(Values.BINARY);
        assertThat(new Encoding.Binarised().encoded(Values.GREY)).isEqualTo(Values.BINARY);
        assertThat(new Encoding.AsStored().encoded(Values.GREY)).isEqualTo(Values.GREY);
        assertThat(new Encoding.Thresholded(3).encoded(Values.REAL)).isEqualTo(Values.BINARY);
        assertThatThrownBy(() -> new Encoding.Binarised().encoded(Values.REAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("binarised");
        assertThatThrownBy(() -> new Encoding.Unit().encoded(Values.REAL)).isInstanceOf(IllegalArgumentException.class);
    }

    static List<Encoding> encodings() {
        return List.of(
                new Encoding.AsStored(),
                new Encoding.Unit(),
                new Encoding.Binarised(),
                new Encoding.Thresholded(0.5),
                new Encoding.Standardised(List.of(0.1, 1e-300), List.of(2.0, 1 / 3.0)));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void survivesJson(Encoding encoding) throws Exception {
        ObjectMapper json = new ObjectMapper();
        String text = json.writeValueAsString(encoding);
        assertThat(text)
                .contains("\"type\":\""
                        + encoding.getClass()
                                .getSimpleName()
                                .toLowerCase(Locale.ROOT)
                                .replace("asstored", "as-stored"));
        assertThat(json.readValue(text, Encoding.class)).isEqualTo(encoding);
        assertThat(encodings()).hasSize(Encoding.class.getPermittedSubclasses().length);
    }
}
