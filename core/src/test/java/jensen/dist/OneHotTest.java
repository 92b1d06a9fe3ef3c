package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.statcheck.Quadrature;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The laws of variables of classes, of bits where they can be counted, and of both relaxed. */
class OneHotTest {
    /** The distributions whose laws are held here. */
    static final Set<Class<? extends Distribution>> TYPES = Set.of(OneHot.class, ExpConcrete.class);

    private static final long SEED = 17;
    private static final int DRAWS = 100_000;
    private static final double[] LOGITS = {0.3, -1.2, 0.8, 2, 0.1, -0.4};

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static OneHot two() {
        return new OneHot(Tensor.of(LOGITS, 6), 3);
    }

    private static Bernoulli bits() {
        return new Bernoulli(Tensor.of(new double[] {0.3, -1.2, 2}, 3));
    }

    private static double probability(double[] logits, int from, int c) {
        double total = 0;
        for (int i = 0; i < 3; i++) {
            total += Math.exp(logits[from + i]);
        }
        return Math.exp(logits[from + c]) / total;
    }

    @Test
    void theMassOfAValueIsTheProductOfItsClasses() {
        OneHot q = two();
        double[] found = q.logProb(q.support()).toDoubles();
        for (int s = 0; s < 9; s++) {
            double expected = Math.log(probability(LOGITS, 0, s / 3) * probability(LOGITS, 3, s % 3));
            assertClose("value " + s, found[s], expected, 1e-14);
        }
    }

