package jensen.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import jensen.oracle.Oracle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the library with what is known. */
@Command(
        name = "selftest",
        description =
                "Compares what is known in closed form with what the program computes on this machine, in under a minute.",
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"%nThe exit code is 1 if a line says FAILED.", "%nExample:", "  jensen selftest"})
final class Selftest implements Callable<Integer> {
    private static final String LINE = "%-7s%-40s%16s%16s%n";

    private final Terminal terminal;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that share the work (default: one a processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    Selftest(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Choices.atLeast("--threads", threads, 1);
        List<Map<String, Object>> oracles = new ArrayList<>();
        if (!json) {
            terminal.out().printf(Locale.ROOT, LINE, "", "", "expected", "found");
        }
        boolean all = jensen.oracle.Selftest.run(threads, oracle -> {
            if (json) {
                oracles.add(fields(oracle));
            } else {
                terminal.out()
                        .printf(
                                Locale.ROOT,
                                LINE,
                                oracle.holds() ? "ok" : "FAILED",
                                oracle.name(),
                                oracle.expected(),
                                oracle.found());
            }
        });
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("ok", all);
            fields.put("oracles", oracles);
            terminal.out().println(Results.json(fields));
        }
        return all ? Exit.DONE : Exit.FAILED;
    }

    private static Map<String, Object> fields(Oracle oracle) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", oracle.name());
        fields.put("expected", oracle.expected());
        fields.put("found", oracle.found());
        fields.put("ok", oracle.holds());
        return fields;
    }
}
