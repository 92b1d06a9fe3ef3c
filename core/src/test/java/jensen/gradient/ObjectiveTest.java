package jensen.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import org.junit.jupiter.api.Test;

/** What cannot be climbed is refused when the objective is made. */
class ObjectiveTest {
    @Test
    void samplesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Objective(Elbo.analytic(), new Pathwise(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("samples", "0");
    }

    @Test
    void anEstimatorThatDoesNotServeTheBoundIsRefused() {
        assertThatThrownBy(() -> new Objective(new ImportanceWeighted(), new StickTheLanding(), 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("biased", "Pathwise");
    }
}
