package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarTest {
    private static final Bar.Line LINE = new Bar.Line(
            "epoch 12/20",
            0.5,
            List.of(
                    new Bar.Fact("ELBO -101.2 = -76.1 - 25.1", "ELBO -101.2"),
                    new Bar.Fact("1:05 left", "1:05"),
                    Bar.Fact.of("9,812/s"),
                    Bar.Fact.of("validation -102.0")));

    private static String shown(int columns) {
        return LINE.text(columns).replaceAll("\u001b\\[\\d*m", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 12, 20, 39, 40, 41, 60, 79, 80, 100, 200})
    void aLineNeverReachesTheLastColumn(int columns) {
        assertThat(shown(columns).length()).isLessThan(columns);
    }

    @Test
    void theNumbersComeBeforeTheBarAndTheBarBeforeTheRest() {
        assertThat(shown(31)).isEqualTo("epoch 12/20  ELBO -101.2  1:05");
        assertThat(shown(40)).isEqualTo("epoch 12/20  ELBO -101.2 = -76.1 - 25.1");
        assertThat(shown(80))
                .isEqualTo("epoch 12/20  ━━━━━━━━━━━━━━━━━━  ELBO -101.2 = -76.1 - 25.1  1:05 left  9,812/s");
        assertThat(shown(120)).contains("━━━", "validation -102.0");
    }

    @Test
    void halfOfTheWorkIsHalfOfTheBar() {
        Matcher bar =
                Pattern.compile("\u001b\\[36m(━+)\u001b\\[90m(━+)\u001b\\[0m").matcher(LINE.text(120));
        assertThat(bar.find()).isTrue();
        assertThat(bar.group(1).length() - bar.group(2).length()).isBetween(0, 1);
    }

    @Test
    void theLineIsErasedAtTheEnd() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        try (Meter bar =
                Meter.of(new Terminal(stream, stream, true, true, true, () -> 80, new AtomicReference<>()), 2)) {
            bar.step(new Step(1, 0, false, 100, -9, -8, 1, 1, 1e-3, 1), new Means(1, 100, -900, -800, 100, 1), 10);
            bar.epoch(new Epoch(1, 10, -9, -9, -8, 1, -9, -8, 1, 1, 1e-3, 1));
        }
        String text = err.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("epoch 1/2", "ELBO -9.0 = -8.0 - 1.0").endsWith("\r\u001b[K");
    }
}
