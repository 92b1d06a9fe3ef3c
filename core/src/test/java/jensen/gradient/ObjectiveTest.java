package jensen.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import jensen.bound.Bound;
import jensen.bound.Ciwae;
import jensen.bound.Elbo;
import jensen.bound.Miwae;
import jensen.bound.Piwae;
import jensen.bound.Renyi;
import jensen.bound.Tvo;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
    void samplesThatDoNotMakeGroupsAreRefused() {
        for (Bound bound : List.of(new Miwae(3), new Piwae(3))) {
            assertThatThrownBy(() -> new Objective(bound, new Pathwise(), 8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("samples", "3 groups", "8");
        }
    }

    @Test
    void numbersThatMakeNoBoundAreRefused() {
        refused(() -> new Renyi(1), "alpha", "1", "use elbo");
        refused(() -> new Renyi(-0.5), "alpha", "-0.5");
        refused(() -> new Renyi(Double.NaN), "alpha", "NaN");
        refused(() -> new Miwae(0), "groups", "0");
        refused(() -> new Piwae(-1), "groups", "-1");
        refused(() -> new Ciwae(1.2), "beta", "1.2");
        refused(() -> new Tvo(0, 0.1), "intervals", "0");
        refused(() -> new Tvo(3, 1), "first", "1");
    }

    private static void refused(ThrowingCallable made, CharSequence... words) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }
}
