package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.ImportanceSampling.Proposal;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutomaticEvidenceTest {
    private static final int[] ROWS = {0, 7, 30};
    private static final int LATENT = 4;

    private static List<Evidence> find(EvidenceMethod method, Evaluator evaluator) {
        return method.evidence(evaluator, Examples.digits(), ROWS, n -> {});
    }

    /** An untrained decoder of digits, with q(z|x) = N(0, exp(logVariance) I) for all x. */
    static Evaluator constant(int latent, double logVariance) {
        Model model = Examples.model(latent, List.of(16), new Family.Bernoulli());
        Guide guide = new Amortised(new Head(
                new Mlp(Examples.PIXELS, List.of(), 2 * latent, Activation.TANH), new Family.Normal(), latent));
        Generator rng = Generator.of(8);
        Parameters theta = Parameters.start(model.slots(), Initialiser.HE, rng, DType.FLOAT32, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.HE, rng, DType.FLOAT32, Device.CPU);
        phi.set(
                "encoder.net.0.weight",
                Tensor.of(new double[2 * latent * Examples.PIXELS], 2L * latent, Examples.PIXELS));
        double[] bias = new double[2 * latent];
        Arrays.fill(bias, latent, 2 * latent, logVariance);
        phi.set("encoder.net.0.bias", Tensor.of(bias, bias.length));
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), rng, 2);
    }

    private static EvidenceMethod auto(int budget) {
        return new AutomaticEvidence(0.1, budget, 0);
    }

    @Test
    void aLinearGaussianModelHasItsClosedForm() {
        LinearExample linear = LinearExample.of(5, 4, 3);
        float[][] x = linear.simulate(3, 4);
        Dataset data = linear.data(x);
        for (Evidence e : auto(1000).evidence(linear.evaluator(3, 5, 1), data, new int[] {2, 0}, n -> {})) {
            assertThat(e.method()).isEqualTo(new ClosedForm());
            assertThat(e.value()).isCloseTo(linear.logEvidence(x[e.index()]), within(1e-10));
        }
    }

    @Test
    void twoDimensionsAreIntegratedAndFourSampled() {
        assertThat(find(auto(100_000), constant(2, 0))).allSatisfy(e -> {
            assertThat(e.method()).isInstanceOf(Quadrature.class);
            assertThat(e.reached()).isTrue();
            assertThat(e.standardError()).isBetween(0.0, 1e-4);
        });
        assertThat(find(auto(100_000), constant(LATENT, 0))).allSatisfy(e -> {
            assertThat(e.method()).isInstanceOf(ImportanceSampling.class);
            assertThat(e.reached()).isTrue();
            assertThat(e.weights().orElseThrow().trusted()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1000, 3071, 5000})
    void twoDimensionsKeepToTheBudgetToo(int budget) {
        assertThat(find(auto(budget), constant(2, 0))).allSatisfy(e -> {
            assertThat(e.evaluations()).isLessThanOrEqualTo(budget);
            assertThat(e.method()).isInstanceOf(budget < 3072 ? ImportanceSampling.class : Quadrature.class);
            assertThat(e.value()).isFinite();
        });
    }

    /** With q the prior, importance sampling is plain Monte Carlo, which the other ways have to agree with. */
    private static double[] plain() {
        return find(new ImportanceSampling(Proposal.POSTERIOR, 50_000, 1, 50_000), constant(LATENT, 0)).stream()
                .mapToDouble(Evidence::value)
                .toArray();
    }

    @Test
    void rowsThatImportanceSamplingDoesNotSettleAreAnnealed() {
        double[] plain = plain();
        // an error that a quarter of the budget is too small for
        List<Evidence> found = find(new AutomaticEvidence(1e-5, 60_000, 0), constant(LATENT, -6));
        for (int i = 0; i < ROWS.length; i++) {
            Evidence e = found.get(i);
            assertThat(e.index()).isEqualTo(ROWS[i]);
            assertThat(e.method()).isInstanceOf(AnnealedImportance.class);
            assertThat(e.evaluations()).isBetween(15_000L, 60_000L);
            assertThat(e.reached()).isFalse();
            assertThat(e.value()).isCloseTo(plain[i], within(5 * e.standardError() + 0.02));
        }
    }

    /** q is far too narrow: its weights' tail is heavy, and that of a fit to p(z|x) is not. */
    @Test
    void aQThatIsTooNarrowIsSettledByAFit() {
        double[] plain = plain();
        List<Evidence> found = find(auto(60_000), constant(LATENT, -6));
        for (int i = 0; i < ROWS.length; i++) {
            Evidence e = found.get(i);
            assertThat(e.method()).isInstanceOf(ImportanceSampling.class);
            assertThat(e.reached()).isTrue();
            assertThat(e.weights().orElseThrow().paretoShape()).isLessThan(LogMeanExp.TRUSTED);
            assertThat(e.value()).isCloseTo(plain[i], within(5 * e.standardError() + 0.02));
        }
    }

    @Test
    void withoutTheBudgetForItTheyAreNotTrusted() {
        assertThat(find(auto(4000), constant(LATENT, -6))).allSatisfy(e -> {
            assertThat(e.method()).isInstanceOf(ImportanceSampling.class);
            assertThat(e.evaluations()).isEqualTo(1000);
            assertThat(e.reached()).isFalse();
        });
    }

    /** Variances that overflow to ∞, and those that underflow to 0. */
    @ParameterizedTest
    @ValueSource(doubles = {1000, -1000})
    void aPosteriorThatIsNoDistributionHasInfiniteShapeAndAnnealedEvidence(double logVariance) {
        Evaluator broken = constant(LATENT, logVariance);
        assertThat(find(new ImportanceSampling(Proposal.POSTERIOR, 100, 0.1, 100), broken))
                .allSatisfy(e -> {
                    assertThat(e.value()).isNotNaN();
                    assertThat(e.reached()).isFalse();
                    assertThat(e.weights().orElseThrow().paretoShape()).isEqualTo(Double.POSITIVE_INFINITY);
                });
        double[] plain = plain();
        List<Evidence> found = find(auto(60_000), broken);
        for (int i = 0; i < ROWS.length; i++) {
            Evidence e = found.get(i);
            assertThat(e.method()).isInstanceOf(AnnealedImportance.class);
            assertThat(e.value()).isCloseTo(plain[i], within(5 * e.standardError() + 0.02));
            Row row = broken.rows(Examples.digits(), new int[] {ROWS[i]}, 10, n -> {})
                    .get(0)
                    .with(e);
            assertThat(row.logEvidence()).isEqualTo(e.value());
        }
    }

    @Test
    void annealingGoesOnUntilTheErrorIsReachedOrTheBudgetSpent() {
        Evaluator narrow = constant(LATENT, -2);
        for (Evidence e : find(new Annealing(0.1, 200_000), narrow)) {
            assertThat(e.reached()).isTrue();
            assertThat(e.standardError()).isLessThanOrEqualTo(0.1);
        }
        for (Evidence e : find(new Annealing(1e-6, 50_000), narrow)) {
            assertThat(e.reached()).isFalse();
            assertThat(e.evaluations()).isBetween((long) Annealing.smallestBudget(), 50_000L);
        }
        assertThatThrownBy(() -> new Annealing(0.1, 100))
                .hasMessage("budget must be ≥ 20656 for annealed importance" + " sampling, was 100");
    }

    /** The first chains, from a q that is no distribution, are lost; those from p(z) get ever more temperatures. */
    @Test
    void annealingGoesOnFromWhereItCanStart() {
        Evaluator broken = constant(LATENT, 1000);
        assertThat(find(new Annealing(1e-6, 150_000), broken)).allSatisfy(e -> {
            assertThat(e.method()).isInstanceOfSatisfying(AnnealedImportance.class, how -> {
                assertThat(how.start()).isEqualTo(AnnealedImportance.Start.PRIOR);
                assertThat(how.temperatures()).isEqualTo(200);
            });
            assertThat(e.evaluations()).isBetween(60_000L, 150_000L);
        });
        assertThat(find(new Annealing(1e-6, Annealing.smallestBudget()), broken))
                .allSatisfy(e -> {
                    assertThat(e.reached()).isFalse();
                    assertThat(e.evaluations()).isEqualTo(Annealing.smallestBudget());
                });
    }

    @Test
    void theChunkBoundsTheMemoryNotTheResult() {
        Evaluator wide = constant(LATENT, 0);
        List<Evidence> small = find(new ImportanceSampling(Proposal.POSTERIOR, 2000, 1, 2000, 7), wide);
        List<Evidence> large = find(new ImportanceSampling(Proposal.POSTERIOR, 2000, 1, 2000), wide);
        for (int i = 0; i < ROWS.length; i++) {
            double error = Math.hypot(small.get(i).standardError(), large.get(i).standardError());
            assertThat(small.get(i).value()).isNotEqualTo(large.get(i).value());
            assertThat(small.get(i).value()).isCloseTo(large.get(i).value(), within(5 * error));
        }
    }
}
