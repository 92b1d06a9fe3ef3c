package jensen.model;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import jensen.data.Values;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.net.Activation;
import jensen.net.Deconvolutional;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a network's outputs mean, and where they start. */
class FamilyTest {
    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static List<Family> every() {
        List<Family> every = new ArrayList<>(Family.all());
        every.add(new CorrelatedFamily.OneHot(5));
        every.add(new CorrelatedFamily.FullNormal());
        every.add(new CorrelatedFamily.LowRankNormal(2));
        every.add(new CorrelatedFamily.NormalMixture(3));
        every.add(new FlowFamily.Planar(3));
        every.add(new FlowFamily.Autoregressive(3, 7));
        every.add(new FlowFamily.Sylvester(3, 2));
        return every;
    }

    private static Parameters own(Family family, int event) {
        return Parameters.start(family.slots(event), Initialiser.HE, Generator.of(0), DType.FLOAT64, Device.CPU);
    }

    private static Distribution at(Family family, double... outputs) {
        int event = 1;
        while (family.outputs(event) < outputs.length) {
            event++;
        }
        return family.of(own(family, event), Tensor.of(outputs, outputs.length), event);
    }

    @Test
    void allAreListedUnderNamesOfTheirOwn() {
        assertThat(Family.all().stream().map(Family::getClass).collect(Collectors.toSet()))
                .isEqualTo(Arrays.stream(Family.class.getPermittedSubclasses())
                        .filter(Class::isRecord)
                        .collect(Collectors.toSet()));
        assertThat(Family.all().stream().map(Family::name)).doesNotHaveDuplicates();
    }

    /** Values and their support: what is drawn from a family that fits is of the kind that it fits. */
    @Test
    void drawsAreOfTheKindOfValuesThatFits() {
        assertThat(Family.fitting(Values.BINARY))
                .contains("bernoulli", "categorical:256")
                .doesNotContain("discretized-logistic");
        assertThat(Family.fitting(Values.GREY))
                .containsExactlyInAnyOrder("discretized-logistic", "categorical:256", "normal", "normal-shared");
        assertThat(Family.fitting(Values.UNIT))
                .containsExactlyInAnyOrder("continuous-bernoulli", "normal", "normal-shared");
        assertThat(Family.fitting(Values.REAL)).containsExactlyInAnyOrder("normal", "normal-shared");
        assertDraws(new Family.Bernoulli(), Values.BINARY);
        assertDraws(new Family.ContinuousBernoulli(), Values.UNIT);
        assertDraws(new Family.DiscretizedLogistic(), Values.GREY);
        assertDraws(new Family.Categorical(256), Values.GREY);
        assertDraws(new Family.Normal(), Values.REAL);
        assertDraws(new Family.NormalShared(), Values.REAL);
    }

    private static void assertDraws(Family family, Values values) {
        float[] draws = at(family, new SplitMix(1).normals(family.outputs(6)))
                .sample(200, Generator.of(2))
                .toFloats();
        assertThat(family.fits(values)).isTrue();
        for (float draw : draws) {
            assertThat(values.contain(draw)).as("%s: %s", family, draw).isTrue();
        }
    }

    /** Where an element has several outputs: the first parameter of all elements, then the second. */
    @Test
    void outputsAreOrderedParameterByParameter() {
        DiagonalNormal normal = (DiagonalNormal) at(new Family.Normal(), 1, 2, 3, -1, -2, -3);
        assertThat(normal.mean().toDoubles()).containsExactly(1, 2, 3);
        assertThat(normal.logVariance().toDoubles()).containsExactly(-1, -2, -3);

        double[] logits = {0.5, -1, 2, 0, 0.25, 1};
        Distribution categorical = at(new Family.Categorical(3), logits);
        double[] x = {2, 1};
        double expected = logits[4] - Math.log(Math.exp(0.5) + Math.exp(2) + Math.exp(0.25));
        expected += logits[3] - Math.log(Math.exp(-1) + Math.exp(0) + Math.exp(1));
        assertClose("log p", categorical.logProb(Tensor.of(x, 2)).item(), expected, 1e-14);

        for (Family family : every()) {
            long[] batch = {4, 3};
            double[] outputs = new SplitMix(3).normals(12 * family.outputs(5));
            Distribution d = family.of(own(family, 5), Tensor.of(outputs, Shapes.append(batch, family.outputs(5))), 5);
            assertThat(d.mean().shape()).as(family.name()).containsExactly(4, 3, 5);
            assertThat(d.logProb(d.sample(2, Generator.of(4))).shape())
                    .as(family.name())
                    .containsExactly(2, 4, 3);
        }
    }

    @Test
    void correlatedNormalsHaveTheirOutputsInTheStatedOrder() {
        jensen.dist.MultivariateNormal full =
                (jensen.dist.MultivariateNormal) at(new CorrelatedFamily.FullNormal(), 1, 2, 3, 0, 0.5, -1, 7, 8, 9);
        assertThat(full.mean().toDoubles()).containsExactly(1, 2, 3);
        assertClose(
                "L",
                full.choleskyFactor().toDoubles(),
                new double[] {1, 0, 0, 7, Math.exp(0.5), 0, 8, 9, Math.exp(-1)},
                1e-15);

        jensen.dist.LowRankNormal low = (jensen.dist.LowRankNormal)
                at(new CorrelatedFamily.LowRankNormal(2), 1, 2, 3, -1, -2, -3, 10, 20, 30, 40, 50, 60);
        assertThat(low.mean().toDoubles()).containsExactly(1, 2, 3);
        assertThat(low.logVariance().toDoubles()).containsExactly(-1, -2, -3);
        assertThat(low.factor().toDoubles()).containsExactly(10, 40, 20, 50, 30, 60);
    }

