package jensen.net;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks against loops over plain arrays, and their gradients against central differences. */
class NetworkTest {
    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<Network> networks() {
        Stream<Network> mlps = Arrays.stream(Activation.values()).map(a -> new Mlp(3, List.of(5, 4), 2, a));
        return Stream.concat(
                mlps,
                Stream.of(
                        new Mlp(4, List.of(), 3, Activation.TANH),
                        new Convolutional(2, 6, 4, List.of(3), List.of(), 2, Activation.TANH),
                        new Convolutional(1, 9, 4, List.of(2, 3), List.of(4), 3, Activation.GELU),
                        new Deconvolutional(2, List.of(), List.of(3), 1, 2, 6, 4, Activation.TANH),
                        new Deconvolutional(2, List.of(3), List.of(3, 2), 2, 1, 7, 5, Activation.ELU)));
    }

    private static Parameters parameters(Network network) {
        Parameters w =
                Parameters.start(network.slots(), Initialiser.GLOROT, Generator.of(5), DType.FLOAT64, Device.CPU);
        // biases too, which start at zero
        double[] values = new SplitMix(6).normals(Math.toIntExact(w.count()));
        w.flat().addInPlace(Tensor.of(values, values.length), 0.3);
        return w;
    }

    @Test
    void everyNetworkIsTested() {
        assertThat(networks().map(Network::getClass).collect(Collectors.toSet()))
                .isEqualTo(Set.of(Network.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void equalsALoopWhateverTheLeadingAxes(Network network) {
        Parameters w = parameters(network);
        PlainNetwork plain = new PlainNetwork(w);
        int in = network.inputs();
        double[] x = new SplitMix(7).normals(2 * 3 * in);
        double[] expected = new double[6 * network.outputs()];
        for (int i = 0; i < 6; i++) {
            double[] y = plain.apply(network, Arrays.copyOfRange(x, i * in, (i + 1) * in));
            assertThat(y).hasSize(network.outputs());
            System.arraycopy(y, 0, expected, i * network.outputs(), network.outputs());
        }
        for (long[] batch : new long[][] {{2, 3}, {6}, {1, 2, 3}}) {
            Tensor y = network.apply(w, Tensor.of(x, jensen.tensor.Shapes.append(batch, in)));
            assertThat(y.shape()).containsExactly(jensen.tensor.Shapes.append(batch, network.outputs()));
            assertClose(network.toString(), y.toDoubles(), expected, 1e-12);
        }
        Tensor one = network.apply(w, Tensor.of(Arrays.copyOf(x, in), in));
        assertThat(one.shape()).containsExactly(network.outputs());
        assertClose("no batch", one.toDoubles(), Arrays.copyOf(expected, network.outputs()), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void gradientsAreItsDerivatives(Network network) {
        Parameters w = parameters(network);
        double[] x = new SplitMix(8).normals(2 * network.inputs());
        double[] c = new SplitMix(9).normals(2 * network.outputs());
        Tensor input = Tensor.of(x, 2, network.inputs()).requiresGradient();
        List<Tensor> leaves = w.leaves();
        leaves.add(input);
        List<Tensor> gradients = Autograd.gradient(value(network, w, input, c), leaves);
        int last = leaves.size() - 1;
        double[] found = Tensor.concat(
                        List.of(
                                w.flat(gradients.subList(0, last)),
                                gradients.get(last).reshape(-1)),
                        0)
                .toDoubles();

        double[] start = w.flat().toDoubles();
        double[] expected = new double[start.length + x.length];
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            double from = i < start.length ? start[i] : x[i - start.length];
            expected[i] = FiniteDifference.derivative(
                    v -> {
                        try (Scope inner = new Scope()) {
                            double[] moved = at < start.length ? start.clone() : x.clone();
                            moved[at < start.length ? at : at - start.length] = v;
                            w.flat().copyInPlace(Tensor.of(at < start.length ? moved : start, start.length));
                            Tensor in = Tensor.of(at < start.length ? x : moved, 2, network.inputs());
                            return value(network, w, in, c).item();
                        }
                    },
                    from,
                    1e-4);
        }
        assertThat(Arrays.stream(expected).filter(g -> g != 0).count()).isGreaterThan(expected.length / 3);
        assertClose(network.toString(), found, expected, 1e-8);
    }

    private static Tensor value(Network network, Parameters w, Tensor x, double... c) {
        return network.apply(w, x).mul(Tensor.of(c, 2, network.outputs())).sum();
    }

    /** Halving rounds down; the mirror gives the lost row or column back. */
    @Test
    void aMirrorHasTheSizeOfWhatItMirrors() {
        for (int[] size : new int[][] {{7, 7}, {28, 27}, {28, 28}, {5, 12}, {4, 31}}) {
            List<Integer> filters = List.of(2, 3);
            Network encoder = new Convolutional(1, size[0], size[1], filters, List.of(6), 4, Activation.RELU);
            Network decoder =
                    new Deconvolutional(4, List.of(6), List.of(3, 2), 1, 1, size[0], size[1], Activation.RELU);
            assertThat(decoder.outputs()).isEqualTo(encoder.inputs()).isEqualTo(size[0] * size[1]);
            Tensor x = Tensor.zeros(DType.FLOAT64, Device.CPU, 2, encoder.inputs());
            Tensor z = encoder.apply(parameters(encoder), x);
            assertThat(decoder.apply(parameters(decoder), z).shape()).containsExactly(2, encoder.inputs());
            // the filled feature map of the one is the flattened feature map of the other
            assertThat(slot(decoder, "dense.1.bias")).isEqualTo(slot(encoder, "dense.0.weight") / 6);
        }
    }

    private static long slot(Network network, String name) {
        return network.slots().stream()
                .filter(s -> s.name().equals(name))
                .mapToLong(s -> jensen.tensor.Shapes.count(s.axes()))
                .sum();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theOutputBiasIsAddedToTheOutputs(Network network) {
        Parameters w = parameters(network);
        Tensor x = Tensor.of(new SplitMix(3).normals(network.inputs()), network.inputs());
        double[] before = network.apply(w, x).toDoubles();
        Tensor bias = w.get(network.outputBias());
        w.set(network.outputBias(), bias.detach().add(2.5));
        double[] after = network.apply(w, x).toDoubles();
        for (int i = 0; i < before.length; i++) {
            assertClose("output " + i, after[i] - before[i], 2.5, 1e-12);
        }
    }

    @Test
    void illegalArchitecturesAreRefused() {
        refused(() -> new Mlp(0, List.of(), 1, Activation.TANH), "inputs", "0");
        refused(() -> new Mlp(1, List.of(), -3, Activation.TANH), "outputs", "-3");
        refused(() -> new Mlp(1, List.of(4, 0), 1, Activation.TANH), "hidden", "0");
        refused(() -> convolutional(0, 8, 8, 2), "channels", "0");
        refused(() -> convolutional(1, -1, 8, 2), "height", "-1");
        refused(() -> convolutional(1, 8, 0, 2), "width", "0");
        refused(() -> convolutional(1, 8, 8, 0), "filters", "0");
        refused(() -> convolutional(1, 8, 8), "0 convolutions");
        refused(() -> convolutional(1, 8, 7, 2, 2, 2), "3 convolutions", "8×7");
        Integer[] many = new Integer[33];
        Arrays.fill(many, 1);
        refused(() -> new Convolutional(1, 28, 28, List.of(many), List.of(), 1, Activation.TANH), "33 convolutions");
        refused(() -> deconvolutional(0, 1, 8, 2), "inputs", "0");
        refused(() -> deconvolutional(2, 0, 8, 2), "perPixel", "0");
        refused(() -> deconvolutional(2, 1, 3, 2, 2), "2 convolutions", "3×8");
        assertThat(convolutional(1, 8, 8, 2, 2, 2).slots()).hasSize(8);
    }

    private static Network convolutional(int channels, int height, int width, Integer... filters) {
        return new Convolutional(channels, height, width, List.of(filters), List.of(), 1, Activation.TANH);
    }

    private static Network deconvolutional(int inputs, int perPixel, int height, Integer... filters) {
        return new Deconvolutional(inputs, List.of(), List.of(filters), perPixel, 1, height, 8, Activation.TANH);
    }

    private static void refused(ThrowingCallable make, CharSequence... words) {
        assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }
}
