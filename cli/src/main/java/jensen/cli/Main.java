package jensen.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import jensen.datasets.Suggestion;
import jensen.experiment.Provenance;
import jensen.tensor.Native;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code jensen}. */
@Command(
        name = "jensen",
        header = "Variational autoencoders: trained, evaluated and shown.",
        description = {
            "%nAn encoder q(z|x) and a decoder p(x|z) are tuned together to maximise a bound on log p(x):",
            "%n    log p(x) >= E_q[log p(x|z)] - KL(q(z|x) || p(z))",
            "%nDATA is a name (mnist, digits, fashion-mnist; mnist:test for a part) or the path of an IDX, NumPy or CSV file or"
                    + " of a folder of PNG or JPEG images. DIR is the folder of a run."
        },
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  1:a run failed (numbers that are not finite, disk, memory), or was not reproduced; the error asked for was not reached, or a check"
                    + " failed",
            "  2:wrong usage",
            "  3:bad data, or a bad run folder",
            "130:interrupted"
        },
        footer = {
            "%nExample:",
            "  jensen train mnist",
            "%nEach command has --help. Results go to standard output, progress to standard error."
        })
public final class Main implements Runnable {
    private final Terminal terminal;
    private final boolean debug;

    private Main(Terminal terminal, boolean debug) {
        this.terminal = terminal;
        this.debug = debug;
    }

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        System.exit(run(Terminal.ofProcess(environment), environment.containsKey("JENSEN_DEBUG"), args));
    }

    /** Runs the command; returns its exit code. */
    static int run(Terminal terminal, boolean debug, String... args) {
        Main main = new Main(terminal, debug);
        try {
            int code = main.commandLine().execute(args);
            IOException lost = terminal.lost().get();
            return code == Exit.DONE && lost != null ? main.fail("jensen", lost) : code;
        } catch (Error e) { // memory, a missing native library: to be told like any other failure
            return main.fail("jensen", e);
        }
    }

    private CommandLine commandLine() {
        CommandLine line = new CommandLine(this);
        CommandLine train = new CommandLine(new Train(terminal));
        train.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, Train::options);
        List.of(
                        train,
                        new Evaluate(terminal),
                        new Compare(terminal),
                        new Explain(terminal),
                        new Diagnose(terminal),
                        new Reconstruct(terminal),
                        new Sample(terminal),
                        new Encode(terminal),
                        new Morph(terminal),
                        new Manifold(terminal),
                        new Report(terminal),
                        new Reproduce(terminal),
                        new Resume(terminal),
                        new ListData(terminal),
                        new Selftest(terminal),
                        new Algorithms(terminal))
                .forEach(line::addSubcommand);
        Choices.register(line);
        line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(Help.defaultColorScheme(terminal.outShown() ? Help.Ansi.AUTO : Help.Ansi.OFF));
        line.setUsageHelpWidth(Math.max(
                60, Math.min(100, terminal.outShown() ? terminal.columns().getAsInt() : 100)));
        line.setUsageHelpLongOptionsMaxWidth(28);
        line.setExecutionStrategy(this::execute);
        line.setParameterExceptionHandler((e, rest) -> misused(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> fail(name(command), e));
        return line;
    }

    /** As always, and with the version also what makes the native layer slow. */
    private int execute(ParseResult parsed) {
        if (parsed.asCommandLineList().stream().anyMatch(CommandLine::isVersionHelpRequested)) {
            Native.warnings().forEach(terminal.err()::println);
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    @Override
    public void run() {
        commandLine().usage(terminal.out());
    }

    private int misused(ParameterException e) {
        String message = Exit.oneLine(String.valueOf(e.getMessage()));
        CommandLine command = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String what = unmatched.getUnmatched().get(0);
            message = unmatched.isUnknownOption()
                    ? "unknown option " + what
                            + Suggestion.instead(
                                    what, command.getCommandSpec().optionsMap().keySet())
                    : "unknown command or argument " + what
                            + Suggestion.instead(what, command.getSubcommands().keySet());
        }
        terminal.err().println(name(command) + ": " + message + " (" + name(command) + " --help tells more)");
        return Exit.USAGE;
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private int fail(String command, Throwable e) {
        if (debug) {
            e.printStackTrace(terminal.err());
        }
        terminal.err().println(command + ": " + Exit.line(e));
        return Exit.code(e);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "jensen " + Provenance.version(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                Native.description()
            };
        }
    }
}
