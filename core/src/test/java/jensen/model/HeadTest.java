package jensen.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadTest {
    private static final int X = 120;
    private static final int K = 70;

    /** At a scale of 60 some logits contradict x by hundreds of nats, at 500 by more than a float32 can hold. */
    @ParameterizedTest
    @CsvSource({"FLOAT64, 1", "FLOAT64, 60", "FLOAT64, 500", "FLOAT32, 1", "FLOAT32, 60", "FLOAT32, 500"})
    void manyConditionsOfOneBinaryDatumHaveTheDensityOfEach(DType dtype, double scale) {
        Head head = new Head(new Mlp(3, List.of(90), X, Activation.TANH), new Family.Bernoulli(), X);
        Parameters w = Parameters.start(head.slots(), Initialiser.GLOROT, Generator.of(1), dtype, Device.CPU);
        try (Scope scope = new Scope()) {
            w.set("net.1.weight", w.get("net.1.weight").detach().mul(scale));
            w.set("net.1.bias", Generator.of(2).normal(dtype, Device.CPU, X).mul(scale));
            Tensor z = Generator.of(3).normal(dtype, Device.CPU, K, 1, 3);
            Tensor x = Generator.of(4).uniform(dtype, Device.CPU, 1, X).lessThan(0.4);
            double[] many = Native.withoutGradient(() -> head.logProb(w, z, x)).toDoubles();
            double[] bits = x.toDoubles();
            double[] logits = head.outputs(w, z).toDoubles();
            for (int k = 0; k < K; k++) {
                double expected = 0;
                double size = 0;
                for (int i = 0; i < X; i++) {
                    double l = logits[k * X + i];
                    expected += bits[i] * l - Math.max(l, 0) - Math.log1p(Math.exp(-Math.abs(l)));
                    size += Math.abs(l);
                }
                assertThat(many[k]).isCloseTo(expected, within((dtype == DType.FLOAT64 ? 1e-13 : 1e-6) * size));
            }
        }
    }
}
