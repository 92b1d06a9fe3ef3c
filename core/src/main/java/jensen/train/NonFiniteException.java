package jensen.train;

import java.util.List;

/** Thrown where a bound or its gradient is not a finite number, before any parameter has changed. */
public final class NonFiniteException extends RuntimeException {
    private final long step;
    private final String term;
    private final List<Integer> rows;

    /**
     * Describes what was not finite.
     *
     * @param step the step's number, from 1 on
     * @param term which of the terms of the bound, or the gradient
     * @param rows the rows at which it was so, as numbered in the data set that was opened, from 0 on; empty for a gradient, which is a sum over rows
     */
    public NonFiniteException(long step, String term, List<Integer> rows) {
        this("step ", step, term, rows, "; the parameters are as they were before this step");
    }

    private NonFiniteException(String when, long step, String term, List<Integer> rows, String parameters) {
        super(when + step + ": " + term + " is not a finite number" + at(rows) + parameters
                + ". A smaller learning rate or gradient clipping may help");
        this.step = step;
        this.term = term;
        this.rows = List.copyOf(rows);
    }

    /** What was not finite when the parameters that a step left were looked at, described as by the constructor. */
    public static NonFiniteException after(long step, String term, List<Integer> rows) {
        return new NonFiniteException("after step ", step, term, rows, "");
    }

    private static String at(List<Integer> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        String first = rows.stream()
                .limit(8)
                .map(String::valueOf)
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        return " at row" + (rows.size() > 1 ? "s " : " ") + first
                + (rows.size() > 8 ? " and " + (rows.size() - 8) + " more" : "") + " (counted from 0)";
    }

    /** The step's number, from 1 on. */
    public long step() {
        return step;
    }

    /** Which term was not finite. */
    public String term() {
        return term;
    }

    /** The rows of the data set at which it was so. */
    public List<Integer> rows() {
        return rows;
    }
}
