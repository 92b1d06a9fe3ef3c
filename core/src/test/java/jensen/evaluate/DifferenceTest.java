package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    private static Row row(int index, double reconstruction, double evidence) {
        return new Row(index, reconstruction, 2, 0.5, evidence, 0.5, 10, 0.2);
    }

    /** Differences 1, 2 and 6: mean 3, standard deviation √7, so an error of √(7/3), however far apart the rows are. */
    @Test
    void theErrorIsThatOfThePairs() {
        List<Row> from = List.of(row(3, -100, -90), row(5, -200, -190), row(9, -10, -9));
        List<Row> to = List.of(row(3, -99, -90), row(5, -198, -190), row(9, -4, -9));
        Difference found = Difference.of(from, to);
        assertThat(found.elbo().value()).isCloseTo(3, within(1e-12));
        assertThat(found.elbo().standardError()).isCloseTo(Math.sqrt(7.0 / 3), within(1e-12));
        assertThat(found.logLikelihood()).isEqualTo(new Estimate(0, 0));
    }

    @Test
    void otherRowsAreNotPaired() {
        assertThatThrownBy(() -> Difference.of(List.of(row(1, 0, 0)), List.of(row(2, 0, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("to: expected the 1 rows of from");
    }
}
