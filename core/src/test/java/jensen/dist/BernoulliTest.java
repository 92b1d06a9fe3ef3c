package jensen.dist;

import static jensen.Close.assertClose;

import java.util.Arrays;
import java.util.List;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BernoulliTest {
    private static final int K = 9;
    private static final int B = 2;
    private static final int X = 120;

    private final Tensor noise = Generator.of(1).normal(DType.FLOAT64, Device.CPU, K, B, X);
    private final Tensor cotangent = Generator.of(2).normal(DType.FLOAT64, Device.CPU, K, B);

    /**
     * At a scale of 60 some logits contradict x by more than a product of probabilities can hold. One draw for each datum, or a
     * value that is not binary, takes another way to the same numbers. So do draws of which some do not count.
     */
    @ParameterizedTest
    @CsvSource({"1, 0, 9, 1", "60, 0, 9, 1", "3, 0.3, 9, 1", "1, 0, 1, 1", "1, 0, 9, 3", "1, 0, 9, 100"})
    void theDensityOfValuesThatManyLogitsShareIsThatOfEach(double scale, double grey, int draws, int counted) {
        try (Scope scope = new Scope()) {
            compare(scale, grey, draws, counted);
        }
    }

    @Test
    void itsDerivativeIsThereOutsideAllScopes() {
        compare(1, 0, K, 1);
    }

    /** Of the draws for all data one in {@code counted} has a weight other than zero. */
    private void compare(double scale, double grey, int draws, int counted) {
        Tensor x = Generator.of(3).uniform(DType.FLOAT64, Device.CPU, B, X).lessThan(0.4);
        double[] values = x.toDoubles();
        values[7] = grey;
        Tensor shared = Tensor.of(values, B, X);
        Tensor l = noise.narrow(0, 0, draws).mul(scale).detach().requiresGradient();
        Tensor logProb = Native.withGradient(() -> new Bernoulli(l).logProb(shared));
        double[] weights = cotangent.narrow(0, 0, draws).toDoubles();
        Arrays.setAll(weights, i -> i % counted == 0 ? weights[i] : 0);
        Tensor c = Tensor.of(weights, draws, B);
        Tensor total = Native.withGradient(() -> logProb.mul(c).sum());
        double[] gradient = Autograd.gradient(total, List.of(l)).get(0).toDoubles();
        double[] logits = l.toDoubles();
        double[] found = logProb.toDoubles();
        for (int i = 0; i < draws * B; i++) {
            double expected = 0;
            for (int j = 0; j < X; j++) {
                double at = logits[i * X + j];
                double value = values[(i % B) * X + j];
                expected += value * at - Math.max(at, 0) - Math.log1p(Math.exp(-Math.abs(at)));
                double slope = weights[i] * (value - 1 / (1 + Math.exp(-at)));
                assertClose("derivative", gradient[i * X + j], slope, 1e-12);
            }
            assertClose("log-mass", found[i], expected, 1e-12);
        }
    }
}
