package jensen.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import jensen.bound.ImportanceWeighted;
import jensen.data.Dataset;
import jensen.datasets.Catalogue;
import jensen.datasets.Progress;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.experiment.Json;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Safetensors;
import jensen.tensor.Scope;
import jensen.train.Profile;
import jensen.train.Run;
import jensen.train.Step;
import jensen.train.Training;

/**
 * Times one workload and prints one JSON record: examples per second by epoch, the time per step by part, memory, the cores
 * that this process and others used, and the bound on test data, by which two sides of a comparison are seen to do the
 * same work.
 *
 * <pre>Measure --workload mlp|mlp1000|iwae|conv [--evaluate [--weights FILE]] [--epochs 3] [--warmup 1] [--threads 2] [--seed 0]
 *         [--limit N] [--milliseconds N] [--untested] [--data mnist] [--hidden N] [--latent N] [--samples K] [--batch N]</pre>
 *
 * <p>Training starts as the peers' does, at Glorot's weights and no biases. With {@code --evaluate} the epochs are passes over
 * 200 test images, each estimating log p(x) with 5,000 draws, after training or with the weights of a file; with
 * {@code --milliseconds} an epoch is so long instead of once through the data, with {@code --untested} there is no bound on
 * test data. The sizes replace those of the workload.
 */
public final class Measure {
    private static final int EVALUATED = 200;
    private static final int DRAWS = 5000;

    private final Options options;
    private final Training training;
    private final int warmup;
    private final int epochs;
    private final List<Double> rates = new ArrayList<>();
    private final Map<String, Object> record = new LinkedHashMap<>();

