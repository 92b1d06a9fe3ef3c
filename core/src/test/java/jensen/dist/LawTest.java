package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.statcheck.Quadrature;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every distribution: one test a law, each over the whole table. */
class LawTest {
    /** Quadrature settles at 1e-11; a sum of 256 masses is off by less. */
    private static final double EXACT = 1e-9;

    private static final double STEP = 1e-3;
    private static final int DRAWS = 100_000;
    private static final long SEED = 20260101;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static List<Law> laws() {
        return Law.all();
    }

    static List<Law> reparameterised() {
        return laws().stream()
                .filter(l -> Reparameterised.class.isAssignableFrom(l.type()))
                .toList();
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(LawTest::records)
                : Stream.of(type);
    }

    /** Those whose elements make up a variable only together have their laws in a test of their own, {@link OneHotTest}. */
    @Test
    void everyDistributionIsInTheTable() {
        assertThat(records(Distribution.class)
                        .filter(type -> !OneHotTest.TYPES.contains(type))
                        .collect(Collectors.toSet()))
                .isEqualTo(laws().stream().map(Law::type).collect(Collectors.toSet()));
        assertThat(records(Reparameterised.class)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("laws")
    void integratesToOne(Law law) {
        assertClose("total mass", law.expectation(x -> 1), 1, EXACT);
    }

    /** χ² over 24 equal pieces of the support, or over its values; n = 100,000. */
    @ParameterizedTest
    @MethodSource("laws")
    void samplesFollowTheDensity(Law law) {
        Distribution d = law.single();
        double[] draws = d.sample(DRAWS, Generator.of(SEED)).toDoubles();
        List<Law.Piece> pieces = law.support().pieces();
        long[] counts = new long[pieces.size()];
        double low = pieces.get(0).from();
        double width = pieces.get(0).to() - low;
        for (double x : draws) {
            int piece = (int) Math.floor((x - low) / width);
            // the last piece of an interval includes its end
            counts[piece == counts.length && !law.discrete() ? piece - 1 : piece]++;
        }
        double[] p = pieces.stream()
                .mapToDouble(piece -> law.discrete()
                        ? Math.exp(Law.logProb(d, piece.from()))
                        : Quadrature.interval(x -> Math.exp(Law.logProb(d, x)), piece.from(), piece.to()))
                .toArray();
        GoodnessOfFit fit = GoodnessOfFit.chiSquared(counts, p);
        assertThat(fit.pValue()).as("%s, seed %d", fit, SEED).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
        if (law.discrete()) {
            assertThat(Arrays.stream(draws)).as("values").allMatch(x -> x == Math.rint(x));
        }
    }

    @ParameterizedTest
    @MethodSource("laws")
    void meanIsThatOfTheDensityAndOfTheSample(Law law) {
        Distribution d = law.single();
        double mean = law.expectation(x -> x);
        double deviation = Math.sqrt(law.expectation(x -> (x - mean) * (x - mean)));
        assertThat(d.mean().item())
                .isCloseTo(mean, within(law.slack() * deviation + EXACT * Math.max(1, Math.abs(mean))));
        Moments sample = Moments.of(d.sample(DRAWS, Generator.of(SEED)).toDoubles());
        assertThat(sample.pValue(mean)).as("%s, seed %d", sample, SEED).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }

    @ParameterizedTest
    @MethodSource("reparameterised")
    void standardDeviationIsThatOfTheDensityAndOfTheSample(Law law) {
        Reparameterised d = (Reparameterised) law.single();
        double mean = law.expectation(x -> x);
        double variance = law.expectation(x -> (x - mean) * (x - mean));
        double sd = d.standardDeviation().item();
        assertThat(sd * sd).isCloseTo(variance, within((law.slack() + EXACT) * variance));
        Moments squares =
                Moments.of(Arrays.stream(d.sample(DRAWS, Generator.of(SEED)).toDoubles())
                        .map(x -> (x - mean) * (x - mean))
                        .toArray());
        assertThat(squares.pValue(variance)).as("%s, seed %d", squares, SEED).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }

    @ParameterizedTest
    @MethodSource("laws")
    void eventsAreSummedAndBatchesAreIndependent(Law law) {
        List<List<double[]>> elements = law.varied(24, 7);
        Distribution d = law.make().apply(law.of(elements, 2, 3, 4));
        double[] x = DoubleStream.iterate(0, i -> i + 1)
                .limit(7 * 24)
                .map(i -> law.support().values()[(int) (i * 5 % law.support().values().length)])
                .toArray();

        assertThat(d.mean().shape()).containsExactly(2, 3, 4);
        assertThat(d.sample(5, Generator.of(1)).shape()).containsExactly(5, 2, 3, 4);
        assertShapes(law, elements, d, x, new long[] {2, 3, 4}, new long[] {2, 3});
        assertShapes(law, elements, d, x, new long[] {4}, new long[] {2, 3});
        assertShapes(law, elements, d, x, new long[] {3, 4}, new long[] {2, 3});
        assertShapes(law, elements, d, x, new long[] {2, 1, 4}, new long[] {2, 3});
        assertShapes(law, elements, d, x, new long[] {7, 2, 3, 4}, new long[] {7, 2, 3});
        assertShapes(law, elements, d, x, new long[] {7, 1, 3, 4}, new long[] {7, 2, 3});
        assertShapes(law, elements, d, x, new long[] {7, 1, 1, 4}, new long[] {7, 2, 3});

        Distribution one = law.make().apply(law.of(elements.subList(0, 4), 4));
        assertThat(one.mean().shape()).containsExactly(4);
        assertThat(one.sample(5, Generator.of(1)).shape()).containsExactly(5, 4);
        Distribution shared = law.make().apply(law.of(elements.subList(0, 4), 1, 4));
        for (Distribution wide : List.of(one, shared)) {
            double[] found = wide.logProb(Tensor.of(Arrays.copyOf(x, 24), 6, 4)).toDoubles();
            assertThat(found).hasSize(6);
            for (int r = 0; r < 6; r++) {
                double sum = 0;
                for (int i = 0; i < 4; i++) {
                    sum += element(law, elements.get(i), x[4 * r + i]);
                }
                assertClose("row " + r, found[r], sum, 1e-12);
            }
        }
        double[] means = d.mean().toDoubles();
        for (int i = 0; i < means.length; i++) {
            Distribution alone = law.make().apply(law.of(elements.subList(i, i + 1), 1));
            double slack = law.slack() == 0
                    ? 0
                    : 2
                            * law.slack()
                            * ((Reparameterised) alone).standardDeviation().item();
            double mean = alone.mean().item();
            assertThat(means[i]).as("mean %d", i).isCloseTo(mean, within(slack + 1e-12 * Math.max(1, Math.abs(mean))));
        }
    }

    private static double element(Law law, List<double[]> parameters, double x) {
        return Law.logProb(law.make().apply(law.of(List.of(parameters), 1)), x);
    }

    /** Compares with a loop over the elements: x of a shape against a batch [2, 3] with events [4]. */
    private static void assertShapes(
            Law law, List<List<double[]>> elements, Distribution d, double[] x, long[] shape, long[] expected) {
        int count = (int) Shapes.count(shape);
        Tensor values = Tensor.of(Arrays.copyOf(x, count), shape);
        Tensor found = d.logProb(values);
        assertThat(found.shape()).as("x " + Arrays.toString(shape)).containsExactly(expected);
        double[] wide = values.expand(Shapes.append(expected, 4)).toDoubles();
        double[] sums = new double[(int) Shapes.count(expected)];
        for (int i = 0; i < wide.length; i++) {
            sums[i / 4] += element(law, elements.get(i % 24), wide[i]);
        }
        assertClose("x " + Arrays.toString(shape), found.toDoubles(), sums, 1e-12);
    }

    @ParameterizedTest
    @MethodSource("laws")
    void detachedParametersAreConstantsAndNothingElseIs(Law law) {
        Tensor leaf = Tensor.of(law.flat(), law.flat().length).requiresGradient();
        Tensor x = Tensor.of(law.support().values(), law.support().values().length, 1)
                .requiresGradient();
        Distribution d = law.from(leaf);
        Distribution cut = d.detach();
        assertThat(cut).isInstanceOf(law.type());
        assertThat(cut.logProb(x).toDoubles()).isEqualTo(d.logProb(x).toDoubles());
        assertThat(cut.mean().toDoubles()).isEqualTo(d.mean().toDoubles());

        Tensor nothing = leaf.sum().add(x.sum()).mul(0);
        Tensor all = d.logProb(x).sum().add(d.mean().sum());
        Tensor constant = cut.logProb(x).sum().add(cut.mean().sum()).add(nothing);
        List<Tensor> before = Autograd.gradient(all.add(nothing), List.of(leaf, x));
        List<Tensor> after = Autograd.gradient(constant, List.of(leaf, x));
        assertThat(Arrays.stream(before.get(0).toDoubles())).anyMatch(g -> g != 0);
        assertThat(after.get(0).toDoubles()).containsOnly(0);
        assertThat(after.get(1).toDoubles()).isEqualTo(before.get(1).toDoubles());

        Tensor sample = d.sample(3, Generator.of(1)).sum().add(leaf.sum().mul(0));
        assertThat(Autograd.gradient(sample, List.of(leaf)).get(0).toDoubles()).containsOnly(0);
    }

    /** With a step that does not grow with the location of a distribution whose scale stays small. */
    private static double[] derivatives(ToDoubleFunction<double[]> f, double... at) {
        return IntStream.range(0, at.length)
                .mapToDouble(i -> FiniteDifference.derivative(
                        t -> {
                            double[] moved = at.clone();
                            moved[i] = t;
                            return f.applyAsDouble(moved);
                        },
                        at[i],
                        STEP))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("laws")
    void gradientsOfDensityAndMeanAreTheirDerivatives(Law law) {
        double[] at = law.flat();
        for (double x : law.support().values()) {
            Tensor leaf = Tensor.of(at, at.length).requiresGradient();
            Tensor value = Tensor.of(new double[] {x}, 1).requiresGradient();
            Tensor logProb = law.from(leaf).logProb(value).add(value.sum().mul(0));
            List<Tensor> found = Autograd.gradient(logProb, List.of(leaf, value));
            double[] expected = derivatives(p -> Law.logProb(law.from(Tensor.of(p, p.length)), x), at);
            assertClose("∂ log p(" + x + ")", found.get(0).toDoubles(), expected, 1e-7);
            if (!law.discrete()) {
                Distribution d = law.single();
                double slope = FiniteDifference.derivative(t -> Law.logProb(d, t), x, STEP);
                assertClose("∂ log p(x)/∂x at " + x, found.get(1).item(), slope, 1e-7);
            }
        }
        Tensor leaf = Tensor.of(at, at.length).requiresGradient();
        double[] found = Autograd.gradient(law.from(leaf).mean().sum(), List.of(leaf))
                .get(0)
                .toDoubles();
        double[] expected =
                derivatives(p -> law.from(Tensor.of(p, p.length)).mean().item(), at);
        assertClose("∂ mean", found, expected, 1e-7);
    }

    @ParameterizedTest
    @MethodSource("reparameterised")
    void gradientsFlowThroughDraws(Law law) {
        double[] at = law.flat();
        Tensor weights = Tensor.of(new double[] {0.3, -1.1, 2.7, 0.9}, 4, 1);
        Tensor leaf = Tensor.of(at, at.length).requiresGradient();
        Tensor sum = ((Reparameterised) law.from(leaf))
                .draw(4, Generator.of(SEED))
                .z()
                .mul(weights)
                .sum();
        double[] expected = derivatives(
                p -> ((Reparameterised) law.from(Tensor.of(p, p.length)))
                        .draw(4, Generator.of(SEED))
                        .z()
                        .mul(weights)
                        .sum()
                        .item(),
                at);
        assertThat(expected).doesNotContain(0);
        assertClose("∂ draw", Autograd.gradient(sum, List.of(leaf)).get(0).toDoubles(), expected, 1e-7);
    }

    @ParameterizedTest
    @MethodSource("laws")
    void theSameGeneratorGivesTheSameDraws(Law law) {
        Distribution d = law.make().apply(law.of(law.varied(6, 3), 2, 3));
        double[] first = d.sample(50, Generator.of(SEED)).toDoubles();
        assertThat(d.sample(50, Generator.of(SEED)).toDoubles()).isEqualTo(first);
        assertThat(d.sample(50, Generator.of(SEED + 1)).toDoubles()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("laws")
    void float32IsKept(Law law) {
        List<Tensor> small =
                law.tensors(2, 3).stream().map(t -> t.to(DType.FLOAT32)).toList();
        Distribution d = law.make().apply(small);
        Tensor x = d.sample(2, Generator.of(1));
        assertThat(x.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(x.device()).isEqualTo(Device.CPU);
        assertThat(d.logProb(x).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(d.mean().dtype()).isEqualTo(DType.FLOAT32);
    }
}
