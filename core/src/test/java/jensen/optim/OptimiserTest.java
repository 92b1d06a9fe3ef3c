package jensen.optim;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Update rules against loops over plain arrays, 20 steps uphill from the same start with the same gradients. */
class OptimiserTest {
    private static final int SIZE = 1003;
    private static final int STEPS = 20;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static List<Optimiser> optimisers() {
        return List.of(
                Adam.standard(),
                new Adam(0.8, 0.95, 1e-4),
                Adagrad.standard(),
                new Adagrad(0.1),
                new Sgd(0),
                new Sgd(0.9));
    }

    @Test
    void everyRuleIsTested() {
        assertThat(optimisers().stream().map(Optimiser::getClass).collect(Collectors.toSet()))
                .isEqualTo(Set.of(Optimiser.class.getPermittedSubclasses()));
    }

    private static double[] gradient(int step) {
        return new SplitMix(100 + step).normals(SIZE);
    }

    private static double rate(int step) {
        return 0.1 / step;
    }

    private static void plain(Optimiser rule, double[] p, double[] a, double[] b, double[] g, double rate, int t) {
        for (int i = 0; i < p.length; i++) {
            if (rule instanceof Adam adam) {
                a[i] = adam.beta1() * a[i] + (1 - adam.beta1()) * g[i];
                b[i] = adam.beta2() * b[i] + (1 - adam.beta2()) * g[i] * g[i];
                double m = a[i] / (1 - Math.pow(adam.beta1(), t));
                double v = b[i] / (1 - Math.pow(adam.beta2(), t));
                p[i] += rate * m / (Math.sqrt(v) + adam.epsilon());
            } else if (rule instanceof Adagrad adagrad) {
                a[i] += g[i] * g[i];
                p[i] += rate * g[i] / (Math.sqrt(a[i]) + adagrad.epsilon());
            } else if (rule instanceof Sgd sgd) {
                a[i] = sgd.momentum() * a[i] + g[i];
                p[i] += rate * a[i];
            }
        }
    }

    private static List<Tensor> state(Optimiser rule, DType dtype) {
        return rule.state().stream()
                .map(name -> Tensor.zeros(dtype, Device.CPU, SIZE))
                .toList();
    }

    private static List<Tensor> piece(List<Tensor> tensors, long from, long length) {
        return tensors.stream().map(t -> t.narrow(0, from, length)).toList();
    }

    @ParameterizedTest
    @MethodSource("optimisers")
    void stepsEqualALoop(Optimiser rule) {
        double[] p = new SplitMix(1).normals(SIZE);
        double[] a = new double[SIZE];
        double[] b = new double[SIZE];
        Tensor parameters = Tensor.of(p.clone(), SIZE);
        List<Tensor> state = state(rule, DType.FLOAT64);
        for (int t = 1; t <= STEPS; t++) {
            plain(rule, p, a, b, gradient(t), rate(t), t);
            rule.of(parameters, state).step(Tensor.of(gradient(t), SIZE), rate(t), t);
            assertClose(rule + ", step " + t, parameters.toDoubles(), p, 1e-12);
        }
        if (rule.state().contains("squares") || rule.state().contains("velocity")) {
            assertClose(rule + " " + rule.state().get(0), state.get(0).toDoubles(), a, 1e-12);
        } else if (state.size() > 1) {
            assertClose(rule + " " + rule.state().get(1), state.get(1).toDoubles(), b, 1e-12);
        }
    }

    /** The last piece has a rest that vector instructions do not divide, as the whole has. */
    @ParameterizedTest
    @MethodSource("optimisers")
    void updatesInPiecesEqualWholeUpdatesBitForBit(Optimiser rule) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Tensor whole =
                    Tensor.of(new SplitMix(1).normals(SIZE), SIZE).to(dtype).copy();
            Tensor cut = whole.copy();
            List<Tensor> wholeState = state(rule, dtype);
            List<Tensor> cutState = state(rule, dtype);
            for (int t = 1; t <= STEPS; t++) {
                Tensor g = Tensor.of(gradient(t), SIZE).to(dtype);
                for (long[] part : new long[][] {{512, 491}, {0, 64}, {64, 448}}) {
                    rule.of(cut.narrow(0, part[0], part[1]), piece(cutState, part[0], part[1]))
                            .step(g.narrow(0, part[0], part[1]).copy(), rate(t), t);
                }
                rule.of(whole, wholeState).step(g, rate(t), t);
            }
            assertThat(cut.toDoubles()).as("%s %s", rule, dtype).isEqualTo(whole.toDoubles());
            for (int s = 0; s < wholeState.size(); s++) {
                assertThat(cutState.get(s).toDoubles())
                        .as("%s %s", rule, dtype)
                        .isEqualTo(wholeState.get(s).toDoubles());
            }
        }
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        for (double bad : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> new Adam(bad, 0.9, 1e-8)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Adam(0.9, bad, 1e-8)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Sgd(bad)).hasMessageContainingAll("momentum", String.valueOf(bad));
        }
        for (double bad : new double[] {-1, 0, Double.NaN}) {
            assertThatThrownBy(() -> new Adam(0.9, 0.9, bad)).hasMessageContaining("epsilon");
            assertThatThrownBy(() -> new Adagrad(bad)).hasMessageContainingAll("epsilon", String.valueOf(bad));
        }
    }
}