    private Measure(Options options) {
        this.options = options;
        this.training = training(options).withSeed(options.number("seed"));
        this.warmup = options.number("warmup");
        this.epochs = options.number("epochs");
    }

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        Map<String, String> known = new LinkedHashMap<>();
        known.put("workload", "mlp");
        known.put("evaluate", "");
        known.put("weights", "");
        known.put("untested", "");
        known.put("milliseconds", "0");
        known.put("data", "mnist");
        known.putAll(Map.of("epochs", "3", "warmup", "1", "threads", "2", "seed", "0", "limit", "0"));
        known.putAll(Map.of("hidden", "0", "latent", "0", "samples", "0", "batch", "0"));
        System.out.println(Json.line(new Measure(new Options(known, args)).record()));
    }

    private static Training training(Options options) {
        String workload = options.text("workload");
        Training t = Workload.named(workload).training();
        OptionalInt hidden = options.positive("hidden");
        OptionalInt latent = options.positive("latent");
        if (hidden.isPresent() || latent.isPresent()) {
            if (!workload.equals("mlp")) {
                throw new IllegalArgumentException("--hidden and --latent: expected --workload mlp, found " + workload);
            }
            t = Workload.mlp(List.of(hidden.orElse(500)), latent.orElse(20));
        }
        OptionalInt samples = options.positive("samples");
        if (samples.isPresent()) {
            t = t.with(new Objective(new ImportanceWeighted(), new Pathwise(), samples.getAsInt()));
        }
        OptionalInt batch = options.positive("batch");
        return batch.isPresent() ? t.withBatch(batch.getAsInt()) : t;
    }

    /** What was measured, by name. */
    Map<String, Object> record() throws IOException {
        Training t = training;
        Dataset all = Catalogue.open(options.text("data"), Optional.empty(), Progress.SILENT);
        Dataset train =
                all.rows(0, Math.min(all.size(), options.positive("limit").orElse(all.size())));
        int threads = options.number("threads");
        record.put("peer", "jensen");
        record.put("workload", options.text("workload"));
        record.put("threads", threads);
        record.put("batch", t.batch());
        record.put("shards", t.shards());
        record.put("rows", train.size());
        record.put("rss_before_training_mib", Moment.mebibytes("VmRSS"));
        Parameters theta = t.theta(DType.FLOAT32, Device.CPU);
        Parameters phi = t.phi(DType.FLOAT32, Device.CPU);
        boolean given = !options.text("weights").isEmpty();
        try (Run run = new Run(t, train, theta, phi, threads)) {
            if (given) {
                load(theta, phi, Path.of(options.text("weights")));
            } else {
                train(run);
            }
        }
        if (options.text("untested").isEmpty()) {
            test(new Evaluator(t.model(), theta, t.guide(), phi, t.encoding(), Generator.of(1), threads), t);
        }
        record.put("epoch_rates", rates);
        record.put("rate", Moment.median(rates.stream().mapToDouble(r -> r).toArray()));
        record.put("peak_rss_mib", Moment.mebibytes("VmHWM"));
        record.put("rss_anonymous_mib", Moment.mebibytes("RssAnon"));
        return record;
    }

    private static void load(Parameters theta, Parameters phi, Path file) throws IOException {
        try (Scope scope = new Scope()) {
            Safetensors weights = Safetensors.read(file);
            theta.load("theta", weights.tensors());
            phi.load("phi", weights.tensors());
        }
    }

    private void train(Run run) throws IOException {
        Map<Profile.Part, Double> before = new EnumMap<>(Profile.Part.class);
        long[] begun = {0};
        double[] bound = {0};
        timed(epoch -> {
            if (epoch == warmup) {
                for (Profile.Part part : Profile.Part.values()) {
                    before.put(part, run.profile().seconds(part));
                }
                begun[0] = run.steps();
            }
            return epoch(run, bound);
        });
        long steps = Math.max(1, run.steps() - begun[0]);
        Map<String, Double> parts = new LinkedHashMap<>();
        for (Profile.Part part : Profile.Part.values()) {
            double seconds = run.profile().seconds(part) - before.getOrDefault(part, 0.0);
            parts.put(part.name().toLowerCase(Locale.ROOT), 1e3 * seconds / steps);
        }
        record.put("steps", steps);
        record.put("thread_ms_per_step", parts);
        record.put("train_bound", bound[0]);
    }

    /** Goes once through the data, or on through them for as long as {@code --milliseconds} says; the bound is the mean. */
    private long epoch(Run run, double[] bound) {
        long last = System.nanoTime() + 1_000_000L * options.number("milliseconds");
        boolean once = options.positive("milliseconds").isEmpty();
        long examples = 0;
        double sum = 0;
        int steps = 0;
        while (once ? steps < run.stepsPerEpoch() : steps == 0 || System.nanoTime() < last) {
            Step s = run.next();
            examples += s.examples();
            sum += s.objective();
            steps++;
        }
        bound[0] = sum / steps;
        return examples;
    }

    private void test(Evaluator evaluator, Training t) throws IOException {
        Dataset test = Catalogue.open("mnist:test", Optional.empty(), Progress.SILENT);
        if (!options.text("evaluate").isEmpty()) {
            int[] rows = IntStream.range(0, EVALUATED).toArray();
            rates.clear();
            timed(pass -> {
                record.put("test_bound", mean(evaluator.rows(test, rows, DRAWS, n -> {}), Row::logEvidence));
                return EVALUATED;
            });
            return;
        }
        int[] rows = IntStream.range(0, test.size()).toArray();
        int k = t.objective().samples();
        record.put("test_bound", mean(evaluator.rows(test, rows, k, n -> {}), k == 1 ? Row::elbo : Row::logEvidence));
    }

    private static double mean(List<Row> rows, ToDoubleFunction<Row> what) {
        return rows.stream().mapToDouble(what).average().orElse(Double.NaN);
    }

    /** A pass over data. */
    private interface Pass {
        /** Does it; returns how many examples it had. */
        long of(int number);
    }

    /** Does some passes untimed and some timed, and records what the latter took. */
    private void timed(Pass pass) throws IOException {
        Moment begun = Moment.now();
        Moment start = begun;
        long examples = 0;
        for (int i = 0; i < warmup + epochs; i++) {
            Moment before = Moment.now();
            if (i == warmup) {
                start = before;
            }
            long n = pass.of(i);
            if (i >= warmup) {
                examples += n;
                rates.add(n / (Moment.now().wall() - before.wall()));
            }
        }
        Moment end = Moment.now();
        record.put("examples", examples);
        record.put("warmup_s", start.wall() - begun.wall());
        record.put("timed_s", end.wall() - start.wall());
        record.put("own_cpu", end.ownCores(start));
        record.put("foreign_cpu", end.foreignCores(start));
    }
}
