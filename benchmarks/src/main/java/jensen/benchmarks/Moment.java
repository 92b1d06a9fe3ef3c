package jensen.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A moment of a measurement, in seconds since some beginnings; what no file of the kernel tells is not a number.
 *
 * @param wall the time
 * @param own CPU time of this process
 * @param everybody CPU time of all processes
 */
record Moment(double wall, double own, double everybody) {
    /** The kernel counts in hundredths of a second, on every architecture that the JVM runs on. */
    private static final double TICK = 0.01;

    /** user, nice, system, irq, softirq and steal of /proc/stat: what is neither idle nor waiting for a disk. */
    private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

    static Moment now() throws IOException {
        Path stat = Path.of("/proc/stat");
        double everybody = Double.NaN;
        if (Files.exists(stat)) {
            String[] fields = Files.readAllLines(stat).get(0).split(" +");
            everybody = TICK
                    * IntStream.of(BUSY)
                            .mapToDouble(i -> Double.parseDouble(fields[i]))
                            .sum();
        }
        double own = ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime() / 1e9
                : Double.NaN;
        return new Moment(System.nanoTime() / 1e9, own, everybody);
    }

    /** The cores that this process used from then to now. */
    double ownCores(Moment then) {
        return (own - then.own) / (wall - then.wall);
    }

    /** The cores that others used from then to now. */
    double foreignCores(Moment then) {
        return Math.max(0, (everybody - then.everybody) / (wall - then.wall) - ownCores(then));
    }

    /** A line of /proc/self/status that is a size, in MiB: {@code VmHWM} is the peak resident memory. */
    static double mebibytes(String line) throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status)
                ? Double.NaN
                : Files.readAllLines(status).stream()
                        .filter(l -> l.startsWith(line + ":"))
                        .mapToDouble(l -> Double.parseDouble(l.replaceAll("[^0-9]", "")) / 1024)
                        .findFirst()
                        .orElse(Double.NaN);
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
}
