package jensen.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.Distribution;
import jensen.dist.MultivariateNormal;
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
 * @param amortisationGap the rest: what the best q of the family has above the guide's, where a network has chosen it or steps
 *     of the datum's own have ended
 * @param best the bound with the best q of the family for this datum
 * @param bounds those of K draws, from the ELBO at K = 1 on, on the same draws
 * @param checks sums that must be equal, and whether they are
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
        Estimate best,
        List<Bounded> bounds,
        List<Check> checks) {
    /** The numbers of draws whose bounds are looked at, besides that of all draws. */
    private static final List<Integer> DRAWS = List.of(1, 5, 50);

    /** How far apart sums of float64 numbers may be that are found without draws, in nats. */
    private static final double APART = 1e-6;

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

        /** Whether its reason does not say otherwise. */
        boolean trusted() {
            return !reason.endsWith(untrusted(""));
        }

        /** The value with its error. */
        public Estimate estimate() {
            return new Estimate(value, standardError);
        }
    }

    /**
     * A bound of several draws.
     *
     * @param draws K
     * @param value E_q[log 1/K Σ w_k]
     */
    public record Bounded(int draws, Estimate value) {}

    /**
     * Two ways to one number.
     *
     * @param label what should be equal
     * @param left one
     * @param right the other
     * @param tolerance how far apart they may be, in nats: what rounding, or four standard errors, allow
     */
    public record Check(String label, double left, double right, double tolerance) {
        /** Whether they are equal as far as that can be said. */
        public boolean holds() {
            return Math.abs(left - right) <= tolerance;
        }
    }

    /**
     * Derives.
     *
     * @param method by which log p(x) is found
     * @param best how the best q is found
     * @param samples draws from q for each expectation
     * @param done told how many more rows are done, from any thread
     */
    public static List<Derivation> of(
            Evaluator evaluator,
            Dataset data,
            int[] rows,
            EvidenceMethod method,
            BestPosterior best,
            int samples,
            IntConsumer done) {
        Evaluator once = evaluator.settled(data, rows, n -> {});
        List<Evidence> evidence = method.evidence(once, data, rows, done);
        List<BestPosterior.Gain> gains = best.gains(once, data, rows, samples, n -> {});
        List<Optional<Exact>> exact = exact(once, data, rows, evidence);
        return IntStream.range(0, rows.length)
                .mapToObj(i -> of(draw(once, data, rows[i], samples), evidence.get(i), gains.get(i), exact.get(i)))
                .toList();
    }

    /**
     * The two parts of log p(x), each found on its own and without draws.
     *
     * @param elbo the bound
     * @param divergence KL(q ‖ p(z|x))
     */
    private record Exact(Estimate elbo, Estimate divergence) {}

    private static List<Optional<Exact>> exact(Evaluator e, Dataset data, int[] rows, List<Evidence> evidence) {
        if (rows.length > 0 && evidence.get(0).method() instanceof Quadrature method) {
            List<Estimate> elbo = method.elbo(e, data, rows, n -> {});
            List<Estimate> divergence = method.gap(e, data, rows, n -> {});
            return IntStream.range(0, rows.length)
                    .mapToObj(i -> Optional.of(new Exact(elbo.get(i), divergence.get(i))))
                    .toList();
        }
        if (rows.length > 0 && evidence.get(0).method() instanceof EnumeratedEvidence method) {
            List<Estimate> elbo = method.elbo(e, data, rows, n -> {});
            List<Estimate> divergence = method.gap(e, data, rows, n -> {});
            return IntStream.range(0, rows.length)
                    .mapToObj(i -> Optional.of(new Exact(elbo.get(i), divergence.get(i))))
                    .toList();
        }
        return evidence.stream()
                .map(of -> of.method() instanceof ClosedForm
                        ? closedForm(e.inDouble(), data, of.index())
                        : Optional.<Exact>empty())
                .toList();
    }

    private static Optional<Exact> closedForm(Evaluator e, Dataset data, int row) {
        LinearGaussian model =
                LinearGaussian.of(e.model(), e.theta()).orElseThrow(() -> new IllegalStateException("not linear"));
        return Native.withoutGradient(() -> {
            try (Scope scope = new Scope()) {
                Batch batch = e.read(data, new int[] {row});
                Reparameterised q = Reparameterised.require(e.posterior(data, batch));
                if (MultivariateNormal.of(q).isEmpty()) {
                    return Optional.empty();
                }
                return Optional.of(new Exact(
                        new Estimate(model.elbo(batch.x(), q).item(), 0),
                        new Estimate(model.gap(batch.x(), q).item(), 0)));
            }
        });
    }

    /** The terms of log w at draws from q: what the expectations are the means of. */
    private record Draws(int index, double[] logLikelihood, double[] logPrior, double[] logPosterior, Estimate kl) {
        /** Whether the divergence is of its closed form. */
        boolean exactKl() {
            return kl.standardError() == 0;
        }

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
                Distribution q = e.posterior(data, batch);
                var weigh = e.model().logWeights(e.theta(), batch);
                Generator noise = e.rng().split("derivation");
                int chunk = e.chunk(1, samples, batch);
                Estimate kl = new Estimate(Double.NaN, Double.NaN);
                for (int from = 0, c = 0; from < samples; from += chunk, c++) {
                    int k = Math.min(chunk, samples - from);
                    try (Scope inner = new Scope()) {
                        LogWeights w = weigh.apply(q.draw(k, noise.split(c).rows(rows)), q);
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

    private static Derivation of(Draws d, Evidence evidence, BestPosterior.Gain gain, Optional<Exact> exact) {
        Estimate logEvidence = new Estimate(evidence.value(), evidence.standardError());
        Estimate reconstruction = d.mean(1, 0, 0);
        Estimate elbo = d.exactKl()
                ? new Estimate(reconstruction.value() - d.kl().value(), reconstruction.standardError())
                : d.mean(1, 1, -1);
        Estimate gap = logEvidence.minus(elbo);
        // what is gained is known better than either bound, so that the best one is found by it
        Estimate best = elbo.plus(gain.gain());
        double[] logWeights = d.combine(1, 1, -1);
        LogMeanExp weights = LogMeanExp.of(logWeights);
        return new Derivation(
                d.index(),
                lines(d, evidence, weights, elbo, gap),
                route(d, evidence, exact.map(Exact::divergence).orElse(gap), exact.isPresent()),
                evidence,
                elbo,
                reconstruction,
                d.kl(),
                gap,
                logEvidence.minus(best),
                gain.gain(),
                best,
                bounds(logWeights),
                checks(d, logEvidence, weights, elbo, exact));
    }

    private static List<Bounded> bounds(double[] logWeights) {
        return Stream.concat(DRAWS.stream().filter(k -> k < logWeights.length), Stream.of(logWeights.length))
                .map(k -> new Bounded(k, LogMeanExp.bound(logWeights, k)))
                .toList();
    }

    private static List<Line> lines(Draws d, Evidence evidence, LogMeanExp weights, Estimate elbo, Estimate gap) {
        String terms = "model.Model.logWeights";
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "log p(x) = log ∫ p(x,z) dz",
                "marginalise z",
                method(evidence),
                new Estimate(evidence.value(), evidence.standardError())));
        lines.add(new Line(
                "= log E_q[p(x,z) / q(z|x)]",
                "multiply by q/q" + (weights.trusted() ? "" : untrusted("")),
                "evaluate.LogMeanExp.of",
                new Estimate(weights.value(), weights.standardError())));
        lines.add(new Line("≥ E_q[log p(x,z) − log q(z|x)] = L", "Jensen", "bound.Elbo.sampled", d.mean(1, 1, -1)));
        lines.add(new Line("= E_q[log p(x|z)]", "conditional probability, logs", terms, d.mean(1, 0, 0)));
        lines.add(new Line("+ E_q[log p(z)]", "", terms, d.mean(0, 1, 0)));
        lines.add(new Line("− E_q[log q(z|x)]", "", terms, d.mean(0, 0, -1)));
        lines.add(new Line("= E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))", "definition of KL", "bound.Elbo.analytic", elbo));
        lines.add(
                new Line("KL(q(z|x) ‖ p(z))", "", d.exactKl() ? "dist.Kl.closedForm" : "model.LogWeights.kl", d.kl()));
        lines.add(new Line("log p(x) − L = KL(q(z|x) ‖ p(z|x)) ≥ 0", "what was lost", "evaluate.Derivation.of", gap));
        return List.copyOf(lines);
    }

    /**
     * What is added to a line's reason where its value is not to be trusted.
     *
     * @param of which data, where there are several
     */
    static String untrusted(String of) {
        return "; not to be trusted" + of + ", as k̂ is above " + LogMeanExp.TRUSTED;
    }

    private static String method(Evidence evidence) {
        return "evaluate." + evidence.method().getClass().getSimpleName() + ".evidence";
    }

    private static List<Line> route(Draws d, Evidence evidence, Estimate divergence, boolean alone) {
        String gap = evidence.method() instanceof ClosedForm
                ? "evaluate.LinearGaussian.gap"
                : method(evidence).replace(".evidence", ".gap");
        return List.of(
                new Line(
                        "0 ≤ KL(q(z|x) ‖ p(z|x))",
                        "no KL is negative",
                        alone ? gap : "evaluate.Derivation.of",
                        divergence),
                new Line(
                        "= E_q[log q(z|x) − log p(x,z)]",
                        "p(z|x) = p(x,z) / p(x)",
                        "model.Model.logWeights",
                        d.mean(-1, -1, 1)),
                new Line(
                        "+ log p(x)",
                        "free of z",
                        method(evidence),
                        new Estimate(evidence.value(), evidence.standardError())),
                new Line(
                        "⇒ log p(x) ≥ E_q[log p(x,z) − log q(z|x)]",
                        "move it over: L",
                        "bound.Elbo.sampled",
                        d.mean(1, 1, -1)));
    }

    private static List<Check> checks(
            Draws d, Estimate logEvidence, LogMeanExp weights, Estimate elbo, Optional<Exact> exact) {
        List<Check> checks = new ArrayList<>();
        Estimate sampled = d.mean(1, 1, -1);
        double sum = d.mean(1, 0, 0).value()
                + d.mean(0, 1, 0).value()
                + d.mean(0, 0, -1).value();
        checks.add(new Check("the three terms add up to L", sum, sampled.value(), 1e-9 * (1 + Math.abs(sum))));
        if (d.exactKl()) {
            // both bounds are of the same draws: the divergence alone tells them apart
            double spread = d.mean(0, -1, 1).standardError();
            checks.add(new Check(
                    "L is the same with KL in closed form",
                    elbo.value(),
                    sampled.value(),
                    4 * spread + rounding(sum, elbo.value())));
        }
        exact.ifPresent(parts -> {
            Estimate bound = parts.elbo();
            checks.add(new Check(
                    "L by draws is L without draws",
                    elbo.value(),
                    bound.value(),
                    4 * elbo.standardError() + bound.standardError() + rounding(sum, elbo.value())));
            checks.add(new Check(
                    "L + KL(q(z|x) ‖ p(z|x)) is log p(x)",
                    bound.value() + parts.divergence().value(),
                    logEvidence.value(),
                    bound.standardError() + parts.divergence().standardError() + logEvidence.standardError() + APART));
        });
        if (weights.trusted()) {
            checks.add(new Check(
                    "log E_q[p(x,z)/q(z|x)] is log p(x)",
                    weights.value(),
                    logEvidence.value(),
                    4 * Math.hypot(weights.standardError(), logEvidence.standardError())
                            + rounding(sum, elbo.value())));
        }
        return List.copyOf(checks);
    }

    /** How far sums of float32 numbers of this size may be apart. */
    private static double rounding(double a, double b) {
        return 1e-5 * (1 + Math.max(Math.abs(a), Math.abs(b)));
    }
}
