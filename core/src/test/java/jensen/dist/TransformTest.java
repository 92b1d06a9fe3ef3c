package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The steps of flows, of vectors of three elements, and flows of two steps: against finite differences. */
class TransformTest {
    private static final int X = 3;
    private static final int BATCH = 2;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** A kind of step, made of numbers {@code [B, parameters]}. */
    private record Kind(String name, int parameters, Function<Tensor, Transform> make) {
        Transform of(Tensor p) {
            return make.apply(p);
        }

        Tensor random(long seed) {
            return Tensor.of(new SplitMix(seed).normals(BATCH * parameters), BATCH, parameters);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Transform planar(Tensor p) {
        return new Planar(p.narrow(-1, 0, X).mul(3), p.narrow(-1, X, X), p.select(-1, 2L * X));
    }

    private static Transform sylvester(Tensor p) {
        Tensor basis = Sylvester.orthonormal(p.narrow(-1, 0, 6).reshape(BATCH, 2, X));
        return new Sylvester(basis, upper(p.narrow(-1, 6, 3)), upper(p.narrow(-1, 9, 3)), p.narrow(-1, 12, 2));
    }

    /** Two by two, with tanh on the diagonal. */
    private static Tensor upper(Tensor p) {
        Tensor first = Tensor.stack(List.of(p.select(-1, 0).tanh(), p.select(-1, 1)), -1);
        Tensor second = Tensor.stack(
                List.of(p.select(-1, 0).zerosLike(), p.select(-1, 2).tanh()), -1);
        return Tensor.stack(List.of(first, second), -2);
    }

    /** Weights that the members of the batch share come from the first. */
    private static Transform autoregressive(Tensor p, boolean reversed) {
        Tensor w = p.select(0, 0);
        return new Autoregressive(
                w.narrow(0, 0, 5 * X).reshape(5, X),
                p.narrow(-1, 5L * X, 5),
                w.narrow(0, 20, 30).reshape(6, 5),
                w.narrow(0, 50, 6),
                reversed);
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("planar", 2 * X + 1, TransformTest::planar),
                new Kind("sylvester", 14, TransformTest::sylvester),
                new Kind("autoregressive", 56, p -> autoregressive(p, false)),
                new Kind("autoregressive, reversed", 56, p -> autoregressive(p, true)),
                new Kind("inverse", 2 * X + 1, p -> new Transform.Inverse(planar(p))));
    }

    private static Tensor points(int k, long seed) {
        return Tensor.of(new SplitMix(seed).normals(k * BATCH * X), k, BATCH, X).mul(2);
    }

    /** ∂f_i/∂z_j of one member of the batch, by finite differences. */
    private static RealMatrix jacobian(Function<Tensor, Transform.Image> f, Tensor z, int k, int b) {
        RealMatrix found = new Array2DRowRealMatrix(X, X);
        double[] at = z.select(0, k).toDoubles();
        for (int i = 0; i < X; i++) {
            int row = i;
            for (int j = 0; j < X; j++) {
                int place = b * X + j;
                found.setEntry(
                        i,
                        j,
                        FiniteDifference.derivative(
                                t -> {
                                    double[] moved = at.clone();
                                    moved[place] = t;
                                    return f.apply(Tensor.of(moved, BATCH, X))
                                            .z()
                                            .toDoubles()[b * X + row];
                                },
                                at[place],
                                1e-3));
            }
        }
        return found;
    }

