package jensen.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jensen.evaluate.Estimate;
import jensen.evaluate.LogMeanExp;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;

/** A posterior's approximation, and how good it is. */
public final class Fit {
    /** The draws by which an approximation is judged: with fewer, k̂ is of the bulk of the weights rather than of their tail. */
    private static final int JUDGED = 50_000;

    private static final int CHUNK = 1000;

    /** The draws that the table is made of. */
    private static final int TABLED = 20_000;

    private final Inference inference;
    private final Approximation q;
    private final boolean converged;
    private final List<Block> history;
    private final Estimate elbo;
    private final LogMeanExp evidence;
    private final List<Row> table;

    /**
     * What some steps came to.
     *
     * @param step the last of them
     * @param learningRate of these steps
     * @param bound at the mean of what they led to, in nats
     * @param gain over the best before, in nats
     */
    public record Block(int step, double learningRate, Estimate bound, Estimate gain) {}

    /**
     * What the approximation says of one number.
     *
     * @param name of the quantity, with the position of the element where it has several
     * @param mean under q
     * @param standardDeviation under q
     * @param low the 5 % quantile
     * @param median the 50 % quantile
     * @param high the 95 % quantile
     */
    public record Row(String name, double mean, double standardDeviation, double low, double median, double high) {}

    private Fit(
            Inference inference,
            Approximation q,
            boolean converged,
            List<Block> history,
            double[] logWeights,
            List<Row> table) {
        this.inference = inference;
        this.q = q;
        this.converged = converged;
        this.history = List.copyOf(history);
        this.elbo = Estimate.mean(logWeights);
        this.evidence = LogMeanExp.of(logWeights);
        this.table = table;
    }

    static Fit of(Inference inference, Approximation q, boolean converged, List<Block> history, Generator rng) {
        double[] logWeights = new double[JUDGED];
        for (int from = 0; from < JUDGED; from += CHUNK) {
            Generator noise = rng.split(from);
            double[] some = Native.withoutGradient(() -> {
                try (Scope scope = new Scope()) {
                    return q.logWeights(CHUNK, noise).total().toDoubles();
                }
            });
            System.arraycopy(some, 0, logWeights, from, CHUNK);
        }
        return new Fit(inference, q, converged, history, logWeights, table(draws(q, TABLED, rng.split("table"))));
    }

    private static List<Row> table(Draws draws) {
        List<Row> rows = new ArrayList<>();
        for (String name : draws.values().keySet()) {
            double[] mean = draws.mean(name);
            double[] deviation = draws.standardDeviation(name);
            double[] low = draws.quantile(name, 0.05);
            double[] median = draws.quantile(name, 0.5);
            double[] high = draws.quantile(name, 0.95);
            List<String> names = names(name, draws.get(name).shape());
            for (int i = 0; i < mean.length; i++) {
                rows.add(new Row(names.get(i), mean[i], deviation[i], low[i], median[i], high[i]));
            }
        }
        return List.copyOf(rows);
    }

    /** theta[0], theta[1], … in row-major order; the name alone for a number. */
    private static List<String> names(String name, long[] shape) {
        List<String> positions = List.of("");
        for (int axis = 1; axis < shape.length; axis++) {
            List<String> further = new ArrayList<>();
            for (String before : positions) {
                for (long i = 0; i < shape[axis]; i++) {
                    further.add(before.isEmpty() ? String.valueOf(i) : before + "," + i);
                }
            }
            positions = further;
        }
        return positions.size() == 1
                ? List.of(name)
                : positions.stream().map(at -> name + "[" + at + "]").toList();
    }

    /** What was fitted. */
    Approximation approximation() {
        return q;
    }

    /** Independent draws from q of the parameters and what is derived from them; in the innermost open {@link Scope}. */
    public Draws draws(int count, Generator rng) {
        return draws(q, count, rng);
    }

    private static Draws draws(Approximation q, int count, Generator rng) {
        return Native.withoutGradient(() -> q.exact()
                .at(q.posterior().sample(count, rng).reshape(count, q.exact().dimensions())));
    }

    /** The ELBO, in nats: below log p(data) by KL(q ‖ p(θ | data)). */
    public Estimate elbo() {
        return elbo;
    }

    /** log p(data) by importance sampling from q, with its error and k̂. */
    public LogMeanExp logEvidence() {
        return evidence;
    }

    /** k̂ of the importance weights p/q: above {@value LogMeanExp#TRUSTED}, q is not to be trusted. */
    public double paretoShape() {
        return evidence.paretoShape();
    }

    /** Whether the climb ended because nothing was gained any more, rather than at the most steps allowed. */
    public boolean converged() {
        return converged;
    }

    /** How the climb went. */
    public List<Block> history() {
        return history;
    }

    /** What q says of each number, from draws. */
    public List<Row> table() {
        return table;
    }

    /** Everything above as text: what it is, how good it is, and the table. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int steps = history.get(history.size() - 1).step();
        line(
                text,
                "q: %s in %d dimensions, %s after %d steps",
                inference.family().name(),
                q.exact().dimensions(),
                converged ? "converged" : "NOT CONVERGED",
                steps);
        line(text, "ELBO %s nats; log p(data) %.4f ± %.4f nats", elbo, evidence.value(), evidence.standardError());
        line(text, "%s", verdict());
        int width = table.stream().mapToInt(r -> r.name().length()).max().orElse(0);
        line(text, "%-" + width + "s %9s %9s %9s %9s %9s", "", "mean", "sd", "5%", "50%", "95%");
        for (Row r : table) {
            line(
                    text,
                    "%-" + width + "s %9.4g %9.4g %9.4g %9.4g %9.4g",
                    r.name(),
                    r.mean(),
                    r.standardDeviation(),
                    r.low(),
                    r.median(),
                    r.high());
        }
        return text.toString();
    }

    private String verdict() {
        String numbers = String.format(
                Locale.ROOT,
                "k̂ = %.2f, %.0f effective draws of %d",
                paretoShape(),
                evidence.effectiveSamples(),
                JUDGED);
        return evidence.trusted()
                ? numbers + ": no sign that q misses part of the posterior"
                : numbers + ". k̂ > 0.7: NOT RELIABLE. q misses part of the posterior, in its tails at least: trust"
                        + " neither log p(data) nor the table; try a richer q, or other parameters for the same model";
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
