package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void namesReadBack() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU);
        assertThat(Device.CPU).hasToString("cpu");
        assertThat(new Device(1)).hasToString("cuda:1");
        assertThatThrownBy(() -> new Device(-2)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CPU", "gpu", "cuda:", "cuda:-1", "cuda:99999999999", " cpu"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> Device.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device must be cpu, cuda or cuda:N; was " + name);
    }

    @Test
    void aMissingGpuIsSaidWithTheRemedy() {
        assertThatThrownBy(() -> Device.parse("cuda:999"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CUDA devices found")
                .hasMessageContaining("-gpu");
    }
}
