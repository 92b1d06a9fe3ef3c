package jensen.optim;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void constantStays() {
        Schedule s = new Schedule.Constant(0.3);
        assertThat(s.at(0)).isEqualTo(0.3).isEqualTo(s.at(7.25)).isEqualTo(s.at(1e6));
    }

    @Test
    void exponentialFallsByItsFactorOverItsEpochs() {
        Schedule s = new Schedule.Exponential(0.8, 0.1, 4);
        assertThat(s.at(0)).isEqualTo(0.8);
        assertClose("half way", s.at(2), 0.8 * Math.sqrt(0.1), 1e-15);
        assertClose("end", s.at(4), 0.08, 1e-15);
        assertClose("beyond", s.at(12), 0.0008, 1e-15);
    }

    @Test
    void cosineFallsToItsEndAndStays() {
        Schedule s = new Schedule.Cosine(1, 0.2, 10);
        assertThat(s.at(0)).isEqualTo(1);
        assertClose("a third", s.at(10.0 / 3), 0.8, 1e-15); // cos 60° = ½
        assertClose("half way", s.at(5), 0.6, 1e-15);
        assertThat(s.at(10)).isEqualTo(0.2);
        assertThat(s.at(1000)).isEqualTo(0.2);
    }

    @Test
    void triplingStaysThreeTimesAsLongAtEachTenthToTheSeventh() {
        Schedule s = new Schedule.Tripling(1e-3);
        double[] from = {0, 1, 4, 13, 40, 121, 364, 1093};
        for (int i = 0; i < from.length; i++) {
            double rate = 1e-3 * Math.pow(0.1, i / 7.0);
            assertClose("step " + i, s.at(from[i]), rate, 1e-15);
            assertClose("end of step " + i, s.at(from[i] + Math.pow(3, i) - 1e-6), rate, 1e-15);
        }
    }

    @Test
    void lengthsOutOfRangeAreRefused() {
        for (double bad : new double[] {-1, 0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Schedule.Cosine(1, 0, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("epochs", String.valueOf(bad));
            assertThatThrownBy(() -> new Schedule.Exponential(1, bad, 1)).hasMessageContaining("factor");
            assertThatThrownBy(() -> new Schedule.Exponential(1, 0.5, bad)).hasMessageContaining("epochs");
        }
    }
}
