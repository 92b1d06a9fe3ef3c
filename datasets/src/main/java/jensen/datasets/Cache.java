package jensen.datasets;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where downloads are kept. */
public final class Cache {
    private Cache() {}

    /**
     * The folder for one data set: below the property {@code jensen.cache} or the variable {@code JENSEN_CACHE} if set,
     * otherwise below the user's cache folder as the operating system has it.
     */
    public static Path folder(String name) {
        String property = System.getProperty("jensen.cache");
        Path root = property != null && !property.isBlank()
                ? Path.of(property)
                : root(
                        System.getProperty("os.name", ""),
                        Path.of(System.getProperty("user.home", ".")),
                        System.getenv());
        return root.resolve(name);
    }

    static Path root(String system, Path home, Map<String, String> environment) {
        Optional<Path> own = variable(environment, "JENSEN_CACHE");
        if (own.isPresent()) {
            return own.get();
        }
        String os = system.toLowerCase(Locale.ROOT);
        Path caches;
        if (os.contains("mac")) {
            caches = home.resolve("Library").resolve("Caches");
        } else if (os.contains("windows")) {
            caches = variable(environment, "LOCALAPPDATA")
                    .orElse(home.resolve("AppData").resolve("Local"));
        } else {
            caches = variable(environment, "XDG_CACHE_HOME").orElse(home.resolve(".cache"));
        }
        return caches.resolve("jensen");
    }

    private static Optional<Path> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(text -> !text.isBlank())
                .map(Path::of);
    }
}
