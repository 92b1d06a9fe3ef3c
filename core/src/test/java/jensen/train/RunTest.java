package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import jensen.bound.ImportanceWeighted;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Family;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import jensen.tensor.Safetensors;
import jensen.tensor.Scope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTest {
    private static float[] weights(Run run) {
        float[] theta = run.theta().flat().toFloats();
        float[] phi = run.phi().flat().toFloats();
        float[] all = java.util.Arrays.copyOf(theta, theta.length + phi.length);
        System.arraycopy(phi, 0, all, theta.length, phi.length);
        return all;
    }

    private static List<Step> steps(Run run, int n) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            steps.add(run.next());
        }
        return steps;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 9})
    void theNumberOfThreadsDoesNotChangeOneBit(int threads) {
        Training t = Examples.training();
        try (Run one = Examples.run(t, Examples.digits(), 1);
                Run several = Examples.run(t, Examples.digits(), threads)) {
            assertThat(steps(several, 40)).isEqualTo(steps(one, 40));
            assertThat(weights(several)).isEqualTo(weights(one));
        }
    }

    /** Layers so large that sums of their gradients are cut, and that oneDNN multiplies them, zeros left out where there are many. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void neitherShardsNorThreadsChangeTheGradientOfLargeLayers(int threads) {
        Dataset sparse = mostlyZero();
        try (Run whole = Examples.run(large(1), sparse, 1);
                Run cut = Examples.run(large(7), sparse, 1);
                Run several = Examples.run(large(7), sparse, threads)) {
            float[] start = weights(whole);
            whole.next();
            cut.next();
            several.next();

            assertThat(furthest(weights(several), weights(cut))).isZero();
            assertThat(furthest(weights(cut), weights(whole))).isLessThan(2e-6);
            assertThat(furthest(weights(cut), start)).isGreaterThan(0.1);
        }
    }

    private static double furthest(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs((double) a[i] - b[i]))
                .max()
                .orElseThrow();
    }

    /** One step with it is the gradient. */
    private static Training large(int shards) {
        Training t = Examples.training();
        return new Training(
                Examples.model(5, List.of(1000), new Family.Bernoulli()),
                Examples.guide(5, List.of(1000)),
                t.objective(),
                new Sgd(0),
                new Schedule.Constant(1),
                t.klWeight(),
                0,
                t.encoding(),
                64,
                shards,
                t.initialiser(),
                7);
    }

    private static Dataset mostlyZero() {
        float[] pixels = new float[64 * Examples.PIXELS];
        for (int i = 0; i < pixels.length; i += 7) {
            pixels[i] = 1;
        }
        return Dataset.of("sparse", Shape.vector(Examples.PIXELS), Values.BINARY, pixels);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aClosedRunDoesNoStep(int threads) {
        Run run = Examples.run(Examples.training(), Examples.digits(), threads);
        run.close();
        assertThatThrownBy(run::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void ofSeveralFailuresThatOfTheFirstTaskIsThrown() {
        AtomicReference<@Nullable Thread> helper = new AtomicReference<>();
        try (Team team = new Team(2)) {
            assertThatThrownBy(() -> team.run(4, task -> {
                        if (task == 1) {
                            helper.set(Thread.currentThread());
                        } else if (task == 0) {
                            awaitRest(helper); // by then task 1 has failed
                        }
                        throw new IllegalArgumentException("task " + task);
                    }))
                    .hasMessage("task 0");
        }
    }

    private static void awaitRest(AtomicReference<@Nullable Thread> thread) {
        for (Thread t = null; t == null || t.getState() != Thread.State.WAITING; t = thread.get()) {
            Thread.onSpinWait();
        }
    }

    /** One thread that is alone waits for nobody: what no part accounts for is small; two cannot have worked longer than twice. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void thePartsOfAProfileFillTheThreadsTime(int threads) {
        try (Run run = Examples.run(Examples.training(), Examples.digits(), threads)) {
            steps(run, 100); // compiled by then
            Profile p = run.profile();
            double wall = p.wall();
            double waiting = p.seconds(Profile.Part.WAITING);
            long begun = System.nanoTime();
            steps(run, 200);
            double seconds = (System.nanoTime() - begun) / 1e9;
            assertThat(p.steps()).isEqualTo(300);
            assertThat(p.threads()).isEqualTo(threads);
            assertThat(p.wall() - wall).isBetween(0.5 * seconds, seconds);
            for (Profile.Part part : Profile.Part.values()) {
                assertThat(p.seconds(part)).as(part.name()).isBetween(0.0, threads * p.wall());
            }
            if (threads == 1) {
                assertThat(p.seconds(Profile.Part.WAITING) - waiting).isLessThan(0.4 * seconds);
            }
        }
    }

    @Test
    void trainingImprovesTheBound() {
        try (Run run = Examples.run(Examples.training(), Examples.digits(), 2)) {
            List<Step> steps = steps(run, 700);
            assertThat(steps.get(0).elbo()).isLessThan(-40);
            assertThat(steps.subList(690, 700).stream()
                            .mapToDouble(Step::elbo)
                            .average()
                            .orElseThrow())
                    .isGreaterThan(-26);
        }
    }

    @Test
    void theObjectiveIsTheElboWhereItIsNotWeighted() {
        try (Run run = Examples.run(Examples.training(), Examples.digits(), 1)) {
            Step step = run.next();
            assertThat(step.objective()).isCloseTo(step.elbo(), within(1e-4));
            assertThat(step.kl()).isPositive();
        }
    }

    @Test
    void anEpochGoesOnceThroughAllRows() {
        try (Run run = Examples.run(Examples.training(), Examples.digits(), 1)) {
            assertThat(run.stepsPerEpoch()).isEqualTo(7);
            List<Step> steps = steps(run, 8);
            assertThat(steps.stream().limit(7).mapToInt(Step::examples).sum()).isEqualTo(200);
            assertThat(steps.get(5).last()).isFalse();
            assertThat(steps.get(6).last()).isTrue();
            assertThat(steps.get(7).epoch()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7, 23})
    void aRunGoesOnFromItsCheckpointBitForBit(int at, @TempDir Path folder) throws IOException {
        Training t = Examples.training();
        Path file = folder.resolve("checkpoint.safetensors");
        try (Run straight = Examples.run(t, Examples.digits(), 2);
                Run first = Examples.run(t, Examples.digits(), 2);
                Run second = Examples.run(t, Examples.digits(), 1);
                Scope scope = new Scope()) {
            List<Step> expected = steps(straight, 40);
            steps(first, at);
            first.checkpoint().write(file);
            second.restore(Safetensors.read(file));
            assertThat(steps(second, 40 - at)).isEqualTo(expected.subList(at, 40));
            assertThat(weights(second)).isEqualTo(weights(straight));
        }
    }

    @Test
    void aCheckpointOfAnotherArchitectureIsRefused() {
        Training other = Examples.training(new Family.Normal(), Objective.elbo(), Adam.standard(), 1e-3, 0);
        try (Run one = Examples.run(Examples.training(), Examples.digits(), 1);
                Run two = Examples.run(other, Examples.digits(), 1);
                Scope scope = new Scope()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> two.restore(one.checkpoint()))
                    .withMessageContaining("shape");
        }
    }

    @Test
    void aCheckpointWhoseBuffersHaveAnotherOrderIsRefused() {
        try (Run run = Examples.run(Examples.training(), Examples.digits(), 1);
                Scope scope = new Scope()) {
            Safetensors old = new Safetensors(run.checkpoint().tensors(), Map.of("steps", "0"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run.restore(old))
                    .withMessageContaining("earlier version");
        }
    }

    @Test
    void nativeMemoryDoesNotGrowWithTheSteps() {
        for (Objective o : List.of(Objective.elbo(), new Objective(new ImportanceWeighted(), new Pathwise(), 5))) {
            Training t = Examples.training(new Family.Bernoulli(), o, Adam.standard(), 1e-3, 1);
            try (Run run = Examples.run(t, Examples.digits(), 2)) {
                steps(run, 10);
                long live = Scope.live();
                steps(run, 990);
                assertThat(Scope.live()).isLessThanOrEqualTo(live); // less where garbage of before is collected
            }
        }
    }

    @Test
    void aBoundThatIsNotFiniteNamesItsTermAndRowsAndLeavesTheWeights() {
        float[] values = new float[40 * Examples.PIXELS];
        values[17 * Examples.PIXELS + 3] = 1e30f; // its square is beyond float32
        Dataset data = Dataset.of("one huge value", Shape.vector(Examples.PIXELS), Values.REAL, values);
        Training t = Examples.training(new Family.Normal(), Objective.elbo(), Adam.standard(), 1e-3, 0);
        try (Run run = Examples.run(t, data.rows(10, 40), 2)) {
            float[][] before = {weights(run)};
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 2; i++) {
                            before[0] = weights(run);
                            run.next();
                        }
                    })
                    .isInstanceOfSatisfying(NonFiniteException.class, e -> {
                        assertThat(e.rows()).containsExactly(17);
                        assertThat(e.term()).isEqualTo("log p(x|z)");
                        assertThat(e).hasMessageContaining("row 17");
                    });
            assertThat(weights(run)).isEqualTo(before[0]);
        }
    }

    @Test
    void aLearningRateThatIsTooLargeEndsInAnExceptionAndNotInNaNWeights() {
        Training t = Examples.training(new Family.Normal(), Objective.elbo(), new Sgd(0), 1e6, 0);
        try (Run run = Examples.run(t, Examples.digits(), 2)) {
            assertThatThrownBy(() -> steps(run, 100)).isInstanceOf(NonFiniteException.class);
            for (float w : weights(run)) {
                assertThat(w).isFinite();
            }
        }
    }

    @Test
    void clippingShortensTheStepToTheLimit() {
        double rate = 0.5;
        double clip = 0.01;
        Training t = Examples.training(new Family.Bernoulli(), Objective.elbo(), new Sgd(0), rate, clip);
        try (Run run = Examples.run(t, Examples.digits(), 2)) {
            float[] before = weights(run);
            Step step = run.next();
            float[] after = weights(run);
            double squares = 0;
            for (int i = 0; i < before.length; i++) {
                squares += Math.pow((double) after[i] - before[i], 2);
            }
            assertThat(step.gradientNorm()).isGreaterThan(clip);
            assertThat(Math.sqrt(squares)).isCloseTo(rate * clip, within(1e-5));
        }
    }

    @Test
    void dataThatDoNotFitAreRefused() {
        Training t = Examples.training();
        Dataset narrow = Dataset.of("narrow", Shape.vector(3), Values.BINARY, new float[6]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Examples.run(t, narrow, 1))
                .withMessageContaining("64")
                .withMessageContaining("3");
        Dataset grey = Dataset.grey("grey", new Shape(1, 8, 8), new byte[64 * 3]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Examples.run(t, grey, 1))
                .withMessageContaining("bernoulli")
                .withMessageContaining("discretized-logistic");
    }

    @Test
    void aParameterCopyIsIndependent() {
        try (Run run = Examples.run(Examples.training(), Examples.digits(), 1)) {
            Parameters copy = run.theta().copy();
            float[] before = copy.flat().toFloats();
            run.next();
            assertThat(copy.flat().toFloats()).isEqualTo(before);
            assertThat(run.theta().flat().toFloats()).isNotEqualTo(before);
        }
    }
}
