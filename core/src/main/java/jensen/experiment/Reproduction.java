package jensen.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import jensen.data.Split;
import jensen.tensor.Device;

/**
 * What came of carrying out a finished run's experiment again.
 *
 * @param differences every number that is not the same to the last bit; none if the run is reproduced
 */
public record Reproduction(List<Difference> differences) {
    /**
     * A number that differs.
     *
     * @param what file and name
     * @param expected what the run has
     * @param found what came of it now
     */
    public record Difference(String what, String expected, String found) {}

    private static final String NONE = "none";

    /** Copies the list. */
    public Reproduction {
        differences = List.copyOf(differences);
    }

    /**
     * Carries out a run's experiment in a temporary folder and compares the weights' file, each epoch's numbers and the
     * evaluation's.
     *
     * @return nothing if it was interrupted
     */
    public static Optional<Reproduction> of(
            RunDirectory run,
            Split split,
            Device device,
            int threads,
            BooleanSupplier interrupted,
            Fit.Observer observer)
            throws IOException {
        Path folder = Files.createTempDirectory("jensen-reproduce");
        RunDirectory again = new RunDirectory(folder);
        try {
            Fit fit = new Fit(run.experiment(), split, again, device, threads, Double.POSITIVE_INFINITY);
            return fit.start(false, interrupted, observer) == Fit.Outcome.FINISHED
                    ? Optional.of(compare(run, again))
                    : Optional.empty();
        } finally {
            again.clear();
            Files.deleteIfExists(folder);
        }
    }

    /** Compares two finished runs. */
    static Reproduction compare(RunDirectory expected, RunDirectory found) throws IOException {
        List<Difference> differences = new ArrayList<>();
        add(differences, RunDirectory.WEIGHTS + " SHA-256", expected.weightsSha256(), found.weightsSha256());
        List<String> metrics = expected.lines(RunDirectory.METRICS);
        List<String> again = found.lines(RunDirectory.METRICS);
        add(
                differences,
                RunDirectory.METRICS + " epochs",
                String.valueOf(metrics.size()),
                String.valueOf(again.size()));
        for (int i = 0; i < Math.min(metrics.size(), again.size()); i++) {
            String where = RunDirectory.METRICS + " epoch " + (i + 1) + " ";
            compare(differences, where, Json.tree(metrics.get(i), where), Json.tree(again.get(i), where));
        }
        String where = RunDirectory.EVALUATION + " ";
        compare(
                differences,
                where,
                Json.tree(String.join("\n", expected.lines(RunDirectory.EVALUATION)), where),
                Json.tree(String.join("\n", found.lines(RunDirectory.EVALUATION)), where));
        return new Reproduction(differences);
    }

    private static void compare(List<Difference> differences, String where, JsonNode expected, JsonNode found) {
        TreeSet<String> names = new TreeSet<>();
        expected.fieldNames().forEachRemaining(names::add);
        found.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            add(differences, where + name, text(expected, name), text(found, name));
        }
    }

    private static String text(JsonNode node, String name) {
        return node.has(name) ? node.get(name).toString() : NONE;
    }

    private static void add(List<Difference> differences, String what, String expected, String found) {
        if (!expected.equals(found)) {
            differences.add(new Difference(what, expected, found));
        }
    }
}
