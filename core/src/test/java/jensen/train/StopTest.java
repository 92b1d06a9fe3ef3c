package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jensen.gradient.KlWeight;
import org.junit.jupiter.api.Test;

class StopTest {
    private static final KlWeight NONE = KlWeight.ONE;

    @Test
    void endsAtTheLatestAfterTheEpochs() {
        assertThat(new Stop(3, 0).reached(List.of(-3.0, -2.0), NONE)).isFalse();
        assertThat(new Stop(3, 0).reached(List.of(-3.0, -2.0, -1.0), NONE)).isTrue();
        assertThat(new Stop(3, 0).reached(List.of(), NONE)).isFalse();
    }

    @Test
    void endsOnceSoManyEpochsHaveNotImproved() {
        Stop stop = new Stop(100, 2);
        assertThat(stop.reached(List.of(-3.0, -2.0, -2.5), NONE)).isFalse();
        assertThat(stop.reached(List.of(-3.0, -2.0, -2.5, -2.1), NONE)).isTrue();
        assertThat(stop.best(List.of(-3.0, -2.0, -2.5, -2.1), NONE)).isEqualTo(1);
    }

    /** A weight below 1 gives a better-looking number: the best epoch is one at full weight, and patience begins there. */
    @Test
    void waitsForTheWarmUpToEnd() {
        Stop stop = new Stop(100, 2);
        KlWeight four = new KlWeight.WarmUp(4);
        List<Double> elbos = List.of(-1.0, -2.0, -3.0, -4.0);
        assertThat(stop.best(elbos.subList(0, 3), four)).isEqualTo(-1);
        assertThat(stop.reached(elbos, four)).isFalse();
        assertThat(stop.best(elbos, four)).isEqualTo(3);
        assertThat(stop.reached(List.of(-1.0, -2.0, -3.0, -4.0, -5.0, -4.5), four))
                .isTrue();
    }
}
