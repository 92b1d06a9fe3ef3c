package jensen.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parameters as one buffer, and how they start. */
class ParametersTest {
    private static final Mlp NET = new Mlp(2, List.of(3), 1, Activation.TANH);
    private static final long SEED = 11;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Parameters start(List<Slot> slots, Initialiser initialiser, long seed) {
        return Parameters.start(slots, initialiser, Generator.of(seed), DType.FLOAT64, Device.CPU);
    }

    private static Parameters fresh() {
        return start(Slot.under("net", NET.slots()), Initialiser.GLOROT, SEED);
    }

    @Test
    void leavesAreViewsOfTheFlatBufferInOrder() {
        Parameters w = fresh();
        assertThat(w.count()).isEqualTo(6 + 3 + 3 + 1);
        assertThat(w.all().keySet()).containsExactly("net.0.weight", "net.0.bias", "net.1.weight", "net.1.bias");
        double[] joined = w.leaves().stream()
                .flatMapToDouble(t -> Arrays.stream(t.toDoubles()))
                .toArray();
        assertThat(w.flat().toDoubles()).isEqualTo(joined);

        w.flat().addInPlace(w.flat(), 1);
        assertThat(w.at("net").get("0.weight").toDoubles())
                .isEqualTo(Arrays.stream(joined, 0, 6).map(v -> 2 * v).toArray());
        w.set("net.1.bias", Tensor.of(new double[] {42}, 1));
        assertThat(w.flat().toDoubles()[12]).isEqualTo(42);
    }

