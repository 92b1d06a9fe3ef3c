package jensen.cli;

import jensen.tensor.Device;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the work is done. */
final class WorkOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that share the work; the numbers do not depend on it (default: one a processor).")
    private @Nullable Integer threads;

    @Option(names = "--device", paramLabel = "NAME", description = "cpu, cuda or cuda:N (default: cpu).")
    private Device device = Device.CPU;

    int threads() {
        Choices.atLeast("--threads", threads, 1);
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    Device device() {
        return device;
    }
}
