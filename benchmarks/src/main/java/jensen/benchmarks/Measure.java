package jensen.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.datasets.Catalogue;
import jensen.datasets.Progress;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.experiment.Json;
import jensen.tensor.Generator;
import jensen.train.Profile;
import jensen.train.Run;
import jensen.train.Training;

/**
 * Times one workload on MNIST and prints one JSON record: examples per second by epoch, the time per step by part, peak
 * memory, and the test ELBO, by which two sides of a comparison are seen to do the same work.
 *
 * <pre>Measure --workload mlp|mlp1000|iwae|conv [--evaluate] [--epochs 3] [--warmup 1] [--threads 2] [--seed 0] [--limit N]</pre>
 *
 * With {@code --evaluate}, after training the epochs are passes over 200 test images, each estimating log p(x) with 5,000
 * draws.
 */
public final class Measure {
    private static final int EVALUATED = 200;
    private static final int DRAWS = 5000;

    private final Map<String, String> options = new LinkedHashMap<>(Map.of(
            "workload",
            "mlp",
            "epochs",
            "3",
            "warmup",
            "1",
            "threads",
            "2",
            "seed",
            "0",
            "limit",
            "60000",
            "evaluate",
            "no"));

    private Measure(String[] args) {
        for (int i = 0; i < args.length; i++) {
            String name = args[i].replaceFirst("^--", "");
            if (!options.containsKey(name)) {
                throw new IllegalArgumentException("expected one of " + options.keySet() + ", found " + args[i]);
            }
            options.put(name, name.equals("evaluate") || i + 1 == args.length ? "yes" : args[++i]);
        }
    }

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        System.out.println(Json.line(new Measure(args).record()));
    }

    private int number(String option) {
        return Integer.parseInt(String.valueOf(options.get(option)));
    }

    /** What was measured, by name. */
    Map<String, Object> record() throws IOException {
        Training training = Workload.valueOf(
                        String.valueOf(options.get("workload")).toUpperCase(Locale.ROOT))
                .training()
                .withSeed(number("seed"));
        Dataset train = Catalogue.open("mnist", Optional.empty(), Progress.SILENT);
        Dataset test = Catalogue.open("mnist:test", Optional.empty(), Progress.SILENT);
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("peer", "jensen");
        record.put("workload", options.get("workload"));
        record.put("threads", number("threads"));
        record.put("batch", training.batch());
        record.put("shards", training.shards());
        try (Run run = training.start(train.rows(0, Math.min(train.size(), number("limit"))), number("threads"))) {
            List<Double> rates = train(run, record);
            Evaluator evaluator = new Evaluator(
                    training.model(),
                    run.theta(),
                    training.guide(),
                    run.phi(),
                    training.encoding(),
                    Generator.of(1),
                    number("threads"));
            record.put("test_elbo", elbo(evaluator, test));
            if ("yes".equals(options.get("evaluate"))) {
                rates = evaluate(evaluator, test, record);
            }
            record.put("epoch_rates", rates);
            record.put("rate", median(rates));
        }
        record.put("peak_rss_mib", peakMemory());
        return record;
    }

    private List<Double> train(Run run, Map<String, Object> record) {
        int warmup = number("warmup");
        List<Double> rates = new ArrayList<>();
        Map<Profile.Part, Double> before = new LinkedHashMap<>();
        for (int epoch = 0; epoch < warmup + number("epochs"); epoch++) {
            if (epoch == warmup) {
                for (Profile.Part part : Profile.Part.values()) {
                    before.put(part, run.profile().seconds(part));
                }
            }
            long start = System.nanoTime();
            long examples = 0;
            for (int step = 0; step < run.stepsPerEpoch(); step++) {
                examples += run.next().examples();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (epoch >= warmup) {
                rates.add(examples / seconds);
            }
        }
        int steps = Math.max(1, number("epochs") * run.stepsPerEpoch());
        Map<String, Double> parts = new LinkedHashMap<>();
        before.forEach((part, seconds) -> parts.put(
                part.name().toLowerCase(Locale.ROOT), 1e3 * (run.profile().seconds(part) - seconds) / steps));
        record.put("thread_ms_per_step", parts);
        return rates;
    }

    private static double elbo(Evaluator evaluator, Dataset test) {
        int[] all = IntStream.range(0, test.size()).toArray();
        return evaluator.rows(test, all, 1, n -> {}).stream()
                .mapToDouble(Row::elbo)
                .average()
                .orElse(Double.NaN);
    }

    private List<Double> evaluate(Evaluator evaluator, Dataset test, Map<String, Object> record) {
        int[] rows = IntStream.range(0, EVALUATED).toArray();
        List<Double> rates = new ArrayList<>();
        for (int pass = 0; pass < number("warmup") + number("epochs"); pass++) {
            long start = System.nanoTime();
            List<Row> found = evaluator.rows(test, rows, DRAWS, n -> {});
            if (pass >= number("warmup")) {
                rates.add(EVALUATED / ((System.nanoTime() - start) / 1e9));
            }
            record.put(
                    "log_likelihood",
                    found.stream().mapToDouble(Row::logEvidence).average().orElse(Double.NaN));
        }
        return rates;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /** The process's peak resident memory in MiB, from the kernel; NaN where there is no such file. */
    private static double peakMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(l -> l.startsWith("VmHWM:"))
                .mapToDouble(l -> Double.parseDouble(l.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }
}