    @Test
    void aLayerOfMoreInputsThanUnitsLiesInMemoryByColumns() {
        Parameters w = start(new Mlp(3, List.of(), 2, Activation.TANH).slots(), Initialiser.GLOROT, SEED);
        Tensor values = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Tensor bias = Tensor.of(new double[] {7, 8}, 2);

        w.set("0.weight", values);
        w.set("0.bias", bias);

        assertThat(w.get("0.weight").shape()).containsExactly(2, 3);
        assertThat(w.get("0.weight").toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(w.flat().toDoubles()).containsExactly(1, 4, 2, 5, 3, 6, 7, 8);
        assertThat(w.flat(List.of(values, bias)).toDoubles()).isEqualTo(w.flat().toDoubles());
        assertThat(w.copy().flat().toDoubles()).isEqualTo(w.flat().toDoubles());
    }

    @Test
    void aCopyHasMemoryOfItsOwn() {
        Parameters w = fresh();
        double[] before = w.flat().toDoubles();
        Parameters copy = w.copy();
        assertThat(copy.flat().toDoubles()).isEqualTo(before);
        w.flat().mulInPlace(0);
        assertThat(copy.flat().toDoubles()).isEqualTo(before);
        assertThat(copy.get("net.0.weight").toDoubles()).isEqualTo(Arrays.copyOf(before, 6));
    }

    @Test
    void parametersOutliveTheScopeTheyStartedIn() {
        Parameters w;
        try (Scope inner = new Scope()) {
            w = fresh();
        }
        assertThat(w.flat().toDoubles()).isEqualTo(fresh().flat().toDoubles());
        assertThat(w.get("net.0.weight").toDoubles())
                .isEqualTo(Arrays.copyOf(w.flat().toDoubles(), 6));
    }

    @Test
    void loadingTakesEachByNameAndIgnoresOthers() {
        Parameters from = start(Slot.under("net", NET.slots()), Initialiser.HE, SEED + 1);
        Map<String, Tensor> tensors = new HashMap<>();
        from.all().forEach((name, t) -> tensors.put("phi." + name, t.detach()));
        tensors.put("phi.more", Tensor.zeros(DType.FLOAT64, Device.CPU, 3));
        Parameters w = fresh();
        w.load("phi", tensors);
        assertThat(w.flat().toDoubles()).isEqualTo(from.flat().toDoubles());
    }

    @Test
    void mistakesNameTheParameterAndChangeNothing() {
        Parameters w = fresh();
        double[] before = w.flat().toDoubles();
        assertThatThrownBy(() -> w.at("net").get("2.bias"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("net.2.bias", "net.1.bias");
        assertThatThrownBy(() -> w.at("net").set("1.bias", Tensor.zeros(DType.FLOAT64, Device.CPU, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("net.1.bias", "[1]", "[2]");

        Map<String, Tensor> tensors = new HashMap<>();
        w.all().forEach((name, t) -> tensors.put("theta." + name, t.detach().add(1)));
        tensors.put("theta.net.1.bias", Tensor.zeros(DType.FLOAT64, Device.CPU, 1, 1));
        assertThatThrownBy(() -> w.load("theta", tensors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("net.1.bias", "[1]", "[1, 1]");
        tensors.remove("theta.net.1.bias");
        assertThatThrownBy(() -> w.load("theta", tensors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("theta.net.1.bias");
        assertThat(w.flat().toDoubles()).isEqualTo(before);

        Slot twice = Slot.constant("a", 0, 1);
        assertThatThrownBy(() -> start(List.of(twice, twice), Initialiser.HE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("named a");
    }

    /** n = 200,000; each p-value above {@link GoodnessOfFit#FALSE_ALARM}. */
    @Test
    void weightsStartWithTheirLawAndBiasesAtTheirConstant() {
        List<Slot> slots = List.of(Slot.weight("w", List.of(500L, 400L), 400, 500), Slot.constant("b", 0.25, 7));
        double limit = Math.sqrt(6.0 / 900);
        for (Initialiser initialiser : Initialiser.values()) {
            Parameters w = start(slots, initialiser, SEED);
            double[] values = w.get("w").toDoubles();
            double variance = switch (initialiser) {
                case GLOROT -> limit * limit / 3;
                case HE -> 2.0 / 400;
                case PAPER -> 0.01;
            };
            String what = initialiser + ", seed " + SEED;
            assertThat(Moments.of(values).pValue(0)).as(what).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
            double[] squares = Arrays.stream(values).map(v -> v * v).toArray();
            assertThat(Moments.of(squares).pValue(variance)).as(what).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
            NormalDistribution normal = new NormalDistribution(0, Math.sqrt(variance));
            GoodnessOfFit fit = GoodnessOfFit.kolmogorovSmirnov(
                    Arrays.copyOf(values, 20_000),
                    v -> initialiser == Initialiser.GLOROT
                            ? (v + limit) / (2 * limit)
                            : normal.cumulativeProbability(v));
            assertThat(fit.pValue()).as(what).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
            assertThat(w.get("b").toDoubles()).containsOnly(0.25);
        }
    }

    /** A convolution's unit sums over kernel area times channels. */
    @Test
    void convolutionsCountTheirKernelInTheFan() {
        Network encoder = new Convolutional(3, 8, 8, List.of(5), List.of(), 2, Activation.RELU);
        Network decoder = new Deconvolutional(2, List.of(), List.of(5), 1, 3, 8, 8, Activation.RELU);
        assertThat(encoder.slots().get(0))
                .isEqualTo(Slot.weight("convolution.0.weight", List.of(5L, 3L, 4L, 4L), 48, 80));
        assertThat(decoder.slots().get(2))
                .isEqualTo(Slot.weight("convolution.0.weight", List.of(5L, 3L, 4L, 4L), 80, 48));
        assertThat(encoder.slots().get(2)).isEqualTo(Slot.affine("dense.0.weight", 80, 2));
    }

    @Test
    void eachParameterHasAStreamOfItsOwnThatTheSeedDecides() {
        List<Slot> one = List.of(Slot.weight("a", List.of(4L, 4L), 4, 4));
        List<Slot> two = List.of(Slot.weight("b", List.of(4L, 4L), 4, 4), one.get(0));
        double[] alone = start(one, Initialiser.HE, SEED).get("a").toDoubles();
        Parameters both = start(two, Initialiser.HE, SEED);
        assertThat(both.get("a").toDoubles()).isEqualTo(alone);
        assertThat(both.get("b").toDoubles()).isNotEqualTo(alone);
        assertThat(start(one, Initialiser.HE, SEED + 1).get("a").toDoubles()).isNotEqualTo(alone);
    }
}
