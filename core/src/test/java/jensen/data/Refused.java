package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;

/** What it takes to refuse bad data well. */
final class Refused {
    private Refused() {}

    /** Asserts that opening fails with one line that names the file and each of the given things. */
    static void open(Path file, String... named) {
        Throwable thrown = catchThrowable(() -> Datasets.open(file));
        assertThat(thrown).isInstanceOf(DataException.class);
        assertThat(thrown.getMessage())
                .startsWith(file.toString())
                .contains(": expected ")
                .contains(", found ")
                .doesNotContainPattern("\\p{Cntrl}");
        for (String part : named) {
            assertThat(thrown.getMessage()).contains(part);
        }
    }
}
