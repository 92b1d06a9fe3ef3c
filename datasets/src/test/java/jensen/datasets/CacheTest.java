package jensen.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheTest {
    private final Path home = Path.of("home");

    @Test
    void followsTheOperatingSystem() {
        assertThat(Cache.root("Linux", home, Map.of())).isEqualTo(home.resolve(".cache/jensen"));
        assertThat(Cache.root("Linux", home, Map.of("XDG_CACHE_HOME", "xdg"))).isEqualTo(Path.of("xdg/jensen"));
        assertThat(Cache.root("Mac OS X", home, Map.of("XDG_CACHE_HOME", "xdg")))
                .isEqualTo(home.resolve("Library/Caches/jensen"));
        assertThat(Cache.root("Windows 11", home, Map.of("LOCALAPPDATA", "local")))
                .isEqualTo(Path.of("local/jensen"));
        assertThat(Cache.root("Windows 11", home, Map.of("JENSEN_CACHE", "mine")))
                .isEqualTo(Path.of("mine"));
    }
}
