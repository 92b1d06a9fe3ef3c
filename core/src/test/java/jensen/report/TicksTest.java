package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TicksTest {
    @Test
    void ticksAreRoundNumbersInsideTheRange() {
        assertThat(Ticks.in(new Span(-163, -99), 6, false).labels())
                .containsExactly("−160", "−150", "−140", "−130", "−120", "−110", "−100");
        assertThat(Ticks.in(new Span(0, 1), 5, false).labels())
                .containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
        assertThat(Ticks.in(new Span(-0.03, 0.03), 5, false).labels())
                .containsExactly("−0.03", "−0.02", "−0.01", "0.00", "0.01", "0.02", "0.03");
        assertThat(Ticks.in(new Span(0, 5e8), 5, false).labels()).contains("1.00e+08");
    }

    @Test
    void epochsHaveWholeTicks() {
        assertThat(Ticks.in(new Span(0.98, 2.02), 8, true).labels()).containsExactly("1", "2");
        assertThat(Ticks.in(new Span(0, 0.3), 8, true).labels()).containsExactly("0");
    }

    @Test
    void numbersHaveTheDigitsTheirErrorAllows() {
        assertThat(Numbers.withError(-98.4321, 0.1234)).isEqualTo("−98.43 ± 0.12");
        assertThat(Numbers.withError(-98.4321, 23.4)).isEqualTo("−98 ± 23");
        assertThat(Numbers.withError(1.5, 0)).isEqualTo("1.500 ± 0");
        assertThat(Numbers.withError(Double.NaN, 0.1)).isEqualTo("not a number ± 0.1000");
        assertThat(Numbers.plain(7)).isEqualTo("7");
        assertThat(Numbers.plain(-104.1234)).isEqualTo("−104.12");
        assertThat(Numbers.plain(0.181234)).isEqualTo("0.1812");
        assertThat(Numbers.plain(Double.NEGATIVE_INFINITY)).isEqualTo("−∞");
        assertThat(Numbers.plain(-1.5e-7)).isEqualTo("−1.50e−07");
        assertThat(Numbers.fixed(-0.001, 2)).isEqualTo("0.00");
    }
}
