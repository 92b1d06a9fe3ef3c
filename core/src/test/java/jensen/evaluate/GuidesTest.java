package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import jensen.bound.Elbo;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.DiagonalNormal;
import jensen.gradient.Objective;
import jensen.gradient.WakeSleep;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.PerDatum;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import jensen.train.Run;
import jensen.train.Training;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ways to choose q, on the model of {@link EvaluatorTest}, whose posterior is known, and on digits. */
class GuidesTest {
    private static final double SHIFT = 0.6;
    private static final double FACTOR = 3;

    private static Head encoder(Evaluator e) {
        return (Head) ((Amortised) e.guide()).encoder();
    }

    static Evaluator perDatum(Evaluator e, Refinement refinement) {
        PerDatum guide = new PerDatum(encoder(e).family(), encoder(e).event(), 0, refinement);
        Parameters phi = Parameters.start(
                guide.slots(), Initialiser.HE, Generator.of(0), e.phi().flat().dtype(), Device.CPU);
        return e.with(guide, phi);
    }

    static Evaluator semiAmortised(Evaluator e, Refinement refinement) {
        return e.with(new SemiAmortised(encoder(e), refinement), e.phi());
    }

    /** q(z|x) = p(z|x) = N(aᵀx/M, s²/M) is in the family: a q of its own finds it, from nothing or from a wrong network. */
    @Test
    void aDatumsOwnQIsItsPosteriorWhereTheFamilyHoldsIt() {
        Refinement refinement = new Refinement(600, 64, 0.1);
        Evaluator wrong = EvaluatorTest.evaluator(SHIFT, FACTOR, 2);
        Codes exact = EvaluatorTest.evaluator(0, 1, 2).codes(EvaluatorTest.DATA, EvaluatorTest.all());
        for (Evaluator e : List.of(perDatum(wrong, refinement), semiAmortised(wrong, refinement))) {
            Codes found = e.codes(EvaluatorTest.DATA, EvaluatorTest.all());
            for (int i = 0; i < exact.mean().length; i++) {
                assertThat(found.mean()[i][0]).isCloseTo(exact.mean()[i][0], within(0.01));
                assertThat(found.standardDeviation()[i][0]).isCloseTo(exact.standardDeviation()[i][0], within(0.01));
            }
        }
    }

    /** New data are chosen for by themselves: not by the number of a row that φ was trained on. */
    @Test
    void aRowOfTheTableIsNotUsedForOtherData() {
        Evaluator e = perDatum(EvaluatorTest.evaluator(0, 1, 1), new Refinement(300, 16, 0.1));
        Dataset first = EvaluatorTest.DATA;
        double alone = e.codes(first, new int[] {3}).mean()[0][0];
        double among = e.codes(first, EvaluatorTest.all()).mean()[3][0];
        assertThat(among).isCloseTo(alone, within(1e-9));
        PerDatum trained = new PerDatum(new Family.Normal(), 1, 4, new Refinement(300, 16, 0.1));
        Parameters phi = Parameters.start(trained.slots(), Initialiser.HE, Generator.of(0), DType.FLOAT64, Device.CPU);
        phi.set("table", Tensor.of(new double[] {9, 0, 9, 0, 9, 0, 9, 0}, 4, 2));
        assertThat(e.with(trained, phi).codes(first, new int[] {3}).mean()[0][0])
                .isCloseTo(alone, within(1e-9));
    }

    /** The gradient of μ at the end of the steps is handed to where they began: d Σμ / d bias is the number of data. */
    @Test
    void theRefinedQHandsItsGradientToTheNetwork() {
        Evaluator e = EvaluatorTest.evaluator(SHIFT, FACTOR, 1);
        Guide guide = new SemiAmortised(encoder(e), new Refinement(50, 4, 0.05));
        try (Scope scope = new Scope()) {
            Batch batch = e.read(EvaluatorTest.DATA, EvaluatorTest.all());
            DiagonalNormal start = (DiagonalNormal) guide.posterior(e.phi(), batch);
            DiagonalNormal end =
                    (DiagonalNormal) guide.inTraining(e.model(), e.theta(), e.phi(), batch, Generator.of(1));
            assertThat(end.mean().sub(start.mean()).abs().sum().item()).isGreaterThan(1);
            double[] bias = Autograd.gradient(end.mean().sum(), List.of(e.phi().get("encoder.net.0.bias")))
                    .get(0)
                    .toDoubles();
            assertThat(bias).containsExactly(EvaluatorTest.X.length, 0);
        }
    }

