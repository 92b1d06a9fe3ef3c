package jensen.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jensen.data.Dataset;
import jensen.evaluate.Evaluator;
import jensen.gradient.Objective;
import jensen.gradient.SignalToNoise;
import jensen.gradient.Target;
import jensen.model.PerDatum;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.train.Training;

/**
 * The noise of the gradient that a run climbed, where it ended.
 *
 * @param objective the run's
 * @param batch the data in a batch
 * @param ratio what was measured
 */
record GradientNoise(Objective objective, int batch, SignalToNoise ratio) {
    /** Measures it on as many rows as the run's batches have, spread evenly. */
    static GradientNoise of(Trained trained, Dataset data, int repetitions, long seed) {
        Training training = trained.experiment().training();
        Evaluator e = trained.evaluator();
        if (e.guide() instanceof PerDatum) {
            throw new IllegalArgumentException(
                    "expected a run whose q is a function of x, found a table of the training data: it has no gradient on"
                            + " others");
        }
        int[] rows = data.spread(training.batch());
        try (Scope scope = new Scope()) {
            Generator rng = Generator.of(seed).split("gradient noise");
            Target.OfBatch target = new Target.OfBatch(
                    e.model(), e.theta(), e.guide(), e.phi(), e.read(data, rows), rng.split("posterior"));
            return new GradientNoise(
                    training.objective(),
                    rows.length,
                    SignalToNoise.of(training.objective(), training.klWeight(), target, data.size(), repetitions, rng));
        }
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bound", objective.bound().name());
        fields.put("gradient", objective.gradient().name());
        fields.put("samples", objective.samples());
        fields.put("batch", batch);
        fields.put("repetitions", ratio.repetitions());
        Results.put(fields, "theta", ratio.theta());
        Results.put(fields, "phi", ratio.phi());
        fields.put("ofPureNoise", ratio.ofPureNoise());
        return fields;
    }

    List<String> lines() {
        return List.of(
                "",
                String.format(
                        Locale.ROOT,
                        "gradient of %s by %s with %s on a batch of %d, %s: signal-to-noise ratio",
                        objective.bound().name(),
                        objective.gradient().name(),
                        Results.count(objective.samples(), "draw"),
                        batch,
                        Results.count(ratio.repetitions(), "repetition")),
                String.format(
                        Locale.ROOT,
                        "%.3f of theta, %.3f of phi (%.3f would be pure noise)",
                        ratio.theta(),
                        ratio.phi(),
                        ratio.ofPureNoise()));
    }
}
