package jensen.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jensen.data.Dataset;
import jensen.datasets.Catalogue;
import jensen.datasets.Progress;
import jensen.train.Run;

/**
 * Says in Markdown how many steps a second each choice of posterior, prior, bound, estimator and inference trains, on the
 * 784–500–20 model with batches of 100, and how many that is of the first row's.
 *
 * <pre>Cost [--threads 2] [--rounds 7] [--milliseconds 300] [--only KIND]</pre>
 *
 * <p>Every choice trains for so long in each round, one after the other, so that a machine that slows down slows all of them; a
 * row is the median over the rounds.
 */
final class Cost {
    private final Options options;

    private Cost(Options options) {
        this.options = options;
    }

    public static void main(String[] args) throws IOException {
        Map<String, String> known = new LinkedHashMap<>();
        known.putAll(Map.of("threads", "2", "rounds", "7", "milliseconds", "300", "only", ""));
        new Cost(new Options(known, args)).lines().forEach(System.out::println);
    }

    private List<String> lines() throws IOException {
        Dataset data = Catalogue.open("mnist", Optional.empty(), Progress.SILENT);
        List<Choice> choices = Choice.all(data.size()).stream()
                .filter(c -> c.equals(Choice.first()) || c.kind().startsWith(options.text("only")))
                .toList();
        int rounds = options.number("rounds");
        double[][] rates = new double[choices.size()][rounds];
        List<Run> runs = new ArrayList<>();
        Moment begun = Moment.now();
        try {
            for (Choice choice : choices) {
                Run run = choice.training().start(data, options.number("threads"));
                runs.add(run);
                steps(run, 5 * options.number("milliseconds")); // until it is compiled
            }
            begun = Moment.now();
            for (int round = 0; round < rounds; round++) {
                for (int c = 0; c < choices.size(); c++) {
                    rates[c][round] = steps(runs.get(c), options.number("milliseconds"));
                }
            }
        } finally {
            runs.forEach(Run::close);
        }
        double foreign = Moment.now().foreignCores(begun);
        return lines(choices, rates, foreign);
    }

    /** Steps a second, over so many milliseconds and at least one step. */
    private static double steps(Run run, int milliseconds) {
        long start = System.nanoTime();
        long steps = 0;
        double seconds = 0;
        while (seconds < milliseconds / 1e3) {
            run.next();
            steps++;
            seconds = (System.nanoTime() - start) / 1e9;
        }
        return steps / seconds;
    }

    /** The table; {@code rates} are by choice and round. */
    static List<String> lines(List<Choice> choices, double[][] rates, double foreign) {
        List<String> lines = new ArrayList<>(List.of(
                "| | option | K | steps a second | of the first row | min–max |", "|---|---|---:|---:|---:|---:|"));
        double first = Moment.median(rates[0]);
        String kind = "";
        for (int c = 0; c < choices.size(); c++) {
            Choice choice = choices.get(c);
            double median = Moment.median(rates[c]);
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | `%s` | %d | %s | %.2f | %s–%s |",
                    choice.kind().equals(kind) ? "" : choice.kind(),
                    choice.option(),
                    choice.training().objective().samples(),
                    number(median),
                    median / first,
                    number(Arrays.stream(rates[c]).min().orElseThrow()),
                    number(Arrays.stream(rates[c]).max().orElseThrow())));
            kind = choice.kind();
        }
        lines.add("");
        lines.add(String.format(Locale.ROOT, "Others used %.2f cores meanwhile.", foreign));
        return lines;
    }

    private static String number(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%,.0f", rate);
    }
}
