package jensen.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jensen.evaluate.ClosedForm;
import org.junit.jupiter.api.Test;

class SelftestTest {
    @Test
    void everyOracleHoldsAndFitsItsLine() {
        List<Oracle> found = new ArrayList<>();
        boolean all = Selftest.run(2, found::add);
        assertThat(found).allMatch(Oracle::holds).hasSizeGreaterThan(20);
        assertThat(all).isTrue();
        assertThat(found).extracting(Oracle::name).doesNotHaveDuplicates().allMatch(name -> name.length() < 41);
        assertThat(found).allMatch(o -> o.expected().length() < 16 && o.found().length() < 16);
    }

    @Test
    void whatIsTooFarOffDoesNotHold() {
        assertThat(Oracle.close("a", 1, 1.1, 0.2).holds()).isTrue();
        assertThat(Oracle.close("a", 1, 1.3, 0.2).holds()).isFalse();
        assertThat(Oracle.close("a", 1, Double.NaN, 0.2).holds()).isFalse();
        assertThat(Oracle.same("a", "x", "y").holds()).isFalse();
    }

    /** The example's own arithmetic: the marginal density is the joint's integral, the posterior's moments are its ratio's. */
    @Test
    void theExamplesDensityIsTheIntegralOfItsJoint() {
        float[] x = LinearExample.simulate(1, 5)[0];
        double sum = 0;
        double step = 0.02;
        for (int i = -400; i <= 400; i++) {
            for (int j = -400; j <= 400; j++) {
                sum += Math.exp(LinearExample.logJoint(x, new double[] {i * step, j * step})) * step * step;
            }
        }
        assertThat(LinearExample.logEvidence(x)).isCloseTo(Math.log(sum), within(1e-9));
    }

    /** The gap is 0 for no q of the family, and grows with the shift by its squared distance. */
    @Test
    void theExamplesGapIsADivergence() {
        double best = LinearExample.gap(0, 1);
        assertThat(best).isPositive();
        assertThat(IntStream.of(50, 90, 110, 200).mapToDouble(f -> LinearExample.gap(0, f / 100.0)))
                .allMatch(gap -> gap > best);
        double quadratic = (LinearExample.gap(0.2, 1) - best) / (LinearExample.gap(0.1, 1) - best);
        assertThat(quadratic).isCloseTo(4, within(1e-9));
        assertThat(new ClosedForm()
                        .evidence(
                                LinearExample.evaluator(0, 1, 1),
                                LinearExample.data(LinearExample.simulate(2, 5)),
                                new int[] {1},
                                n -> {})
                        .get(0)
                        .value())
                .isCloseTo(LinearExample.logEvidence(LinearExample.simulate(2, 5)[1]), within(1e-10));
    }
}
