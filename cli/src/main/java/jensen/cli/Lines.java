package jensen.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.Step;

/** Progress as lines that stay: one an epoch, and one for each quarter of an evaluation or a download. */
final class Lines implements Meter {
    private static final int PARTS = 4;

    private final PrintStream err;
    private final int epochs;
    private final Pace pace = new Pace();
    private int stepsPerEpoch;
    private long part;

    Lines(PrintStream err, int epochs) {
        this.err = err;
        this.epochs = epochs;
    }

    @Override
    public void step(Step step, Means epochSoFar, int stepsPerEpoch) {
        pace.step(step, epochSoFar, stepsPerEpoch);
        this.stepsPerEpoch = stepsPerEpoch;
    }

    @Override
    public void epoch(Epoch e) {
        pace.epoch(e);
        String left = Pace.clock(pace.left((long) stepsPerEpoch * epochs - e.step()));
        err.printf(
                Locale.ROOT,
                "epoch %d/%d: ELBO %.2f = %.2f - %.2f, validation %.2f, %,.0f examples/s%s%n",
                e.epoch(),
                epochs,
                e.elbo(),
                e.reconstruction(),
                e.kl(),
                e.validationElbo(),
                pace.examplesPerSecond(),
                e.epoch() < epochs ? ", " + left + " left" : "");
    }

    @Override
    public synchronized void evaluated(long done, long of) {
        quarter("evaluating", done, of);
    }

    @Override
    public synchronized void received(String file, long bytes, OptionalLong total) {
        total.ifPresent(all -> quarter("downloading " + file, bytes, all));
    }

    @Override
    public void note(String message) {
        err.println(message);
    }

    private void quarter(String what, long done, long of) {
        long now = of == 0 ? PARTS : PARTS * done / of;
        if (now > part) {
            err.printf(Locale.ROOT, "%s: %d %%%n", what, 100 * now / PARTS);
        }
        part = done >= of ? 0 : now;
    }

    @Override
    public void close() {
        err.flush();
    }
}