    @Test
    void aTableDoesNotDream() {
        Training like = Examples.training();
        Training dreaming = like.with(new Objective(Elbo.analytic(), new WakeSleep(), 1));
        PerDatum table = new PerDatum(new Family.Normal(), 5, 200, new Refinement(1, 1, 0.1));
        assertThatThrownBy(() -> new Training(
                        dreaming.model(),
                        table,
                        dreaming.objective(),
                        dreaming.optimiser(),
                        dreaming.learningRate(),
                        dreaming.klWeight(),
                        0,
                        dreaming.encoding(),
                        dreaming.batch(),
                        dreaming.shards(),
                        dreaming.initialiser(),
                        dreaming.seed()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wake-sleep learns q from data that the model makes");
    }

    @Test
    void whatIsNotInTheTableIsRefused() {
        PerDatum guide = new PerDatum(new Family.Normal(), 1, 2, new Refinement(1, 1, 0.1));
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, Generator.of(0), DType.FLOAT64, Device.CPU);
        Batch batch = new Batch(Tensor.of(new double[] {0, 0}, 1, 2), new int[] {2});
        assertThatThrownBy(() -> guide.posterior(phi, batch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch.index must be below the table's 2 rows, was 2");
        Evaluator e = EvaluatorTest.evaluator(0, 1, 1);
        PerDatum bounded = new PerDatum(new Family.ContinuousBernoulli(), 1, 0, new Refinement(1, 1, 0.1));
        assertThatThrownBy(() -> bounded.ofNew(e.model(), e.theta(), phi, batch, Generator.of(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("q must be a distribution that can be reparameterised, is a ContinuousBernoulli");
    }

    /** 20 held-out digits under one trained model, on the same noise: amortised ≤ semi-amortised ≤ per-datum ≤ best. */
    @Test
    @Tag("slow")
    void theBoundsOfHeldOutDigitsAreInOrder() {
        Dataset digits = Examples.digits();
        Evaluator amortised = trained(digits.rows(0, 180));
        Dataset held = digits.rows(180, 200);
        int[] rows = IntStream.range(0, held.size()).toArray();
        Evaluator semi = semiAmortised(amortised, new Refinement(20, 4, 0.03));
        Evaluator alone = perDatum(amortised, new Refinement(500, 8, 0.1));
        Estimate semiGain = gain(amortised, semi, held, rows);
        Estimate aloneGain = gain(semi, alone, held, rows);
        assertThat(semiGain.value()).as("semi-amortised − amortised").isGreaterThan(4 * semiGain.standardError());
        assertThat(aloneGain.value()).as("per-datum − semi-amortised").isGreaterThan(4 * aloneGain.standardError());
        Estimate left = Estimate.mean(BestPosterior.standard().gains(alone, held, rows, 500, n -> {}).stream()
                .mapToDouble(g -> g.gain().value())
                .toArray());
        Estimate before = Estimate.mean(BestPosterior.standard().gains(amortised, held, rows, 500, n -> {}).stream()
                .mapToDouble(g -> g.gain().value())
                .toArray());
        assertThat(before.value()).as("amortisation gap of the network").isGreaterThan(0.1);
        assertThat(Math.abs(left.value())).as("amortisation gap of q per datum").isLessThan(0.02);
    }

    /** The mean over rows of the difference of two bounds, whose error is that of the paired rows. */
    private static Estimate gain(Evaluator a, Evaluator b, Dataset data, int[] rows) {
        return Difference.of(a.rows(data, rows, 500, n -> {}), b.rows(data, rows, 500, n -> {}))
                .elbo();
    }

    private static Evaluator trained(Dataset data) {
        Training training = Examples.training();
        try (Run run = Examples.run(training, data, 2)) {
            for (int i = 0; i < 1000; i++) {
                run.next();
            }
            return new Evaluator(
                    training.model(),
                    run.theta(),
                    training.guide(),
                    run.phi(),
                    training.encoding(),
                    Generator.of(3),
                    2);
        }
    }

    /** Without a network, the table's q fit the training data better than they began, and θ learns with them. */
    @Test
    void aTableIsTrained() {
        Dataset digits = Examples.digits();
        Training like = Examples.training();
        PerDatum guide = new PerDatum(new Family.Normal(), 5, digits.size(), new Refinement(100, 4, 0.1));
        Training training = new Training(
                like.model(),
                guide,
                like.objective(),
                like.optimiser(),
                new jensen.optim.Schedule.Constant(0.01),
                like.klWeight(),
                0,
                like.encoding(),
                like.batch(),
                like.shards(),
                like.initialiser(),
                like.seed());
        try (Run run = Examples.run(training, digits, 2)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < 40 * run.stepsPerEpoch(); i++) {
                double elbo = run.next().elbo();
                first += i < run.stepsPerEpoch() ? elbo / run.stepsPerEpoch() : 0;
                last += i >= 39 * run.stepsPerEpoch() ? elbo / run.stepsPerEpoch() : 0;
            }
            assertThat(last).isGreaterThan(first + 10);
            Evaluator evaluator = new Evaluator(
                    training.model(), run.theta(), guide, run.phi(), training.encoding(), Generator.of(3), 2);
            int[] rows = digits.spread(40);
            double refound = evaluator.rows(digits, rows, 200, n -> {}).stream()
                    .mapToDouble(Row::elbo)
                    .average()
                    .orElseThrow();
            assertThat(refound).isCloseTo(last, within(2.0));
        }
    }
}