    private static double largest(Tensor t) {
        return t.abs().reshape(-1).max(0).item();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void determinantsAreThoseOfFiniteDifferences(Kind kind) {
        Transform f = kind.of(kind.random(1));
        Tensor z = points(4, 2);
        double[] forward = f.forward(z).logDeterminant().toDoubles();
        double[] inverse = f.inverse(z).logDeterminant().toDoubles();
        for (int k = 0; k < 4; k++) {
            for (int b = 0; b < BATCH; b++) {
                double expected = new LUDecomposition(jacobian(f::forward, z, k, b)).getDeterminant();
                assertClose("forward", forward[k * BATCH + b], Math.log(Math.abs(expected)), 1e-8);
                double back = new LUDecomposition(jacobian(f::inverse, z, k, b)).getDeterminant();
                assertClose("inverse", inverse[k * BATCH + b], Math.log(Math.abs(back)), 1e-7);
            }
        }
        assertThat(largest(f.forward(z).logDeterminant())).isGreaterThan(0.1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theInverseUndoesTheMap(Kind kind) {
        Transform f = kind.of(kind.random(3));
        Tensor z = points(50, 4);
        Transform.Image there = f.forward(z);
        Transform.Image back = f.inverse(there.z());
        assertThat(largest(there.z().sub(z))).isGreaterThan(0.3);
        assertClose("inverse of forward", back.z().toDoubles(), z.toDoubles(), 1e-11);
        assertClose(
                "determinants",
                back.logDeterminant().neg().toDoubles(),
                there.logDeterminant().toDoubles(),
                1e-11);
        assertClose("forward of inverse", f.forward(f.inverse(z).z()).z().toDoubles(), z.toDoubles(), 1e-11);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void bothWaysHaveTheirDerivatives(Kind kind) {
        Tensor p = kind.random(5);
        Tensor z = points(2, 6);
        double[] at = Tensor.concat(List.of(p.reshape(-1), z.reshape(-1)), 0).toDoubles();
        Tensor leaf = Tensor.of(at, at.length).requiresGradient();
        double[] found =
                Autograd.gradient(value(kind, leaf), List.of(leaf)).get(0).toDoubles();
        double[] expected = FiniteDifference.gradient(
                v -> value(kind, Tensor.of(v, v.length)).item(), at);
        for (int i = 0; i < at.length; i++) {
            assertThat(found[i]).as("number %d", i).isCloseTo(expected[i], within(1e-6 * (1 + Math.abs(expected[i]))));
        }

        Tensor constant = value(
                        kind.of(leaf.narrow(0, 0, p.count()).reshape(p.shape())).detach(), z)
                .add(leaf.sum().mul(0));
        assertThat(Autograd.gradient(constant, List.of(leaf)).get(0).toDoubles())
                .containsOnly(0);
    }

    private static Tensor value(Kind kind, Tensor all) {
        long count = (long) BATCH * kind.parameters();
        Transform f = kind.of(all.narrow(0, 0, count).reshape(BATCH, kind.parameters()));
        return value(f, all.narrow(0, count, all.count() - count).reshape(2, BATCH, X));
    }

    private static Tensor value(Transform f, Tensor z) {
        Tensor weights = points(2, 7);
        Transform.Image there = f.forward(z);
        Transform.Image back = f.inverse(z);
        return there.z()
                .add(back.z().mul(0.7))
                .mul(weights)
                .sum()
                .add(there.logDeterminant().sum())
                .sub(back.logDeterminant().square().sum());
    }

    @Test
    void autoregressiveMapsDependOnWhatComesBeforeAlone() {
        Kind kind = kinds().skip(2).findFirst().orElseThrow();
        Tensor p = kind.random(8);
        RealMatrix forth = jacobian(autoregressive(p, false)::forward, points(1, 9), 0, 1);
        RealMatrix back = jacobian(autoregressive(p, true)::forward, points(1, 9), 0, 1);
        for (int i = 0; i < X; i++) {
            for (int j = 0; j < X; j++) {
                assertThat(forth.getEntry(i, j) != 0).as("%d of %d", i, j).isEqualTo(j <= i);
                assertThat(back.getEntry(i, j) != 0)
                        .as("%d of %d, reversed", i, j)
                        .isEqualTo(j >= i);
            }
        }
    }

    /** Also what comes first, which sees nothing else. */
    @Test
    void everyElementDependsOnTheContext() {
        Tensor p = Tensor.of(new SplitMix(8).normals(112), BATCH, 56);
        Tensor other =
                Tensor.concat(List.of(p.narrow(-1, 0, 15), p.narrow(-1, 15, 5).add(1), p.narrow(-1, 20, 36)), -1);
        Tensor z = points(1, 9);
        double[] one = autoregressive(p, false).forward(z).z().toDoubles();
        double[] two = autoregressive(other, false).forward(z).z().toDoubles();
        for (int i = 0; i < one.length; i++) {
            assertThat(one[i]).isNotCloseTo(two[i], within(1e-6));
        }
    }

    @Test
    void productsOfReflectionsAreOrthonormal() {
        Tensor q = Sylvester.orthonormal(Tensor.of(new SplitMix(1).normals(24), 2, 3, 4));
        assertThat(q.shape()).containsExactly(2, 4, 3);
        double[] product = q.transpose(-1, -2).matmul(q).toDoubles();
        for (int i = 0; i < product.length; i++) {
            assertThat(product[i]).isCloseTo(i % 9 % 4 == 0 ? 1 : 0, within(1e-14));
        }
        // with the reflections in the stated order
        Tensor v = Tensor.of(new double[] {1, 2, -1, 0.5}, 2, 2);
        double[] found = Sylvester.orthonormal(v).toDoubles();
        double[][] first = {{0.6, -0.8}, {-0.8, -0.6}};
        double[][] second = {{-0.6, 0.8}, {0.8, 0.6}};
        double[] expected = new double[4];
        for (int i = 0; i < 8; i++) {
            expected[i / 2] += first[i / 4][i % 2] * second[i % 2][i / 2 % 2];
        }
        assertClose("H_1 H_2", found, expected, 1e-14);
    }

    /** At the edge of what can be inverted: wᵀu far below −1, and w = 0. */
    @Test
    void planarMapsStayInvertible() {
        Tensor b = Tensor.of(new double[] {0.2}, 1);
        Tensor u = Tensor.of(new double[] {-4, -3, 1}, 1, X);
        Tensor w = Tensor.of(new double[] {2, 1.5, -0.5}, 1, X);
        Tensor z = points(20, 1).narrow(1, 0, 1);
        Planar steep = new Planar(u, w, b);
        Transform.Image there = steep.forward(z);
        assertThat(there.logDeterminant().isFinite()).isTrue();
        Tensor again = steep.forward(steep.inverse(there.z()).z()).z();
        assertClose("f(f⁻¹)", again.toDoubles(), there.z().toDoubles(), 1e-9);

        Planar flat = new Planar(u, w.mul(0), b);
        double h = Math.tanh(0.2);
        assertClose(
                "translation", flat.forward(z).z().toDoubles(), z.add(u.mul(h)).toDoubles(), 1e-12);
        assertThat(largest(flat.forward(z).logDeterminant())).isLessThan(1e-9);
        assertThat(new Planar(u.mul(0), w, b).forward(z).z().toDoubles()).isEqualTo(z.toDoubles());
    }

    private static Flow flow(Tensor p) {
        DiagonalNormal base =
                new DiagonalNormal(p.narrow(-1, 0, X), p.narrow(-1, X, X).mul(0.3));
        return new Flow(
                base,
                List.of(planar(p.narrow(-1, 6, 7)), sylvester(p.narrow(-1, 13, 14)), planar(p.narrow(-1, 27, 7))));
    }

    @Test
    void aFlowKnowsTheDensityOfWhatItMakes() {
        Flow q = flow(Tensor.of(new SplitMix(11).normals(68), BATCH, 34));
        Draw draw = q.draw(40, Generator.of(1));
        assertClose("log q", draw.logProb(q).toDoubles(), q.logProb(draw.z()).toDoubles(), 1e-10);
        assertThat(q.sample(40, Generator.of(1)).toDoubles()).isEqualTo(draw.z().toDoubles());
        assertThat(q.mean().shape()).containsExactly(BATCH, X);
        assertThat(q.detach().logProb(draw.z()).toDoubles())
                .isEqualTo(q.logProb(draw.z()).toDoubles());
    }

    /** n = 20,000; E_q[z] and the deviations within what 128 draws can say of them: five of their standard errors. */
    @Test
    void meansAndDeviationsOfAFlowAreNearThoseOfManyDraws() {
        Flow q = flow(Tensor.of(new SplitMix(11).normals(68), BATCH, 34));
        Tensor z = q.sample(20_000, Generator.of(2));
        double[] mean = z.mean(0).toDoubles();
        double[] deviation = z.sub(z.mean(0)).square().mean(0).sqrt().toDoubles();
        for (int i = 0; i < mean.length; i++) {
            assertThat(q.mean().toDoubles()[i]).isCloseTo(mean[i], within(5 * deviation[i] / Math.sqrt(128)));
            assertThat(q.standardDeviation().toDoubles()[i]).isCloseTo(deviation[i], within(0.4 * deviation[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void float32IsKept(Kind kind) {
        Transform f = kind.of(kind.random(3).to(DType.FLOAT32));
        Tensor z = points(50, 4).to(DType.FLOAT32);
        Transform.Image back = f.inverse(f.forward(z).z());
        assertThat(back.z().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(back.logDeterminant().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(largest(back.z().sub(z))).isLessThan(1e-3);
    }

    @Test
    void whatIsNoFlowIsRefused() {
        DiagonalNormal base = DiagonalNormal.standardLike(Tensor.of(new double[X], X));
        assertThatThrownBy(() -> new Flow(base, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("transforms");
        Tensor w = Tensor.of(new double[6], 2, 3);
        assertThatThrownBy(() -> new Autoregressive(
                        w, Tensor.of(new double[3], 3), w.transpose(0, 1), Tensor.of(new double[6], 6), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[6, 2]", "[3, 2]");
    }
}
