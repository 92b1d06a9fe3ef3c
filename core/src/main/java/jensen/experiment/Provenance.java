package jensen.experiment;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import jensen.tensor.Native;

/**
 * What a run's numbers came from, beside its experiment.
 *
 * @param jensen this library's version
 * @param java the Java runtime
 * @param nativeLayer libtorch's version and the kernels in use
 * @param system operating system and processors
 * @param threads how many shared the work; the numbers do not depend on it
 * @param seed of everything random
 * @param dataSha256 of the data set's content
 * @param started when training began, first of all
 * @param finished when the last file was written
 * @param sha256 of the files that a model is loaded from, by name
 */
public record Provenance(
        String jensen,
        String java,
        String nativeLayer,
        String system,
        int threads,
        long seed,
        String dataSha256,
        String started,
        String finished,
        Map<String, String> sha256) {
    /** The version of this library. */
    public static String version() {
        String version = Provenance.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static Provenance of(Experiment e, int threads, String started, Map<String, String> sha256) {
        return new Provenance(
                version(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                Native.description(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors",
                threads,
                e.training().seed(),
                e.data().sha256(),
                started,
                now(),
                sha256);
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
