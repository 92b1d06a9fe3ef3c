package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** All tensors of this package's tests are made in scopes, so that none is freed by a collection between two counts. */
class ScopeTest {
    @Test
    void aThousandStepsLeaveNothingBehind() {
        try (Scope outer = new Scope()) {
            Tensor w = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
            step(w);
            long before = Scope.live();
            for (int i = 0; i < 1000; i++) {
                step(w);
            }
            assertThat(Scope.live()).isEqualTo(before);
        }
    }

    private static void step(Tensor w) {
        try (Scope scope = new Scope()) {
            Tensor leaf = w.requiresGradient();
            Tensor x = Generator.of(1).normal(DType.FLOAT64, Device.CPU, 3, 2);
            Tensor y = x.linear(leaf, w.select(0, 0)).tanh().logSumExp(1).mean();
            Tensor g = Autograd.gradient(y, List.of(leaf)).get(0);
            w.addInPlace(g, 1e-3);
            assertThat(w.isFinite()).isTrue();
            assertThat(w.shape()).containsExactly(2, 2);
            assertThat(w.dtype()).isEqualTo(DType.FLOAT64);
            assertThat(w.device()).isEqualTo(Device.CPU);
        }
    }

    @Test
    void freesWhatIsNotKept() {
        try (Scope outer = new Scope()) {
            long before = Scope.live();
            Tensor kept;
            try (Scope inner = new Scope()) {
                Tensor x = Tensor.of(new double[] {1, 2}, 2);
                kept = inner.keep(x.add(1));
                assertThat(Scope.live()).isGreaterThan(before + 1);
            }
            assertThat(Scope.live()).isEqualTo(before + 1);
            assertThat(kept.toDoubles()).containsExactly(2, 3);
        }
    }

    @Test
    void keepsThroughSeveralScopes() {
        long before = Scope.live();
        try (Scope first = new Scope()) {
            Tensor kept;
            try (Scope second = new Scope()) {
                try (Scope third = new Scope()) {
                    kept = second.keep(third.keep(Tensor.of(new double[] {5}, 1).mul(2)));
                }
            }
            assertThat(kept.item()).isEqualTo(10);
        }
        assertThat(Scope.live()).isEqualTo(before);
    }

    @Test
    void whatIsKeptFromTheOutermostScopeStaysUsable() {
        Tensor kept;
        try (Scope scope = new Scope()) {
            kept = scope.keep(Tensor.of(new double[] {5}, 1).mul(2));
        }
        assertThat(kept.item()).isEqualTo(10);
        kept.release();
    }

    @Test
    void retainedMemoryLivesUntilItIsReleased() {
        long before = Scope.live();
        Tensor t;
        try (Scope scope = new Scope()) {
            t = Tensor.of(new double[] {1, 2}, 2).retain();
        }
        assertThat(Scope.live()).isEqualTo(before + 1);
        assertThat(t.toDoubles()).containsExactly(1, 2);

        t.release();

        assertThat(Scope.live()).isEqualTo(before);
    }

    @Test
    void scopesOfDifferentThreadsDoNotMeet() throws InterruptedException {
        try (Scope outer = new Scope()) {
            Tensor x = Tensor.of(new double[] {1, 2}, 2);
            double[][] sums = new double[2][1];
            Thread[] threads = new Thread[2];
            for (int n = 0; n < threads.length; n++) {
                double[] sum = sums[n];
                threads[n] = new Thread(() -> {
                    for (int i = 0; i < 500; i++) {
                        try (Scope scope = new Scope()) {
                            sum[0] += x.mul(i).sum().item();
                        }
                    }
                });
                threads[n].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(sums[0][0]).isEqualTo(3.0 * 499 * 500 / 2);
            assertThat(sums[1][0]).isEqualTo(sums[0][0]);
            assertThat(x.toDoubles()).containsExactly(1, 2);
        }
    }
}
