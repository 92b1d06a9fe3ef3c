package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.Moments;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients through draws from a mixture. */
class NormalMixtureTest {
    private static final long SEED = 17;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /**
     * The parameters of a mixture as plain numbers.
     *
     * @param m the components
     * @param d the elements
     * @param values logits, means row by row, logarithms of variances row by row
     */
    private record Plain(int m, int d, double... values) {
        static Plain random(int m, int d, long seed) {
            double[] values = new SplitMix(seed).normals(m + 2 * m * d);
            for (int i = 0; i < values.length; i++) {
                values[i] *= i < m + m * d ? 1 : 0.5;
            }
            return new Plain(m, d, values);
        }

        double logit(int i) {
            return values[i];
        }

        double mean(int i, int j) {
            return values[m + i * d + j];
        }

        double variance(int i, int j) {
            return Math.exp(values[m + m * d + i * d + j]);
        }

        double weight(int i) {
            return Math.exp(logit(i))
                    / IntStream.range(0, m).mapToDouble(l -> Math.exp(logit(l))).sum();
        }

        Plain with(double... changed) {
            return new Plain(m, d, changed);
        }

        /** P(Z_j ≤ z_j | z_0, …, z_(j−1)). */
        double transform(int j, double... z) {
            double mass = 0;
            double below = 0;
            for (int i = 0; i < m; i++) {
                double r = weight(i);
                for (int l = 0; l < j; l++) {
                    double far = z[l] - mean(i, l);
                    r *= Math.exp(-far * far / (2 * variance(i, l))) / Math.sqrt(variance(i, l));
                }
                mass += r;
                below += r * Erf.erfc((mean(i, j) - z[j]) / Math.sqrt(2 * variance(i, j))) / 2;
            }
            return below / mass;
        }

        /** z of which the transform is u, element by element by bisection. */
        double[] inverse(double... u) {
            double[] z = new double[d];
            for (int j = 0; j < d; j++) {
                double low = -60;
                double high = 60;
                for (int step = 0; step < 90; step++) {
                    z[j] = (low + high) / 2;
                    boolean below = transform(j, z) < u[j];
                    low = below ? z[j] : low;
                    high = below ? high : z[j];
                }
            }
            return z;
        }

        /** Parameters of n copies, {@code [n, …]}, as leaves. */
        List<Tensor> leaves(int n, DType dtype) {
            return List.of(copies(0, n, dtype, m), copies(m, n, dtype, m, d), copies(m + m * d, n, dtype, m, d));
        }

        private Tensor copies(int from, int n, DType dtype, long... shape) {
            int length = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
            long[] all = jensen.tensor.Shapes.prepend(n, shape);
            return Tensor.of(Arrays.copyOfRange(values, from, from + length), shape)
                    .expand(all)
                    .copy()
                    .to(dtype)
                    .requiresGradient();
        }
    }

    private static NormalMixture mixture(List<Tensor> leaves) {
        return new NormalMixture(leaves.get(0), new DiagonalNormal(leaves.get(1), leaves.get(2)));
    }

    /** Draws of n copies, {@code [n][D]}, and the gradients of a sum of functions of them for each copy, {@code [n][P]}. */
    private record Drawn(double[][] z, double[][] gradients) {
        static Drawn of(Plain p, int n, DType dtype, java.util.function.UnaryOperator<Tensor> f) {
            List<Tensor> leaves = p.leaves(n, dtype);
            Tensor z = mixture(leaves).draw(1, Generator.of(SEED)).z().select(0, 0);
            List<Tensor> found = Autograd.gradient(f.apply(z).sum(), leaves);
            double[][] gradients = new double[n][p.values().length];
            int from = 0;
            for (Tensor g : found) {
                double[] flat = g.toDoubles();
                int width = flat.length / n;
                for (int i = 0; i < n; i++) {
                    System.arraycopy(flat, i * width, gradients[i], from, width);
                }
                from += width;
            }
            double[] flat = z.toDoubles();
            return new Drawn(
                    IntStream.range(0, n)
                            .mapToObj(i -> Arrays.copyOfRange(flat, i * p.d(), (i + 1) * p.d()))
                            .toArray(double[][]::new),
                    gradients);
        }
    }

    static List<Law> laws() {
        return MixtureTest.laws(NormalMixture.class, NormalMixture::new);
    }

    @ParameterizedTest
    @MethodSource("laws")
    void singleNumbersObeyTheLaws(Law law) {
        LawTest laws = new LawTest();
        laws.integratesToOne(law);
        laws.samplesFollowTheDensity(law);
        laws.meanIsThatOfTheDensityAndOfTheSample(law);
        laws.standardDeviationIsThatOfTheDensityAndOfTheSample(law);
        laws.gradientsOfDensityAndMeanAreTheirDerivatives(law);
        laws.detachedParametersAreConstantsAndNothingElseIs(law);
    }

    /**
     * dz/dφ of single draws is the derivative of the transform's inverse, which is unique in one dimension; in more it is so for
     * the weights.
     */
    @ParameterizedTest
    @CsvSource({"2, 1", "3, 1", "2, 2", "3, 3"})
    void drawsMoveAsTheInverseOfTheTransform(int m, int d) {
        Plain p = Plain.random(m, d, 5);
        double[] a = {0.7, -1.2, 0.4};
        Drawn drawn = Drawn.of(p, 12, DType.FLOAT64, z -> z.mul(Tensor.of(Arrays.copyOf(a, d), d)));
        int unique = d == 1 ? p.values().length : m;
        for (int i = 0; i < 12; i++) {
            double[] z = drawn.z()[i];
            double[] u =
                    IntStream.range(0, d).mapToDouble(j -> p.transform(j, z)).toArray();
            assertClose("z", p.inverse(u), z, 1e-9);
            double[] expected = new double[unique];
            for (int at = 0; at < unique; at++) {
                expected[at] = derivative(p, at, q -> {
                    double[] moved = q.inverse(u);
                    return IntStream.range(0, d)
                            .mapToDouble(j -> a[j] * moved[j])
                            .sum();
                });
            }
            assertClose("dz/dφ", Arrays.copyOf(drawn.gradients()[i], unique), expected, 1e-6);
        }
    }