    @Test
    void sharedScalesArePositiveNumbersOfTheRightPlace() {
        Parameters w = own(new Family.NormalShared(), 3);
        w.set("logVariance", Tensor.of(new double[] {Math.log(4)}, 1));
        DiagonalNormal normal =
                (DiagonalNormal) new Family.NormalShared().of(w, Tensor.of(new double[] {0, 1, 2}, 3), 3);
        double expected = LinearGaussian.logNormal(0.5, 0, 4)
                + LinearGaussian.logNormal(1, 1, 4)
                + LinearGaussian.logNormal(-1, 2, 4);
        assertClose(
                "log p", normal.logProb(Tensor.of(new double[] {0.5, 1, -1}, 3)).item(), expected, 1e-14);

        Family logistic = new Family.DiscretizedLogistic();
        Parameters scales = own(logistic, 2);
        assertClose("scale", Math.exp(scales.get("logScale").toDoubles()[1]), 127.5 / 4, 1e-12);
        jensen.dist.DiscretizedLogistic d =
                (jensen.dist.DiscretizedLogistic) logistic.of(scales, Tensor.of(new double[] {-1, 0.2}, 2), 2);
        assertClose("location", d.location().toDoubles(), new double[] {0, 153}, 1e-12);
    }

    @Test
    void biasesStartAtTheMeanOfTheData() {
        double[] unit = {0.01, 0.3, 0.5, 0.97};
        assertClose("bernoulli", mean(new Family.Bernoulli(), unit), unit, 1e-12);
        assertClose("clamped", mean(new Family.Bernoulli(), 0, 1), new double[] {0.001, 0.999}, 1e-12);
        double[] real = {-3.5, 0, 100};
        assertClose("normal", mean(new Family.Normal(), real), real, 1e-12);
        assertClose("normal-shared", mean(new Family.NormalShared(), real), real, 1e-12);
        assertClose("full-normal", mean(new CorrelatedFamily.FullNormal(), real), real, 1e-12);
        assertClose("low-rank-normal", mean(new CorrelatedFamily.LowRankNormal(3), real), real, 1e-12);
        assertClose("normal-mixture", mean(new CorrelatedFamily.NormalMixture(4), real), real, 1e-12);
        double[] grey = {0, 30.5, 127.5, 255};
        jensen.dist.DiscretizedLogistic logistic = (jensen.dist.DiscretizedLogistic)
                at(new Family.DiscretizedLogistic(), new Family.DiscretizedLogistic().bias(grey));
        assertClose("location", logistic.location().toDoubles(), grey, 1e-12);

        // these two promise less: the right side of the middle, and equal probabilities
        double[] near = mean(new Family.ContinuousBernoulli(), unit);
        for (int i = 0; i < unit.length; i++) {
            assertThat(Math.signum(Math.rint((near[i] - 0.5) * 1e9)))
                    .isEqualTo(Math.signum(Math.rint((unit[i] - 0.5) * 1e9)));
        }
        assertClose("categorical", mean(new Family.Categorical(5), 1, 4), new double[] {2, 2}, 1e-12);
    }

    private static double[] mean(Family family, double... mean) {
        double[] bias = family.bias(mean);
        assertThat(bias).hasSize(family.outputs(mean.length));
        return at(family, bias).mean().toDoubles();
    }

    /** With all weights zero, a head's distribution is the one that its output bias says. */
    @Test
    void aCentredHeadHasTheMeanOfTheData() {
        double[] mean = new double[2 * 6 * 4];
        Arrays.setAll(mean, i -> 0.05 + 0.9 * i / mean.length);
        Network flat = new Mlp(2, List.of(3), mean.length, Activation.TANH);
        assertClose("mlp", centred(flat, new Family.Bernoulli(), mean), mean, 1e-12);

        // a convolution's bias serves a whole channel
        Network image = new Deconvolutional(2, List.of(), List.of(3), 1, 2, 6, 4, Activation.TANH);
        double[] channels = new double[mean.length];
        for (int i = 0; i < mean.length; i++) {
            channels[i / 24 * 24] += mean[i] / 24;
        }
        for (int i = 0; i < mean.length; i++) {
            channels[i] = channels[i / 24 * 24];
        }
        assertClose("convolution", centred(image, new Family.NormalShared(), mean), channels, 1e-12);
        Network two = new Deconvolutional(2, List.of(), List.of(3), 2, 2, 6, 4, Activation.TANH);
        assertClose("two outputs a pixel", centred(two, new Family.Normal(), mean), channels, 1e-12);
    }

    private static double[] centred(Network net, Family family, double... mean) {
        Head head = new Head(net, family, mean.length);
        Parameters w = Parameters.start(head.slots(), Initialiser.HE, Generator.of(6), DType.FLOAT64, Device.CPU);
        w.flat().mulInPlace(0);
        head.centre(w, mean);
        return head.given(w, Tensor.of(new double[] {0.4, -2}, 2)).mean().toDoubles();
    }

    @Test
    void classesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Family.Categorical(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("classes", "1");
    }
}
