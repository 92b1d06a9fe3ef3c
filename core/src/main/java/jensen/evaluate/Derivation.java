package jensen.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Reparameterised;
import jensen.model.LogWeights;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Scope;

/**
 * Every line of the derivation of the bound from log p(x), evaluated on one datum; all in nats.
 *
 * @param index the datum's row
 * @param lines from log p(x) to the bound, and what was lost
 * @param route from KL(q ‖ p(z|x)) ≥ 0 to the same bound
 * @param evidence log p(x)
 * @param elbo E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))
 * @param reconstruction E_q[log p(x|z)]
 * @param kl KL(q(z|x) ‖ p(z))
 * @param gap log p(x) − ELBO = KL(q(z|x) ‖ p(z|x))
 * @param approximationGap the part of the gap that the best q of the family would have too
 * @param amortisationGap the part that comes from a network choosing q
 * @param best the bound with the best q of the family for this datum
 */
public record Derivation(
        int index,
        List<Line> lines,
        List<Line> route,
        Evidence evidence,
        Estimate elbo,
        Estimate reconstruction,
        Estimate kl,
        Estimate gap,
        Estimate approximationGap,
        Estimate amortisationGap,
        Estimate best) {
    /**
     * One line.
     *
     * @param label the formula
     * @param reason what leads to it from the line before
     * @param method where it is computed, as Package.Class.method
     * @param value in nats
     * @param standardError in nats; 0 where the value is exact
     */
    public record Line(String label, String reason, String method, double value, double standardError) {
        Line(String label, String reason, String method, Estimate e) {
            this(label, reason, method, e.value(), e.standardError());
        }
    }

    /**
     * Derives.
     *
     * @param method by which log p(x) is found
     * @param field how the best q is found
     * @param samples draws from q for each expectation
     */
    public static List<Derivation> of(
            Evaluator evaluator, Dataset data, int[] rows, EvidenceMethod method, MeanField field, int samples) {
        List<Evidence> evidence = method.evidence(evaluator, data, rows, n -> {});
        List<MeanField.Gain> gains = field.gains(evaluator, data, rows, samples, n -> {});
        // by quadrature the divergence from the posterior is found on its own, not as a difference
        List<Estimate> divergences = method instanceof Quadrature q ? q.gap(evaluator, data, rows, n -> {}) : List.of();
        return IntStream.range(0, rows.length)
                .mapToObj(i -> of(
                        draw(evaluator, data, rows[i], samples),
                        evidence.get(i),
                        gains.get(i),
                        divergences.isEmpty() ? Optional.empty() : Optional.of(divergences.get(i))))
                .toList();
    }

    /** The terms of log w at draws from q: what the expectations are the means of. */
    private record Draws(int index, double[] logLikelihood, double[] logPrior, double[] logPosterior, Estimate kl) {
        Estimate mean(double likelihood, double prior, double posterior) {
            return Estimate.mean(combine(likelihood, prior, posterior));
        }

        double[] combine(double likelihood, double prior, double posterior) {
            return IntStream.range(0, logLikelihood.length)
                    .mapToDouble(k -> (likelihood == 0 ? 0 : likelihood * logLikelihood[k])
                            + (prior == 0 ? 0 : prior * logPrior[k])
                            + (posterior == 0 ? 0 : posterior * logPosterior[k]))
                    .toArray();
        }
    }

    private static Draws draw(Evaluator e, Dataset data, int row, int samples) {
        int[] rows = {row};
        double[][] likelihood = new double[1][samples];
        double[][] prior = new double[1][samples];
        double[][] posterior = new double[1][samples];
        return Native.withoutGradient(() -> {
            try (Scope scope = new Scope()) {
                Batch batch = e.read(data, rows);
                Reparameterised q = e.guide().posterior(e.phi(), batch);
                Generator noise = e.rng().split("derivation");
                int chunk = e.chunk(1, samples, batch);
                Estimate kl = new Estimate(Double.NaN, Double.NaN);
                for (int from = 0, c = 0; from < samples; from += chunk, c++) {
                    int k = Math.min(chunk, samples - from);
                    try (Scope inner = new Scope()) {
                        LogWeights w = e.model()
                                .logWeights(
                                        e.theta(),
                                        batch,
                                        q.draw(k, noise.split(c).rows(rows)),
                                        q);
                        Evaluator.spread(w.logLikelihood(), likelihood, from, k);
                        Evaluator.spread(w.logPrior(), prior, from, k);
                        Evaluator.spread(w.logPosterior(), posterior, from, k);
                        kl = w.closedFormKl()
                                .map(exact -> new Estimate(exact.item(), 0))
                                .orElse(kl);
                    }
                }
                Draws draws = new Draws(row, likelihood[0], prior[0], posterior[0], kl);
                return Double.isNaN(kl.value())
                        ? new Draws(row, likelihood[0], prior[0], posterior[0], draws.mean(0, -1, 1))
                        : draws;
            }
        });
    }

    private static Derivation of(Draws d, Evidence evidence, MeanField.Gain gain, Optional<Estimate> divergence) {
        Estimate logEvidence = new Estimate(evidence.value(), evidence.standardError());
        Estimate reconstruction = d.mean(1, 0, 0);
        boolean exactKl = d.kl().standardError() == 0;
        Estimate elbo = exactKl
                ? new Estimate(reconstruction.value() - d.kl().value(), reconstruction.standardError())
                : d.mean(1, 1, -1);
        Estimate gap = difference(logEvidence, elbo);
        Estimate best = gain.best();
        return new Derivation(
                d.index(),
                lines(d, evidence, elbo, reconstruction, gap),
                route(d, logEvidence, divergence.orElse(gap), divergence.isPresent()),
                evidence,
                elbo,
                reconstruction,
                d.kl(),
                gap,
                difference(logEvidence, best),
                gain.gain(),
                best);
    }

    private static List<Line> lines(Draws d, Evidence evidence, Estimate elbo, Estimate reconstruction, Estimate gap) {
        LogMeanExp weights = LogMeanExp.of(d.combine(1, 1, -1));
        String terms = "model.Model.logWeights";
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "log p(x) = log ∫ p(x,z) dz",
                "marginalise z",
                "evaluate." + evidence.method().getClass().getSimpleName() + ".evidence",
                evidence.value(),
                evidence.standardError()));
        lines.add(new Line(
                "= log E_q[p(x,z) / q(z|x)]",
                "multiply by q/q",
                "evaluate.LogMeanExp.of",
                weights.value(),
                weights.standardError()));
        lines.add(new Line("≥ E_q[log p(x,z) − log q(z|x)] = L", "Jensen", "bound.Elbo.sampled", d.mean(1, 1, -1)));
        lines.add(new Line("= E_q[log p(x|z)]", "conditional probability, logs", terms, reconstruction));
        lines.add(new Line("+ E_q[log p(z)]", "", terms, d.mean(0, 1, 0)));
        lines.add(new Line("− E_q[log q(z|x)]", "", terms, d.mean(0, 0, -1)));
        lines.add(new Line("= E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))", "definition of KL", "bound.Elbo.analytic", elbo));
        lines.add(new Line("KL(q(z|x) ‖ p(z))", "", "dist.Kl.closedForm", d.kl()));
        lines.add(new Line("log p(x) − L = KL(q(z|x) ‖ p(z|x)) ≥ 0", "what was lost", "evaluate.Derivation.of", gap));
        return List.copyOf(lines);
    }

    private static List<Line> route(Draws d, Estimate logEvidence, Estimate divergence, boolean alone) {
        Estimate expanded = d.mean(-1, -1, 1);
        return List.of(
                new Line(
                        "0 ≤ KL(q(z|x) ‖ p(z|x))",
                        "a divergence is never negative",
                        alone ? "evaluate.Quadrature.gap" : "evaluate.Derivation.of",
                        divergence),
                new Line(
                        "= E_q[log q(z|x) − log p(x,z)]", "p(z|x) = p(x,z) / p(x)", "model.Model.logWeights", expanded),
                new Line("+ log p(x)", "which does not depend on z", "evaluate.Evidence", logEvidence),
                new Line(
                        "⇒ log p(x) ≥ −E_q[log q(z|x) − log p(x,z)] = L",
                        "move it over",
                        "bound.Elbo.sampled",
                        d.mean(1, 1, -1)));
    }

    /** Of two independent estimates. */
    private static Estimate difference(Estimate a, Estimate b) {
        return new Estimate(a.value() - b.value(), Math.hypot(a.standardError(), b.standardError()));
    }
}
