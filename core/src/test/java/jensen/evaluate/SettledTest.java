package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.model.Refinement;
import jensen.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A q that takes a search is searched for once, and what is found of it is what it was. */
class SettledTest {
    private static final Refinement CLIMB = new Refinement(40, 4, 0.1);
    private static final long SEARCH = 160;
    private static final Dataset DATA = EvaluatorTest.DATA;
    private static final int ROWS = DATA.size();

    private static Evaluator evaluator(boolean encoder) {
        Evaluator amortised = EvaluatorTest.evaluator(0.6, 3, 2);
        return Counted.of(encoder ? GuidesTest.semiAmortised(amortised, CLIMB) : GuidesTest.perDatum(amortised, CLIMB));
    }

    /** What evaluation looks at, in one list. */
    private static double[] numbers(Evaluator e) {
        int[] all = EvaluatorTest.all();
        List<Double> found = new ArrayList<>();
        Codes codes = e.codes(DATA, all);
        Arrays.stream(codes.mean()).forEach(row -> found.add(row[0]));
        Arrays.stream(codes.kl().orElseThrow()).forEach(row -> found.add(row[0]));
        for (Row row : e.rows(DATA, all, 30, n -> {})) {
            found.addAll(List.of(row.elbo(), row.logEvidence(), row.paretoShape()));
        }
        e.rows(DATA, new int[] {2, 0}, 70, n -> {}).forEach(row -> found.add(row.logEvidence()));
        // whose error is asked for, so that it takes several rounds
        for (ImportanceSampling.Proposal proposal : ImportanceSampling.Proposal.values()) {
            new ImportanceSampling(proposal, 100, 1e-9, 3000)
                    .evidence(e, DATA, all, n -> {})
                    .forEach(of -> found.add(of.value()));
        }
        found.add(ChiUpperBound.of(e, DATA, all, 50, n -> {}).mean().value());
        PosteriorDraws draws = PosteriorDraws.of(e, DATA, 1, 20);
        DoubleStream.of(draws.logWeights()).forEach(found::add);
        return found.stream().mapToDouble(d -> d).toArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSearchIsMadeOnceAndItsNumbersAreThoseOfMany(boolean encoder) {
        Evaluator many = evaluator(encoder);
        double[] expected = numbers(many);
        Evaluator e = evaluator(encoder);
        AtomicInteger told = new AtomicInteger();
        double[] found = numbers(e.settled(DATA, EvaluatorTest.all(), told::addAndGet));
        assertThat(told).hasValue(ROWS);
        assertThat(Counted.draws(e)).isEqualTo(ROWS * SEARCH);
        assertThat(Counted.draws(many)).isGreaterThan(8 * Counted.draws(e));
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as("number %d", i).isCloseTo(expected[i], within(1e-9));
        }
    }

    /** The chains of a datum begin at one q, and the derivation's lines are all of it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chainsAndDerivationsLookItUp(boolean encoder) {
        EvidenceMethod chains =
                new AnnealedImportance(AnnealedImportance.Start.POSTERIOR, AnnealedImportance.Spacing.LINEAR, 4, 8, 2);
        int[] all = EvaluatorTest.all();
        Evaluator amortised = Counted.of(EvaluatorTest.evaluator(0.6, 3, 2));
        chains.evidence(amortised, DATA, all, n -> {});
        Evaluator e = evaluator(encoder);
        List<Evidence> found = chains.evidence(e.settled(DATA, all, n -> {}), DATA, all, n -> {});
        assertThat(Counted.draws(e)).isEqualTo(Counted.draws(amortised) + ROWS * SEARCH);
        List<Evidence> alone = chains.evidence(evaluator(encoder), DATA, all, n -> {});
        for (int i = 0; i < ROWS; i++) {
            assertThat(found.get(i).value()).isCloseTo(alone.get(i).value(), within(1e-9));
        }

        Refinement best = new Refinement(10, 2, 0.01);
        Evaluator explained = evaluator(encoder);
        Derivation.of(
                explained, DATA, new int[] {3}, new Quadrature(1e-6, 20_000), new BestPosterior(best), 10, n -> {});
        assertThat(Counted.draws(explained)).isEqualTo(SEARCH + 20);
    }

    /** What was found in float32 is not searched for again in float64, as quadrature looks at it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWiderEvaluatorLooksItUp(boolean encoder) {
        Evaluator wide = evaluator(encoder);
        Evaluator e = new Evaluator(
                wide.model(),
                wide.theta().to(DType.FLOAT32),
                wide.guide(),
                wide.phi().to(DType.FLOAT32),
                wide.encoding(),
                wide.rng(),
                2);
        Evaluator settled = e.settled(DATA, EvaluatorTest.all(), n -> {});
        double[][] found = settled.codes(DATA, EvaluatorTest.all()).mean();
        double[][] again = settled.inDouble().codes(DATA, EvaluatorTest.all()).mean();
        new Quadrature(1e-6, 20_000).elbo(settled, DATA, EvaluatorTest.all(), n -> {});
        assertThat(again).isDeepEqualTo(found);
        assertThat(Counted.draws(e)).isEqualTo(ROWS * SEARCH);
    }

    /** Row 3 of other data is another datum. */
    @Test
    void otherDataAreSearchedForThemselves() {
        float[] same = new float[2 * ROWS];
        IntStream.range(0, same.length).forEach(i -> same[i] = i);
        Dataset other = Dataset.of("others", Shape.vector(2), Values.REAL, same);
        Evaluator e = evaluator(false);
        Evaluator settled = e.settled(DATA, new int[] {3}, n -> {});
        assertThat(settled.codes(other, new int[] {3}).mean())
                .isDeepEqualTo(e.codes(other, new int[] {3}).mean());
        assertThat(settled.codes(DATA, new int[] {2}).mean())
                .isDeepEqualTo(e.codes(DATA, new int[] {2}).mean());
    }

    @Test
    void whatANetworkSaysNeedsNoSearch() {
        Evaluator e = EvaluatorTest.evaluator(0, 1, 1);
        assertThat(e.settled(DATA, EvaluatorTest.all(), n -> {})).isSameAs(e);
    }
}
