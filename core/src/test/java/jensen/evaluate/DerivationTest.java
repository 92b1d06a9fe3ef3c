package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import jensen.model.Amortised;
import jensen.model.CorrelatedFamily;
import jensen.model.Head;
import jensen.model.Refinement;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import org.junit.jupiter.api.Test;

/** On the model of {@link EvaluatorTest}, where each line has a closed form. */
class DerivationTest {
    private static final double SHIFT = 0.3;
    private static final double FACTOR = 2;
    private static final double GAP =
            0.5 * (FACTOR + SHIFT * SHIFT * EvaluatorTest.M / EvaluatorTest.S2 - 1 - Math.log(FACTOR));

    private static List<Derivation> derive(EvidenceMethod method) {
        return Derivation.of(
                EvaluatorTest.evaluator(SHIFT, FACTOR, 2),
                EvaluatorTest.DATA,
                EvaluatorTest.all(),
                method,
                new BestPosterior(new Refinement(400, 8, 0.05)),
                4000,
                n -> {});
    }

    private static Derivation.Line line(List<Derivation.Line> lines, String start) {
        return lines.stream()
                .filter(l -> l.label().startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyLineAddsUp() {
        for (Derivation d : derive(new ClosedForm())) {
            double exact = EvaluatorTest.logEvidence(EvaluatorTest.X[d.index()]);
            assertThat(line(d.lines(), "log p(x) =").value()).isCloseTo(exact, within(1e-10));
            Derivation.Line jensen = line(d.lines(), "≥");
            double sum = line(d.lines(), "= E_q[log p(x|z)]").value()
                    + line(d.lines(), "+ E_q[log p(z)]").value()
                    + line(d.lines(), "− E_q[log q").value();
            assertThat(sum).isCloseTo(jensen.value(), within(1e-9));
            assertThat(line(d.route(), "⇒").value()).isEqualTo(jensen.value());
            assertThat(line(d.route(), "= E_q").value()).isCloseTo(-jensen.value(), within(1e-9));
            Derivation.Line bound = line(d.lines(), "= E_q[log p(x|z)] − KL");
            assertThat(bound.value()).isEqualTo(d.reconstruction().value() - d.kl().value());
            assertThat(bound.value()).isCloseTo(exact - GAP, within(5 * bound.standardError()));
            assertThat(line(d.lines(), "= log E_q").value())
                    .isCloseTo(exact, within(5 * line(d.lines(), "= log E_q").standardError()));
        }
    }

    /** The family holds the posterior: all of the gap is the network's, and a q of its own closes it. */
    @Test
    void theGapIsAmortisationWhereTheFamilyHoldsThePosterior() {
        for (Derivation d : derive(new ClosedForm())) {
            assertThat(d.gap().value()).isCloseTo(GAP, within(5 * d.gap().standardError()));
            assertThat(d.amortisationGap().value())
                    .isCloseTo(GAP, within(5 * d.amortisationGap().standardError() + 0.005));
            assertThat(d.approximationGap().value())
                    .isCloseTo(0, within(5 * d.approximationGap().standardError() + 0.005));
        }
    }

    @Test
    void byQuadratureTheDivergenceIsFoundOnItsOwn() {
        for (Derivation d : derive(new Quadrature(1e-9, 100_000))) {
            assertThat(line(d.route(), "0 ≤").value()).isCloseTo(GAP, within(1e-6));
            assertThat(line(d.route(), "0 ≤").method()).isEqualTo("evaluate.Quadrature.gap");
        }
    }

    /** Bound and divergence are found without draws, each by itself: with either wrong they would not add up. */
    @Test
    void withoutDrawsTheBoundAndTheDivergenceAddUp() {
        for (EvidenceMethod method : List.of(new ClosedForm(), new Quadrature(1e-9, 100_000))) {
            for (Derivation d : derive(method)) {
                double exact = EvaluatorTest.logEvidence(EvaluatorTest.X[d.index()]);
                assertThat(check(d, "L by draws").right()).isCloseTo(exact - GAP, within(1e-6));
                assertThat(check(d, "L + KL").left()).isCloseTo(exact, within(1e-6));
                assertThat(check(d, "L + KL").tolerance()).isLessThan(2e-6);
                assertThat(d.checks()).hasSize(5).allMatch(Derivation.Check::holds);
            }
        }
    }

    /** KL has no closed form: the bound is one integral, and a mixture of its own finds the posterior, a normal. */
    @Test
    void aMixtureIsDerivedAsWell() {
        Evaluator like = EvaluatorTest.evaluator(SHIFT, FACTOR, 2);
        CorrelatedFamily.NormalMixture family = new CorrelatedFamily.NormalMixture(2);
        Amortised guide = new Amortised(new Head(new Mlp(2, List.of(), family.outputs(1), Activation.TANH), family, 1));
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, Generator.of(3), DType.FLOAT64, Device.CPU);
        List<Derivation> found = Derivation.of(
                like.with(guide, phi),
                EvaluatorTest.DATA,
                EvaluatorTest.all(),
                new Quadrature(1e-9, 100_000),
                new BestPosterior(new Refinement(600, 32, 0.05)),
                4000,
                n -> {});
        for (Derivation d : found) {
            double exact = EvaluatorTest.logEvidence(EvaluatorTest.X[d.index()]);
            assertThat(check(d, "L + KL").left()).isCloseTo(exact, within(1e-6));
            assertThat(d.checks()).hasSizeGreaterThanOrEqualTo(3).allMatch(Derivation.Check::holds);
            assertThat(d.gap().value()).isGreaterThan(0.05);
            assertThat(d.approximationGap().value())
                    .isCloseTo(0, within(5 * d.approximationGap().standardError() + 0.02));
        }
        assertThat(line(
                                Derivation.of(
                                                like.with(guide, phi),
                                                EvaluatorTest.DATA,
                                                new int[] {0},
                                                new ClosedForm(),
                                                new BestPosterior(new Refinement(1, 1, 0.05)),
                                                100,
                                                n -> {})
                                        .get(0)
                                        .route(),
                                "0 ≤")
                        .method())
                .isEqualTo("evaluate.Derivation.of");
    }

    private static Derivation.Check check(Derivation d, String start) {
        return d.checks().stream()
                .filter(c -> c.label().startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    /** One of four has too heavy a tail, and its log p(x) another method. */
    @Test
    void aTotalCountsWhatIsNotToBeTrusted() {
        List<Derivation> each = new ArrayList<>(derive(new ClosedForm()));
        each.set(0, doubtful(each.get(0)));
        List<Derivation.Line> lines = DerivationTotal.of(each).lines();
        assertThat(line(lines, "= log E_q").reason())
                .isEqualTo("multiply by q/q; not to be trusted for 1 of 4, as k̂ is above 0.7");
        assertThat(line(lines, "log p(x) =").method()).isEqualTo("evaluate.Derivation.of");
        assertThat(line(lines, "≥").reason()).isEqualTo("Jensen");
        assertThat(line(lines, "≥").method()).isEqualTo("bound.Elbo.sampled");
    }

    private static Derivation doubtful(Derivation d) {
        List<Derivation.Line> lines = new ArrayList<>(d.lines());
        lines.set(0, with(lines.get(0), lines.get(0).reason(), "evaluate.Quadrature.evidence"));
        lines.set(
                1,
                with(
                        lines.get(1),
                        "multiply by q/q; not to be trusted, as k̂ is above 0.7",
                        lines.get(1).method()));
        return new Derivation(
                d.index(),
                lines,
                d.route(),
                d.evidence(),
                d.elbo(),
                d.reconstruction(),
                d.kl(),
                d.gap(),
                d.approximationGap(),
                d.amortisationGap(),
                d.best(),
                d.bounds(),
                d.checks());
    }

    private static Derivation.Line with(Derivation.Line line, String reason, String method) {
        return new Derivation.Line(line.label(), reason, method, line.estimate());
    }

    /** From the ELBO at one draw to log E_q[p(x,z) / q(z|x)] at all, ever tighter; and the data's means and gaps. */
    @Test
    void boundsOfMoreDrawsAreTighter() {
        List<Derivation> each = derive(new ClosedForm());
        DerivationTotal total = DerivationTotal.of(each);
        assertThat(total.bounds()).extracting(DerivationTotal.Tightness::draws).containsExactly(1, 5, 50, 4000);
        for (int i = 0; i < 4; i++) {
            DerivationTotal.Tightness bound = total.bounds().get(i);
            double mean = 0;
            double evidence = 0;
            for (Derivation d : each) {
                mean += d.bounds().get(i).value().value() / each.size();
                evidence += d.evidence().value() / each.size();
            }
            assertThat(bound.value().value()).isCloseTo(mean, within(1e-9));
            assertThat(bound.gap().value()).isCloseTo(evidence - mean, within(1e-9));
            assertThat(bound.spread()).isPositive();
            if (i > 0) {
                DerivationTotal.Tightness looser = total.bounds().get(i - 1);
                assertThat(bound.value().value())
                        .isGreaterThan(looser.value().value()
                                - 5 * bound.value().plus(looser.value()).standardError());
            }
        }
        double elbo = each.stream()
                .mapToDouble(d -> line(d.lines(), "≥").value())
                .average()
                .orElseThrow();
        assertThat(total.bounds().get(0).value().value()).isCloseTo(elbo, within(1e-9));
        assertThat(total.bounds().get(0).gap().value())
                .isCloseTo(GAP, within(5 * total.bounds().get(0).gap().standardError()));
        assertThat(total.bounds().get(3).gap().value())
                .isCloseTo(0, within(5 * total.bounds().get(3).gap().standardError()));
        assertThat(total.covered()).isBetween(each.size() - 2, each.size());
        assertThat(total.checks()).hasSize(5).allMatch(c -> c.rows() == each.size() && c.failed() == 0);
    }
}
