package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.evaluate.EnumeratedEvidence;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Evidence;
import jensen.gradient.Enumeration;
import jensen.gradient.GradientEstimator;
import jensen.gradient.GumbelSoftmax;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.gradient.ScoreFunction;
import jensen.gradient.Vimco;
import jensen.model.Amortised;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Mlp;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.statcheck.SplitMix;
import jensen.tensor.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs whose z is discrete, on data of which the best model of one bit, or of two classes, is known. */
class DiscreteTrainingTest {
    private static final int X = 8;
    private static final int N = 400;
    private static final double FLIPPED = 0.1;
    private static final Dataset DATA = data();

    /** Either all 0 or all 1, as likely, and each value then flipped with probability 0.1. */
    private static Dataset data() {
        double[] noise = new SplitMix(3).normals(N * X);
        float[] values = new float[N * X];
        for (int i = 0; i < values.length; i++) {
            // below this a standard normal number is with probability 0.1
            boolean flipped = noise[i] < -1.2815515655446004;
            values[i] = (i / X % 2 == 1) == flipped ? 0 : 1;
        }
        return Dataset.of("two patterns", Shape.vector(X), Values.BINARY, values);
    }

    /** The mean log p(x) of the model that made the data. */
    private static double best() {
        float[] row = new float[X];
        return IntStream.range(0, N)
                .mapToDouble(n -> {
                    DATA.copyRow(n, row, 0);
                    double ones = IntStream.range(0, X).mapToDouble(i -> row[i]).sum();
                    return Math.log(0.5 * mass(ones) + 0.5 * mass(X - ones));
                })
                .average()
                .orElseThrow();
    }

    private static double mass(double right) {
        return Math.pow(1 - FLIPPED, right) * Math.pow(FLIPPED, X - right);
    }

    private static Training training(Family family, Objective objective) {
        int d = family instanceof CorrelatedFamily.OneHot classes ? classes.classes() : 1;
        Model model = new Model(
                new Prior.Discrete(family, d, true),
                new Head(new Mlp(d, List.of(), X, Activation.TANH), new Family.Bernoulli(), X));
        Guide guide = new Amortised(new Head(new Mlp(X, List.of(), d, Activation.TANH), family, d));
        return Training.of(model, guide, new Encoding.AsStored())
                .with(objective)
                .with(Adam.standard(), new Schedule.Constant(0.03));
    }

    private static Evaluator evaluator(Run run, Training training) {
        return new Evaluator(
                training.model(), run.theta(), training.guide(), run.phi(), training.encoding(), Generator.of(1), 1);
    }

    private static Stream<Objective> objectives() {
        return Stream.of(
                new Objective(Elbo.analytic(), new Enumeration(), 1),
                new Objective(Elbo.analytic(), new ScoreFunction(ScoreFunction.Baseline.LEAVE_ONE_OUT), 5),
                new Objective(Elbo.analytic(), new GumbelSoftmax(0.5), 1),
                new Objective(new ImportanceWeighted(), new Vimco(), 5));
    }

    /** 60 epochs of four steps: log p(x) is that of the best model but for what 17 parameters take from 400 data. */
    @ParameterizedTest
    @MethodSource("objectives")
    void trainingReachesTheBestModelAndAnElboThatIsNearlyTight(Objective objective) {
        List<Family> families = objective.gradient() instanceof Enumeration
                ? List.of(new Family.Bernoulli(), new CorrelatedFamily.OneHot(2))
                : List.of(new Family.Bernoulli());
        for (Family family : families) {
            Training training = training(family, objective);
            try (Run run = training.start(DATA, 1)) {
                while (run.epochs() < 60) {
                    run.next();
                }
                Evaluator e = evaluator(run, training);
                int[] rows = IntStream.range(0, N).toArray();
                EnumeratedEvidence method = new EnumeratedEvidence(2);
                double evidence = method.evidence(e, DATA, rows, n -> {}).stream()
                        .mapToDouble(Evidence::value)
                        .average()
                        .orElseThrow();
                double elbo = mean(method.elbo(e, DATA, rows, n -> {}));
                double gap = mean(method.gap(e, DATA, rows, n -> {}));
                assertThat(evidence).isCloseTo(best(), within(0.08));
                // several draws together do not ask q to be near the posterior
                assertThat(gap).isBetween(0.0, objective.bound() instanceof Elbo ? 0.1 : 1);
                assertThat(elbo + gap).isCloseTo(evidence, within(1e-10));
            }
        }
    }

    private static double mean(List<Estimate> estimates) {
        return estimates.stream().mapToDouble(Estimate::value).average().orElseThrow();
    }

    /** What a step reports are the sums over z: no draw is in it. */
    @Test
    void aStepOfTheSumReportsItExactly() {
        Training training = training(new Family.Bernoulli(), new Objective(Elbo.analytic(), new Enumeration(), 1));
        try (Run run = training.withBatch(N).start(DATA, 2)) {
            double expected = mean(new EnumeratedEvidence(2)
                    .elbo(evaluator(run, training), DATA, IntStream.range(0, N).toArray(), n -> {}));
            Step step = run.next();
            assertThat(step.elbo()).isCloseTo(expected, within(1e-5));
            assertThat(step.objective()).isCloseTo(expected, within(1e-5));
            assertThat(step.kl()).isPositive();
        }
    }

    @Test
    void everyObjectiveOfADiscreteZTrainsAndGoesOnFromACheckpoint() {
        for (Bound bound : Bound.all()) {
            for (GradientEstimator gradient : Objective.serving(bound, 4)) {
                if (gradient.refuses(new Family.Bernoulli(), 1).isPresent()) {
                    continue;
                }
                Training training = training(new CorrelatedFamily.OneHot(3), new Objective(bound, gradient, 4));
                try (Run one = training.start(DATA, 1);
                        Run two = training.start(DATA, 2)) {
                    one.next();
                    two.restore(one.checkpoint());
                    Step expected = one.next();
                    assertThat(two.next()).as("%s %s", bound, gradient).isEqualTo(expected);
                    assertThat(two.phi().flat().toDoubles())
                            .isEqualTo(one.phi().flat().toDoubles());
                }
            }
        }
    }

    @Test
    void whatDoesNotGoTogetherCannotBeMade() {
        Training bits = training(new Family.Bernoulli(), new Objective(Elbo.analytic(), new Enumeration(), 1));
        assertThatThrownBy(() -> bits.with(new Objective(Elbo.analytic(), new Pathwise(), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("pathwise", "bernoulli is discrete", "enumerate");
        Training classes = training(new CorrelatedFamily.OneHot(2), bits.objective());
        Prior oneHot = new Prior.Discrete(new CorrelatedFamily.OneHot(2), 2, false);
        assertThatThrownBy(() -> Training.of(
                        new Model(new Prior.StandardNormal(2), classes.model().likelihood()),
                        classes.guide(),
                        new Encoding.AsStored()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("one-hot:2", "StandardNormal");
        assertThat(Training.of(
                                new Model(oneHot, classes.model().likelihood()),
                                classes.guide(),
                                new Encoding.AsStored())
                        .objective()
                        .gradient())
                .isEqualTo(new Enumeration());
    }
}
