package jensen.cli;

import jensen.experiment.Fit;

/** Tells of long work, on standard error: a bar on a terminal, lines elsewhere. */
sealed interface Meter extends Fit.Observer, jensen.datasets.Progress, AutoCloseable permits Bar, Lines {
    /**
     * A meter for this terminal.
     *
     * @param epochs how many there will be at most; 0 where nothing is trained
     */
    static Meter of(Terminal terminal, int epochs) {
        return terminal.errShown() ? new Bar(terminal, epochs) : new Lines(terminal.err(), epochs);
    }

    /** Leaves the terminal ready for other words. */
    @Override
    void close();
}