    private static double derivative(Plain p, int at, ToDoubleFunction<Plain> f) {
        DoubleUnaryOperator along = t -> {
            double[] moved = p.values().clone();
            moved[at] = t;
            return f.applyAsDouble(p.with(moved));
        };
        return FiniteDifference.derivative(along, p.values()[at], 1e-3);
    }

    /** Σ_j (j + 1) z_j² + Π_j z_j + z_0² z_last. */
    private static Tensor polynomial(Tensor z) {
        int d = (int) z.size(-1);
        Tensor sum = z.select(-1, 0).square().mul(z.select(-1, d - 1L));
        Tensor product = z.select(-1, 0);
        for (int j = 0; j < d; j++) {
            sum = sum.add(z.select(-1, j).square().mul(j + 1));
            product = j == 0 ? product : product.mul(z.select(-1, j));
        }
        return sum.add(product);
    }

    /** Its expectation, from the moments of normals. */
    private static double expectation(Plain p) {
        int d = p.d();
        double sum = 0;
        for (int i = 0; i < p.m(); i++) {
            double own = 0;
            double product = 1;
            for (int j = 0; j < d; j++) {
                own += (j + 1) * (p.mean(i, j) * p.mean(i, j) + p.variance(i, j));
                product *= p.mean(i, j);
            }
            double square = p.mean(i, 0) * p.mean(i, 0) + p.variance(i, 0);
            own += d > 1 ? square * p.mean(i, d - 1) : p.mean(i, 0) * (square + 2 * p.variance(i, 0));
            sum += p.weight(i) * (own + product);
        }
        return sum;
    }

    /** n = 40,000; |z| > 4 is a false alarm with probability 6e-5 for each parameter. */
    @ParameterizedTest
    @CsvSource({"2, 1, 3", "3, 1, 4", "2, 2, 5", "3, 2, 6", "2, 3, 7", "3, 3, 8"})
    void theMeanGradientIsThatOfTheExpectation(int m, int d, long seed) {
        Plain p = Plain.random(m, d, seed);
        Drawn drawn = Drawn.of(p, 40_000, DType.FLOAT64, NormalMixtureTest::polynomial);
        for (int at = 0; at < p.values().length; at++) {
            int column = at;
            Moments found = Moments.of(
                    Arrays.stream(drawn.gradients()).mapToDouble(g -> g[column]).toArray());
            double expected = derivative(p, at, NormalMixtureTest::expectation);
            assertThat((found.mean() - expected) / found.standardError())
                    .as("parameter %d, %s, expected %s", at, found, expected)
                    .isBetween(-4.0, 4.0);
        }
    }

    /** In float32, with components twelve standard deviations apart and draws far out in the tails. */
    @Test
    void gradientsAreFiniteWhereComponentsAreFarApart() {
        Plain p = new Plain(2, 2, 0, 0, -6, 3, 6, 3, 0, -2, 0.5, 2);
        Drawn drawn = Drawn.of(p, 20_000, DType.FLOAT32, z -> z);
        assertThat(Arrays.stream(drawn.gradients()).flatMapToDouble(Arrays::stream))
                .allMatch(Double::isFinite);
        Drawn precise = Drawn.of(p, 20_000, DType.FLOAT64, z -> z);
        for (int i = 0; i < 20_000; i++) {
            assertClose("of draw " + i, drawn.gradients()[i], precise.gradients()[i], 2e-2);
        }
    }

    @Test
    void drawsAreThoseOfTheMixtureWhetherOrNotGradientsFlow() {
        Plain p = Plain.random(3, 4, 2);
        NormalMixture q = mixture(p.leaves(10, DType.FLOAT32));
        double[] plain = q.sample(5, Generator.of(4)).toDoubles();
        assertThat(q.draw(5, Generator.of(4)).z().toDoubles()).isEqualTo(plain);
        assertThat(new Mixture(q.logits(), q.components())
                        .sample(5, Generator.of(4))
                        .toDoubles())
                .isEqualTo(plain);
    }

    @Test
    void drawsAndTheirGradientsBelongToTheRowsThatAreNumbered() {
        Plain p = Plain.random(3, 4, 2);
        List<Tensor> all = p.leaves(10, DType.FLOAT32);
        List<Tensor> two = p.leaves(2, DType.FLOAT32);
        Tensor whole = mixture(all).draw(3, Generator.of(4)).z();
        Tensor part =
                mixture(two).draw(3, Generator.of(4).rows(new int[] {7, 1})).z();
        assertThat(part.select(1, 0).toDoubles()).isEqualTo(whole.select(1, 7).toDoubles());
        assertThat(part.select(1, 1).toDoubles()).isEqualTo(whole.select(1, 1).toDoubles());
        for (int i = 0; i < 3; i++) {
            double[] ofAll = Autograd.gradient(
                            mixture(all).draw(3, Generator.of(4)).z().square().sum(), all)
                    .get(i)
                    .select(0, 7)
                    .toDoubles();
            double[] ofTwo = Autograd.gradient(part(two).square().sum(), two)
                    .get(i)
                    .select(0, 0)
                    .toDoubles();
            assertClose("gradient", ofTwo, ofAll, 1e-5);
        }
    }

    private static Tensor part(List<Tensor> two) {
        return mixture(two).draw(3, Generator.of(4).rows(new int[] {7, 1})).z();
    }
}
