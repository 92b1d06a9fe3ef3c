package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TanhTest {
    private static float[] tanh(float[] of) {
        try (Scope scope = new Scope()) {
            return Tensor.owned(Tanh.inPlace(Tensor.of(of, Device.CPU, of.length).pointer))
                    .toFloats();
        }
    }

    /** Every 997th float from 2⁻²⁰ on, either sign, more than one block of them. */
    @Test
    void isWithinSevenUnitsInTheLastPlace() {
        int first = Float.floatToIntBits(0x1p-20f);
        int count = (Float.floatToIntBits(30) - first) / 997;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            float at = Float.intBitsToFloat(first + 997 * i);
            x[i] = i % 2 == 0 ? at : -at;
        }
        float[] y = tanh(x);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            double exact = Math.tanh(x[i]);
            worst = Math.max(worst, Math.abs(y[i] - exact) / Math.ulp((float) Math.abs(exact)));
            assertThat(Math.abs(y[i])).as("tanh %s", x[i]).isLessThanOrEqualTo(1);
        }
        assertThat(worst).isBetween(1.0, 7.0);
    }

    @Test
    void keepsWhatIsNotANumberAndTheSignOfZero() {
        float[] y = tanh(new float[] {Float.NaN, 0f, -0f, Float.MIN_NORMAL, Float.POSITIVE_INFINITY, -1e30f});
        assertThat(y[0]).isNaN();
        assertThat(Float.floatToRawIntBits(y[1])).isZero();
        assertThat(Float.floatToRawIntBits(y[2])).isEqualTo(Float.floatToRawIntBits(-0f));
        assertThat(y[3]).isEqualTo(Float.MIN_NORMAL);
        assertThat(y[4]).isCloseTo(1, within(3e-7f));
        assertThat(y[5]).isEqualTo(-y[4]);
    }

    /** Rows of which many, two or less than one fill a block. */
    @Test
    void addsARowToEachOnTheWay() {
        try (Scope scope = new Scope()) {
            for (int width : new int[] {3, 1500, 5000}) {
                Tensor x = Generator.of(1).normal(DType.FLOAT32, Device.CPU, 7, width);
                Tensor b = Generator.of(2).normal(DType.FLOAT32, Device.CPU, width);
                float[] exact = x.add(b).tanh().toFloats();
                float[] y = Tensor.owned(Tanh.ofSum(x.pointer, b.pointer)).toFloats();
                assertThat(y).as("width %d", width).containsExactly(exact, within(5e-7f));
            }
        }
    }

    /** A derivative that libtorch records must see the function. */
    @Test
    void isDifferentiatedWhereLibtorchRecordsIt() {
        try (Scope scope = new Scope()) {
            Tensor x = Tensor.of(new float[] {0.5f}, Device.CPU, 1);
            Tensor weight = Tensor.of(new float[] {2f}, Device.CPU, 1, 1).requiresGradient();
            Tensor bias = Tensor.zeros(DType.FLOAT32, Device.CPU, 1);
            Tensor y = x.linearTanh(weight, bias).sum();
            double slope = Autograd.gradient(y, List.of(weight)).get(0).item();
            double exact = 0.5 * (1 - Math.tanh(1) * Math.tanh(1));
            assertThat(slope).isCloseTo(exact, within(1e-6));
        }
    }
}
