package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutogradTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void givesZerosWhereTheOutputDoesNotDepend() {
        Tensor x = Tensor.of(new double[] {3, 4}, 2).requiresGradient();
        Tensor unused = Tensor.of(new float[6], 2, 3).requiresGradient();

        List<Tensor> gradients = Autograd.gradient(x.square().sum(), List.of(unused, x));

        assertThat(gradients.get(0).shape()).containsExactly(2, 3);
        assertThat(gradients.get(0).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(gradients.get(0).toDoubles()).containsOnly(0);
        assertThat(gradients.get(1).toDoubles()).containsExactly(6, 8);
    }

    @Test
    void differentiatesByIntermediateResults() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();
        Tensor y = x.mul(2);

        List<Tensor> gradients = Autograd.gradient(y.square().sum(), List.of(y, x));

        assertThat(gradients.get(0).item()).isEqualTo(12);
        assertThat(gradients.get(1).item()).isEqualTo(24);
    }

    @Test
    void keepsTheGraphOnlyWhenAsked() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();
        Tensor y = x.exp().sum();

        assertThat(Autograd.gradient(y, List.of(x), true).get(0).item()).isEqualTo(Math.exp(3));
        assertThat(Autograd.gradient(y, List.of(x)).get(0).item()).isEqualTo(Math.exp(3));
        assertThatThrownBy(() -> Autograd.gradient(y, List.of(x)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void detachedTensorsAreConstants() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();

        Tensor y = x.mul(x.detach()).sum();

        assertThat(Autograd.gradient(y, List.of(x)).get(0).item()).isEqualTo(3);
    }

    @Test
    void nothingIsRecordedWithoutGradient() {
        Tensor x = Tensor.of(new double[] {3}, 1).requiresGradient();

        Tensor y = Native.withoutGradient(() -> x.square().sum());

        assertThatThrownBy(() -> Autograd.gradient(y, List.of(x))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void gradientsOutliveTheScopeTheyAreKeptFrom() {
        Tensor x = Tensor.of(new double[] {3, 4}, 2).requiresGradient();
        Tensor kept;
        try (Scope inner = new Scope()) {
            kept = inner.keep(Autograd.gradient(x.square().sum(), List.of(x)).get(0));
        }
        for (int i = 0; i < 100; i++) { // reuse whatever memory was freed
            Tensor.of(new double[] {i, i}, 2).mul(2);
        }

        assertThat(kept.toDoubles()).containsExactly(6, 8);
    }
}
