package jensen.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.experiment.Fit;
import jensen.experiment.RunDirectory;
import jensen.report.RunEvents;
import jensen.report.RunReport;
import jensen.report.TerminalPicture;
import jensen.tensor.Native;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.Profile;
import jensen.train.Step;

/**
 * A run carried out on a terminal, from training to its report.
 *
 * @param terminal what it tells
 * @param fit what is to be done
 * @param json whether the result is one JSON object
 * @param profiled whether it says where the time of training went
 */
record Session(Terminal terminal, Fit fit, boolean json, boolean profiled) {
    /** How a run begins, or goes on. */
    interface Beginning {
        Fit.Outcome go(Interruption interruption, Fit.Observer observer) throws IOException;
    }

    /**
     * Does it.
     *
     * @param resumed whether some of it may have been done before
     * @return the exit code
     */
    int run(Meter meter, boolean resumed, Beginning beginning) throws IOException {
        Native.warnings().forEach(meter::note);
        Pace pace = new Pace();
        try (Interruption interruption = new Interruption();
                RunEvents events = new RunEvents(directory(), resumed)) {
            Fit.Observer drawing = new Fit.Observer() {
                @Override
                public void finished() throws IOException {
                    meter.close();
                    events.pictures(report());
                }
            };
            Fit.Outcome outcome = beginning.go(interruption, new All(List.of(meter, pace, events, drawing)));
            meter.close();
            if (outcome == Fit.Outcome.INTERRUPTED) {
                terminal.err()
                        .printf(
                                "interrupted; resume with: jensen resume %s%n",
                                quoted(directory().path()));
                return Exit.INTERRUPTED;
            }
        }
        tell(pace);
        return Exit.DONE;
    }

    private RunDirectory directory() {
        return fit.directory();
    }

    /** Draws the finished run; returns its pictures of images. */
    Map<String, BufferedImage> report() throws IOException {
        Evaluator evaluator =
                directory().evaluator(fit.device(), fit.experiment().training().seed(), fit.threads());
        return RunReport.write(directory(), evaluator, fit.split().test());
    }

    /** Prints the results of the finished run. */
    void tell(Pace pace) throws IOException {
        Evaluation evaluation = directory().evaluation();
        int epochs = directory().epochs().size();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("directory", directory().path().toString());
            fields.put("epochs", epochs);
            fields.put("examplesPerSecond", pace.examplesPerSecond());
            fields.put("weightsSha256", directory().weightsSha256());
            fields.putAll(Results.numbers(evaluation));
            profile(pace).ifPresent(p -> fields.put("profile", Results.numbers(p)));
            terminal.out().println(Results.json(fields));
            return;
        }
        terminal.print(Results.lines(
                evaluation, fit.experiment().training().model().prior().latent()));
        String speed = pace.examplesPerSecond() == 0
                ? ""
                : String.format(Locale.ROOT, ", %,.0f examples/s", pace.examplesPerSecond());
        terminal.out().printf("%s%s%n", Results.count(epochs, "epoch"), speed);
        profile(pace).ifPresent(p -> terminal.print(Results.lines(p)));
        terminal.out().println(directory().path().resolve(RunDirectory.REPORT));
    }

    private Optional<Profile> profile(Pace pace) {
        return pace.profile().filter(p -> profiled && p.steps() > 0);
    }

    /** Shows a picture where the terminal has colours for it. */
    static void show(Terminal terminal, BufferedImage picture) {
        if (terminal.outShown() && terminal.colour()) {
            terminal.out()
                    .print(TerminalPicture.render(
                            picture, Math.min(100, terminal.columns().getAsInt()), true));
        }
    }

    static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[\\p{Alnum}_./:@%+=,~-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** Tells several observers. */
    private record All(List<Fit.Observer> each) implements Fit.Observer {
        @Override
        public void step(Step step, Means epochSoFar, int stepsPerEpoch) {
            each.forEach(o -> o.step(step, epochSoFar, stepsPerEpoch));
        }

        @Override
        public void epoch(Epoch epoch) {
            each.forEach(o -> o.epoch(epoch));
        }

        @Override
        public void trained(Profile profile) {
            each.forEach(o -> o.trained(profile));
        }

        @Override
        public void evaluated(long done, long of) {
            each.forEach(o -> o.evaluated(done, of));
        }

        @Override
        public void finished() throws IOException {
            for (Fit.Observer o : each) {
                o.finished();
            }
        }
    }
}
