package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Far out, where quotients and exponentials over- or underflow in float32. */
class ExtremesTest {
    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<Law> extremes() {
        double[] logits = {-1e4, -150, -100, -89, -60, -1e-6, 0, 1e-6, 60, 89, 100, 150, 1e4};
        Stream<Law> bernoullis = Arrays.stream(logits)
                .boxed()
                .flatMap(l -> Stream.of(Law.bernoulli(l), Law.continuousBernoulli(l), Law.categorical(l, 0, -l)));
        Stream<Law> logistics = DoubleStream.of(-20, -7, 0, 7, 20, 60)
                .boxed()
                .flatMap(s -> Stream.of(
                        Law.discretizedLogistic(-1e4, s),
                        Law.discretizedLogistic(0, s),
                        Law.discretizedLogistic(127.5, s),
                        Law.discretizedLogistic(1e4, s)));
        Stream<Law> normals = DoubleStream.of(-60, -20, 20, 60)
                .boxed()
                .flatMap(v -> Stream.of(normal(0, v), normal(1e4, v), normal(-1e4, v)));
        return Stream.of(bernoullis, logistics, normals).flatMap(s -> s);
    }

    private static Law normal(double mean, double logVariance) {
        Law law = Law.normal(mean, logVariance);
        return new Law(law.type(), law.parameters(), law.make(), new Law.Interval(-1, 1));
    }

    private static double[] values(Law law) {
        double[] inside = law.support().values();
        return law.discrete()
                ? inside
                : DoubleStream.concat(Arrays.stream(inside), DoubleStream.of(0, 1, 0.5))
                        .toArray();
    }

    /** Values and gradients, each of log p(x) and of the mean, one after the other. */
    private static double[] everything(Law law, DType dtype) {
        double[] x = values(law);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) x[i];
        }
        double[] at = law.flat();
        Tensor leaf = Tensor.of(at, at.length).to(DType.FLOAT32).to(dtype).requiresGradient();
        Distribution d = law.from(leaf);
        DoubleStream all = DoubleStream.empty();
        for (double v : x) {
            Tensor logProb = d.logProb(Tensor.of(new double[] {v}, 1).to(dtype));
            all = DoubleStream.concat(all, values(logProb, leaf));
        }
        return DoubleStream.concat(all, values(d.mean().sum(), leaf)).toArray();
    }

    private static DoubleStream values(Tensor of, Tensor leaf) {
        return DoubleStream.concat(
                Arrays.stream(of.toDoubles()),
                Arrays.stream(Autograd.gradient(of, List.of(leaf)).get(0).toDoubles()));
    }

    /** Against float64 at the same arguments, to 1e-4: it has the exponents to spare. */
    @ParameterizedTest
    @MethodSource("extremes")
    void valuesAndGradientsAreFiniteAndRightInFloat32(Law law) {
        double[] wide = everything(law, DType.FLOAT64);
        double[] found = everything(law, DType.FLOAT32);
        assertThat(Arrays.stream(wide)).allMatch(v -> Double.isFinite(v) && Math.abs(v) < 1e38);
        assertThat(Arrays.stream(found)).allMatch(Double::isFinite);
        assertClose(law.toString(), found, wide, 1e-4);
    }

    @Test
    void drawsStayInTheSupport() {
        extremes().filter(l -> l.type() != DiagonalNormal.class).forEach(law -> {
            try (Scope inner = new Scope()) {
                Tensor leaf = Tensor.of(law.flat(), law.flat().length).to(DType.FLOAT32);
                double[] draws = law.from(leaf).sample(500, Generator.of(3)).toDoubles();
                List<Law.Piece> pieces = law.support().pieces();
                double high = law.discrete()
                        ? pieces.get(pieces.size() - 1).from()
                        : pieces.get(pieces.size() - 1).to();
                assertThat(Arrays.stream(draws)).as(law.toString()).allMatch(x -> x >= 0 && x <= high);
            }
        });
    }

    /** The largest of the 2²⁴ uniform numbers is about as far from 1 as the smallest from 0, in float32 too. */
    @Test
    void theRarestDrawOfALogisticIsNotInfinite() {
        Generator rare = Generator.of(0).rows(new int[] {RAREST});
        assertThat(rare.uniform(DType.FLOAT32, Device.CPU, 1, 1).item()).isEqualTo(1 - 0x1p-24);
        Tensor location = Tensor.of(new float[] {100}, 1, 1);
        Tensor logScale = Tensor.of(new float[] {0}, 1);
        // ln 2²⁴ is 16.6, so at scale 1 no draw is further than 17 grey levels from the location or a little more
        assertThat(new DiscretizedLogistic(location, logScale).sample(1, rare).item())
                .isBetween(115.0, 118.0);
    }

    private static final int RAREST = 2_095_949;

    /** Common random numbers: of draws from the same uniform numbers, those with the larger logit are larger. */
    @Test
    void smallLogitsMoveDrawsOfAContinuousBernoulliTheirWay() {
        double[] none = continuousBernoulli(0);
        double[] up = continuousBernoulli(9e-4);
        double[] down = continuousBernoulli(-9e-4);
        double moved = 0;
        for (int i = 0; i < none.length; i++) {
            assertThat(up[i]).isGreaterThanOrEqualTo(none[i]);
            assertThat(down[i]).isLessThanOrEqualTo(none[i]);
            moved += (up[i] - down[i]) / none.length;
        }
        // the mean's derivative is 1/12
        assertThat(moved).isBetween(0.9 * 18e-4 / 12, 1.1 * 18e-4 / 12);
    }

    private static double[] continuousBernoulli(double logit) {
        return Law.continuousBernoulli(logit)
                .single()
                .sample(10_000, Generator.of(8))
                .toDoubles();
    }
}
