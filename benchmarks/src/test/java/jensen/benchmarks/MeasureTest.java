package jensen.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import jensen.experiment.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeasureTest {
    @ParameterizedTest
    @EnumSource(Workload.class)
    void everyWorkloadRuns(Workload workload) throws IOException {
        Map<?, ?> record = measure(
                "--workload",
                workload.name().toLowerCase(java.util.Locale.ROOT),
                "--limit",
                "400",
                "--epochs",
                "1",
                "--warmup",
                "0");
        assertThat((Double) record.get("rate")).isPositive();
        // about chance, 784 log 2 = 543 nats, and hardly trained
        assertThat((Double) record.get("test_bound")).isBetween(-560.0, -150.0);
        assertThat((Map<?, ?>) record.get("thread_ms_per_step")).hasSize(6);
        assertThat((Integer) record.get("examples")).isEqualTo(400);
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Measure.main(new String[] {"--epoch", "1"}))
                .withMessageContaining("--epoch");
    }

    private static Map<?, ?> measure(String... args) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Measure.main(args);
        } finally {
            System.setOut(before);
        }
        return Json.parse(printed.toString(StandardCharsets.UTF_8), Map.class, "the record");
    }
}