    @Test
    void theSupportIsEveryValueOnce() {
        for (Finite q : List.of(two(), bits())) {
            double[] support = q.support().toDoubles();
            int width = support.length / (int) q.states();
            long different = IntStream.range(0, (int) q.states())
                    .mapToObj(s -> Arrays.toString(Arrays.copyOfRange(support, s * width, (s + 1) * width)))
                    .distinct()
                    .count();
            assertThat(different).isEqualTo(q.states());
            assertClose("mass", q.logProb(q.support()).exp().sum().item(), 1, 1e-14);
        }
        assertThat(two().states()).isEqualTo(9);
        assertThat(bits().states()).isEqualTo(8);
        assertThat(new Bernoulli(Tensor.of(new double[70], 70)).states()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void momentsModeAndPairsAreThoseOfTheSum() {
        for (Finite q : List.of(two(), bits())) {
            Tensor support = q.support();
            Tensor p = q.logProb(support).exp().unsqueeze(-1);
            Tensor mean = support.mul(p).sum(0);
            assertClose("mean", q.mean().toDoubles(), mean.toDoubles(), 1e-14);
            Tensor deviation = support.sub(mean).square().mul(p).sum(0).sqrt();
            assertClose("sd", q.standardDeviation().toDoubles(), deviation.toDoubles(), 1e-14);
            double[] mass = p.toDoubles();
            int best = IntStream.range(0, mass.length)
                    .boxed()
                    .max((a, b) -> Double.compare(mass[a], mass[b]))
                    .orElseThrow();
            assertThat(q.mode().toDoubles()).isEqualTo(support.select(0, best).toDoubles());
            assertClose(
                    "same",
                    q.withMean(q.mean()).logProb(support).toDoubles(),
                    q.logProb(support).toDoubles(),
                    1e-12);
        }
        Tensor many = Tensor.of(new SplitMix(3).normals(24), 4, 6);
        for (Finite q : List.of(new OneHot(many, 3), new Bernoulli(many))) {
            Tensor x = q.support();
            assertClose(
                    "pairs",
                    q.logProbOfPairs(x).toDoubles(),
                    q.logProb(x.unsqueeze(1)).toDoubles(),
                    1e-13);
        }
        Finite certain = new Bernoulli(Tensor.of(new double[] {0}, 1)).withMean(Tensor.of(new double[] {1}, 1));
        assertThat(certain.logProb(Tensor.of(new double[] {1}, 1)).item()).isBetween(-1e-11, 0.0);
    }

    /** χ² over the nine values; n = 100,000. */
    @Test
    void samplesFollowTheMass() {
        OneHot q = two();
        Tensor draws = q.sample(DRAWS, Generator.of(SEED));
        Tensor place = Tensor.of(new double[] {0, 3, 6, 0, 1, 2}, 6);
        long[] counts = new long[9];
        Arrays.stream(draws.mul(place).sum(-1).toDoubles()).forEach(s -> counts[(int) s]++);
        assertThat(draws.sum(-1).toDoubles()).containsOnly(2);
        matches(counts, q.logProb(q.support()).exp().toDoubles());
        assertThat(q.sample(3, Generator.of(1)).toDoubles())
                .isEqualTo(q.sample(3, Generator.of(1)).toDoubles());
        OneHot small = new OneHot(Tensor.of(LOGITS, 6).to(DType.FLOAT32), 3);
        assertThat(small.sample(3, Generator.of(1)).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(small.support().dtype()).isEqualTo(DType.FLOAT32);
    }

    private static void matches(long[] counts, double[] p) {
        GoodnessOfFit fit = GoodnessOfFit.chiSquared(counts, p);
        assertThat(fit.pValue()).as("%s, seed %d", fit, SEED).isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }

    @Test
    void gradientsOfTheMassAreItsDerivatives() {
        Tensor support = two().support();
        gradients(l -> new OneHot(l, 3).logProb(support).square().sum());
        gradients(l -> new OneHot(l, 3).mean().square().sum());
    }

    private static void gradients(java.util.function.Function<Tensor, Tensor> f) {
        Tensor leaf = Tensor.of(LOGITS, 6).requiresGradient();
        double[] found = Autograd.gradient(f.apply(leaf), List.of(leaf)).get(0).toDoubles();
        ToDoubleFunction<double[]> value = l -> f.apply(Tensor.of(l, 6)).item();
        assertClose("gradient", found, FiniteDifference.gradient(value, LOGITS), 1e-8);
    }

    /** Of one matrix of logits and x, where each x has all of the logits, with its derivatives in both. */
    @Test
    void allPairsOfLogitsAndBitsAreTheSameAsOneByOne() {
        double[] l = new SplitMix(5).normals(12);
        double[] bits = {1, 0, 0, 1, 1, 1, 0, 0};
        double[] c = new SplitMix(6).normals(6);
        Tensor logits = Tensor.of(l, 3, 1, 4).requiresGradient();
        Tensor x = Tensor.of(bits, 2, 4).requiresGradient();
        Tensor pairs = new Bernoulli(logits).logProb(x);
        assertThat(pairs.shape()).containsExactly(3, 2);
        List<Tensor> found = Autograd.gradient(pairs.mul(Tensor.of(c, 3, 2)).sum(), List.of(logits, x));
        Tensor each = new Bernoulli(logits.expand(3, 2, 4)).logProb(x.unsqueeze(0));
        List<Tensor> expected = Autograd.gradient(each.mul(Tensor.of(c, 3, 2)).sum(), List.of(logits, x));
        assertClose("value", pairs.toDoubles(), each.toDoubles(), 1e-13);
        for (int i = 0; i < 2; i++) {
            assertClose("gradient", found.get(i).toDoubles(), expected.get(i).toDoubles(), 1e-13);
        }
    }

    @Test
    void theDivergenceIsItsSumAndItsSharesAreNotNegative() {
        OneHot q = two();
        OneHot p = new OneHot(Tensor.of(new double[] {1, 0, -1, 0.5, 0.2, 3}, 6), 3);
        Tensor x = q.support();
        double expected =
                q.logProb(x).exp().mul(q.logProb(x).sub(p.logProb(x))).sum().item();
        assertClose("KL", Kl.closedForm(q, p).orElseThrow().item(), expected, 1e-13);
        double[] shares = Kl.closedFormPerDimension(q, p).orElseThrow().toDoubles();
        assertThat(shares).hasSize(6);
        assertThat(Arrays.stream(shares).min().orElseThrow()).isGreaterThan(0);
        assertThat(Kl.closedForm(q, new OneHot(Tensor.of(new double[6], 6), 2))).isEmpty();
        assertThat(Kl.closedForm(q, new Bernoulli(Tensor.of(new double[6], 6)))).isEmpty();
    }

    @Test
    void eventsOfPartsOfVariablesAreRefused() {
        assertThatThrownBy(() -> new OneHot(Tensor.of(LOGITS, 6), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4");
        for (double none : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Relaxed.of(two(), none))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("temperature");
        }
    }

    /** y of a variable with given differences from its last class. */
    private static double[] ofDifferences(double... v) {
        double total = 1 + Arrays.stream(v).map(Math::exp).sum();
        return IntStream.rangeClosed(0, v.length)
                .mapToDouble(c -> (c < v.length ? v[c] : 0) - Math.log(total))
                .toArray();
    }

    private static double density(double[] logits, double temperature, double... v) {
        Relaxed q = Relaxed.of(new OneHot(Tensor.of(logits, logits.length), logits.length), temperature);
        return Math.exp(q.logProb(Tensor.of(ofDifferences(v), v.length + 1)).item());
    }

    /** Over all differences: for two classes by quadrature, for three by the midpoint rule. */
    @Test
    void relaxedDensitiesIntegrateToOne() {
        for (double temperature : new double[] {0.3, 1, 2.5}) {
            double two = Quadrature.interval(
                    v -> density(new double[] {0.7, -0.4}, temperature, v), -40 / temperature, 40 / temperature);
            assertClose("two classes", two, 1, 1e-9);
        }
        double temperature = 0.6;
        double h = 0.35;
        Tensor grid = grid(h);
        Relaxed q = Relaxed.of(new OneHot(Tensor.of(new double[] {0.3, -1.2, 0.8}, 3), 3), temperature);
        Tensor p = q.logProb(grid).exp().mul(h * h);
        assertClose("three classes", p.sum().item(), 1, 1e-8);
        double[] code = q.code(grid).mul(p.unsqueeze(-1)).sum(0).toDoubles();
        Tensor draws = q.code(q.sample(DRAWS, Generator.of(SEED)));
        for (int c = 0; c < 3; c++) {
            double[] drawn = draws.select(-1, c).toDoubles();
            Moments moments = Moments.of(drawn);
            assertThat(moments.pValue(code[c]))
                    .as("%s, seed %d", moments, SEED)
                    .isGreaterThan(GoodnessOfFit.FALSE_ALARM);
        }
    }

    private static Tensor grid(double h) {
        int n = (int) (110 / h);
        double[] y = new double[n * n * 3];
        for (int i = 0; i < n * n; i++) {
            double[] each = ofDifferences((i / n - n / 2 + 0.5) * h, (i % n - n / 2 + 0.5) * h);
            System.arraycopy(each, 0, y, 3 * i, 3);
        }
        return Tensor.of(y, (long) n * n, 3);
    }

    @Test
    void twoClassesAreABit() {
        double[] v = {-3, 0.2, 5};
        for (double at : v) {
            Relaxed bit = Relaxed.of(new Bernoulli(Tensor.of(new double[] {1.1}, 1)), 0.4);
            double expected =
                    Math.exp(bit.logProb(Tensor.of(new double[] {at}, 1)).item());
            assertClose("v = " + at, density(new double[] {0.7, -0.4}, 0.4, at), expected, 1e-12);
        }
    }

    /** Differences of τ y are logistic about those of the logits (Kolmogorov-Smirnov); values are the classes (χ²). */
    @Test
    void relaxedDrawsFollowTheirDensityAndStandForExactOnes() {
        Relaxed q = Relaxed.of(two(), 0.5);
        Tensor y = q.sample(DRAWS, Generator.of(SEED));
        double[] differences = y.select(-1, 3).sub(y.select(-1, 5)).mul(0.5).toDoubles();
        GoodnessOfFit fit =
                GoodnessOfFit.kolmogorovSmirnov(differences, t -> 1 / (1 + Math.exp(-(t - (LOGITS[3] - LOGITS[5])))));
        assertThat(fit.pValue()).as("%s, seed %d", fit, SEED).isGreaterThan(GoodnessOfFit.FALSE_ALARM);

        long[] classes = new long[9];
        Tensor z = q.value(y);
        Arrays.stream(z.mul(Tensor.of(new double[] {0, 3, 6, 0, 1, 2}, 6))
                        .sum(-1)
                        .toDoubles())
                .forEach(s -> classes[(int) s]++);
        matches(classes, two().logProb(two().support()).exp().toDoubles());

        Relaxed bits = Relaxed.of(bits(), 0.5);
        Tensor b = bits.value(bits.sample(DRAWS, Generator.of(SEED)));
        long[] counts = new long[8];
        Arrays.stream(b.mul(Tensor.of(new double[] {4, 2, 1}, 3)).sum(-1).toDoubles())
                .forEach(s -> counts[(int) s]++);
        matches(counts, bits().logProb(bits().support()).exp().toDoubles());
    }

    /** By the same noise: what is between the values dies out with the temperature, n = 10,000 draws. */
    @Test
    void codesNearTheValuesAsTheTemperatureFalls() {
        for (Finite q : List.of(two(), bits())) {
            double[] apart = new double[3];
            for (int i = 0; i < 3; i++) {
                Relaxed relaxed = Relaxed.of(q, Math.pow(10, -i));
                Tensor y = relaxed.sample(10_000, Generator.of(SEED));
                apart[i] = relaxed.code(y).sub(relaxed.value(y)).abs().mean().item();
            }
            assertThat(apart[0]).isGreaterThan(0.1);
            assertThat(apart[1]).isLessThan(apart[0] / 4);
            assertThat(apart[2]).isLessThan(apart[1] / 4);
        }
    }

    @Test
    void gradientsFlowThroughRelaxedDrawsAndTheirDensity() {
        Tensor weights = Tensor.of(new SplitMix(8).normals(24), 4, 6);
        gradients(l -> {
            Relaxed q = Relaxed.of(new OneHot(l, 3), 0.7);
            return q.code(q.draw(4, Generator.of(SEED)).z()).mul(weights).sum();
        });
        Tensor y = Relaxed.of(two(), 0.7).sample(4, Generator.of(2));
        gradients(l -> Relaxed.of(new OneHot(l, 3), 0.7).logProb(y).sum());
        Tensor leaf = Tensor.of(LOGITS, 6).requiresGradient();
        Tensor cut = Relaxed.of(new OneHot(leaf, 3), 0.7).detach().logProb(y).sum();
        assertThat(Autograd.gradient(cut.add(leaf.sum().mul(0)), List.of(leaf))
                        .get(0)
                        .toDoubles())
                .containsOnly(0);
    }

    /** At a temperature where codes underflow, what is drawn and its density stay finite, in float32. */
    @Test
    void lowTemperaturesDoNotOverflow() {
        Tensor l = Tensor.of(LOGITS, 6).to(DType.FLOAT32);
        for (Finite q : List.of(new OneHot(l, 3), new Bernoulli(l))) {
            Relaxed relaxed = Relaxed.of(q, 0.01);
            Tensor y = relaxed.sample(10_000, Generator.of(SEED));
            assertThat(y.isFinite()).isTrue();
            assertThat(relaxed.logProb(y).isFinite()).isTrue();
            assertThat(relaxed.code(y).isFinite()).isTrue();
        }
    }

    /** 128 draws of fixed noise: within 5/√128 standard deviations of 100,000 others. */
    @Test
    void theMeanOfWhatIsRelaxedIsThatOfItsDraws() {
        Relaxed q = Relaxed.of(two(), 0.7);
        double[] mean = q.mean().toDoubles();
        double[] deviation = q.standardDeviation().toDoubles();
        Tensor y = q.sample(DRAWS, Generator.of(SEED));
        for (int i = 0; i < 6; i++) {
            Moments moments = Moments.of(y.select(-1, i).toDoubles());
            double sd = Math.sqrt(moments.variance());
            assertThat(Math.abs(mean[i] - moments.mean())).isLessThan(5 / Math.sqrt(128) * sd);
            assertThat(deviation[i] / sd).isBetween(0.6, 1.6);
        }
    }
}
