package jensen.infer;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each support's map, against what its values must obey and against finite differences. */
class SupportTest {
    private Scope scope = new Scope();

    /**
     * A support and what holds of its values.
     *
     * @param kept positions of the values that a density is a density of
     */
    private record Case(Support support, int size, int[] kept, Predicate<double[]> holds) {
        @Override
        public String toString() {
            return support.toString();
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case(new Support.Real(), 3, upTo(3), x -> true),
                new Case(
                        new Support.Positive(),
                        3,
                        upTo(3),
                        x -> Arrays.stream(x).allMatch(v -> v > 0)),
                new Case(
                        new Support.Interval(-2, 5),
                        3,
                        upTo(3),
                        x -> Arrays.stream(x).allMatch(v -> v > -2 && v < 5)),
                new Case(
                        new Support.Simplex(),
                        4,
                        upTo(3),
                        x -> Arrays.stream(x).allMatch(v -> v > 0)
                                && Math.abs(Arrays.stream(x).sum() - 1) < 1e-14),
                new Case(
                        new Support.Ordered(),
                        4,
                        upTo(4),
                        x -> IntStream.range(1, 4).allMatch(i -> x[i] > x[i - 1])),
                new Case(new Support.CholeskyCovariance(), 9, new int[] {0, 3, 4, 6, 7, 8}, SupportTest::lower),
                new Case(
                        new Support.CholeskyCorrelation(),
                        9,
                        new int[] {3, 6, 7},
                        x -> lower(x)
                                && IntStream.range(0, 3)
                                        .allMatch(i -> Math.abs(IntStream.range(0, 3)
                                                                .mapToDouble(j -> x[3 * i + j] * x[3 * i + j])
                                                                .sum()
                                                        - 1)
                                                < 1e-14)));
    }

    private static int[] upTo(int n) {
        return IntStream.range(0, n).toArray();
    }

    private static boolean lower(double[] x) {
        return x[1] == 0 && x[2] == 0 && x[5] == 0 && x[0] > 0 && x[4] > 0 && x[8] > 0;
    }

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void everySupportIsInTheTable() {
        Set<Class<?>> shown = cases().stream().map(c -> c.support().getClass()).collect(Collectors.toSet());
        assertThat(shown).isEqualTo(Set.of(Support.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valuesObeyTheirConstraints(Case c) {
        int free = c.support().free(c.size());
        for (double scale : new double[] {0, 1, 3}) {
            double[] x = c.support().constrain(points(10, free, scale)).toDoubles();
            assertThat(x).hasSize(10 * c.size());
            for (int i = 0; i < 10; i++) {
                assertThat(c.holds().test(Arrays.copyOfRange(x, i * c.size(), (i + 1) * c.size())))
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void coordinatesComeBack(Case c) {
        Tensor u = points(10, c.support().free(c.size()), 1.5);
        assertClose("u", c.support().unconstrain(c.support().constrain(u)).toDoubles(), u.toDoubles(), 1e-10);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void determinantIsThatOfFiniteDifferences(Case c) {
        int n = c.support().free(c.size());
        Tensor points = points(5, n, 1);
        double[] found = c.support().logDeterminant(points).toDoubles();
        for (int i = 0; i < 5; i++) {
            double[][] jacobian = new double[n][];
            double[] at = points.select(0, i).toDoubles();
            for (int row = 0; row < n; row++) {
                int value = c.kept()[row];
                jacobian[row] = FiniteDifference.gradient(
                        u -> c.support().constrain(Tensor.of(u, 1, n)).toDoubles()[value], at);
            }
            double expected =
                    Math.log(Math.abs(new LUDecomposition(new Array2DRowRealMatrix(jacobian)).getDeterminant()));
            assertClose("log |det|", found[i], expected, 1e-9);
        }
    }

    /** Coordinates of ±40, where a naive 1 − σ(u) is 0. */
    @ParameterizedTest
    @MethodSource("cases")
    void farCoordinatesHaveFiniteDeterminants(Case c) {
        int n = c.support().free(c.size());
        for (double far : new double[] {-40, 40}) {
            double[] u = new double[n];
            Arrays.fill(u, far);
            assertThat(c.support().logDeterminant(Tensor.of(u, 1, n)).item()).isFinite();
        }
    }

    @Test
    void theCentreOfASimplexIsAtZero() {
        assertClose(
                "x",
                new Support.Simplex().constrain(Tensor.of(new double[4], 1, 4)).toDoubles(),
                new double[] {0.2, 0.2, 0.2, 0.2, 0.2},
                1e-15);
    }

    static Stream<Runnable> wrong() {
        return Stream.of(
                () -> Parameter.simplex("w"),
                () -> Parameter.choleskyCorrelation("r", 1),
                () -> Parameter.interval("p", 1, 1),
                () -> Parameter.interval("p", 0, Double.POSITIVE_INFINITY),
                () -> Parameter.real("x", 0));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatCannotBeIsRefused(Runnable making) {
        assertThatThrownBy(making::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*must be.*, w(as|ere) .*");
    }

    private static Tensor points(int count, int n, double scale) {
        double[] u = new SplitMix(1).normals(count * n);
        return Tensor.of(Arrays.stream(u).map(v -> v * scale).toArray(), count, n);
    }
}
