package jensen.gradient;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.LinearGaussian;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.net.Parameters;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.GoodnessOfFit;
import jensen.statcheck.Moments;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each estimator is chosen for: how its noise grows, or what φ climbs instead of the bound. */
class EstimatorsTest {
    private static final long SEED = 5;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** z ~ N(0, 1), x ~ N(z, 1), x = 1, q = N(0.2, 2/3), and the gradient in q's mean. */
    private static Moments inTheMean(GradientEstimator gradient, int samples, int n) {
        Copies copies = new Copies(n, 1, 1, 0, 0.2, Math.log(2.0 / 3));
        return Moments.of(copies.estimate(gradient, new ImportanceWeighted(), samples, 1, SEED)
                .of("m"));
    }

    private static double ratio(Moments gradient) {
        return Math.abs(gradient.mean()) / Math.sqrt(gradient.variance());
    }

    /**
     * With one draw the gradient is (½ − 0.2)/½; for more draws, of n = 100,000, the two estimators agree (z below 4) and the
     * ratios of signal to noise are as K^½ and K^−½: doubled and halved for four times the draws. The tolerances are four
     * standard errors of the ratios, of which that of the pathwise gradient is the larger.
     */
    @Test
    void fourTimesTheDrawsDoubleOneSignalAndHalveTheOther() {
        int n = 100_000;
        assertThat(inTheMean(new DoublyReparameterised(), 1, n).z(0.6)).isBetween(-4.0, 4.0);
        Moments[] dreg = new Moments[2];
        Moments[] pathwise = new Moments[2];
        for (int i = 0; i < 2; i++) {
            int k = i == 0 ? 4 : 16;
            dreg[i] = inTheMean(new DoublyReparameterised(), k, n);
            pathwise[i] = inTheMean(new Pathwise(), k, n);
            assertThat(pathwise[i].z(dreg[i].mean())).as("K = %d", k).isBetween(-4.0, 4.0);
        }
        assertThat(ratio(dreg[1]) / ratio(dreg[0])).isBetween(1.94, 2.06);
        assertThat(ratio(pathwise[1]) / ratio(pathwise[0])).isBetween(0.38, 0.62);
        assertThat(ratio(dreg[0]) / ratio(pathwise[0])).isGreaterThan(10);
        Moments most = inTheMean(new DoublyReparameterised(), 64, 20_000);
        assertThat(ratio(most) / ratio(dreg[1])).isBetween(1.9, 2.1);
    }

    private static Target.OfBatch linear(Parameters phi, int n) {
        LinearGaussian example = LinearGaussian.small();
        Model model = example.model();
        Tensor x = Tensor.of(new SplitMix(9).normals(n * 3), n, 3);
        return new Target.OfBatch(
                model, example.theta(), example.guide(), phi, new Batch(x, indices(n)), Generator.of(0));
    }

    private static int[] indices(int n) {
        int[] index = new int[n];
        Arrays.setAll(index, i -> i);
        return index;
    }

    private static double[] inPhi(GradientEstimator gradient, Bound bound, int samples) {
        Target.OfBatch target = linear(LinearGaussian.small().exactPhi(), 7);
        Estimate e = gradient.estimate(target, bound, samples, 1, Generator.of(SEED));
        return flat(Autograd.gradient(e.forPhi().sum(), target.phi().leaves()));
    }

    private static double[] flat(List<Tensor> gradients) {
        return gradients.stream()
                .flatMapToDouble(g -> Arrays.stream(g.toDoubles()))
                .toArray();
    }

    @Test
    void atTheExactPosteriorTheLandingSticks() {
        double[] zero = new double[16];
        assertClose("elbo", inPhi(new StickTheLanding(), Elbo.sampled(), 3), zero, 1e-12);
        assertClose("iw", inPhi(new DoublyReparameterised(), new ImportanceWeighted(), 3), zero, 1e-12);
        assertThat(Arrays.stream(inPhi(new Pathwise(), Elbo.sampled(), 3))
                        .map(Math::abs)
                        .max()
                        .orElseThrow())
                .isGreaterThan(0.1);
    }

    /** n = 20,000, leave-one-out against no baseline: the same mean, less than a fifth of the variance. */
    @Test
    void aBaselineTakesNoiseAway() {
        Copies copies = Copies.offThePosterior(20_000);
        Moments with = Moments.of(
                copies.estimate(new ScoreFunction(ScoreFunction.Baseline.LEAVE_ONE_OUT), Elbo.sampled(), 4, 1, SEED)
                        .of("m"));
        Moments without =
                Moments.of(copies.estimate(new ScoreFunction(ScoreFunction.Baseline.NONE), Elbo.sampled(), 4, 1, SEED)
                        .of("m"));
        assertThat(with.variance()).isLessThan(without.variance() / 5);
    }

    /** n = 20,000 dreams of which q knows nothing but their law: E[∂log q(z)/∂(m, l)] over z ~ N(0, 1). */
    @Test
    void asleepPhiLearnsFromDreams() {
        Copies copies = Copies.offThePosterior(20_000);
        Copies.Found found = copies.estimate(new WakeSleep(), Elbo.analytic(), 4, 1, SEED);
        double variance = Math.exp(copies.l());
        matches(found.of("m"), -copies.m() / variance);
        matches(found.of("l"), 0.5 * ((1 + copies.m() * copies.m()) / variance - 1));
    }

    private static void matches(double[] draws, double expected) {
        Moments moments = Moments.of(draws);
        assertThat(moments.pValue(expected))
                .as("%s, expected %s, seed %d", moments, expected, SEED)
                .isGreaterThan(GoodnessOfFit.FALSE_ALARM);
    }

    /** At the exact posterior, log q of dreams has the mean −Σ ½ log 2πe v, v the posterior variances; n = 20,000. */
    @Test
    void dreamsAreDrawnFromTheModel() {
        LinearGaussian example = LinearGaussian.small();
        double[] logDensity =
                linear(example.exactPhi(), 20_000).dream(Generator.of(SEED)).toDoubles();
        double expected = 0;
        for (double[] column : example.columns()) {
            double squared = Arrays.stream(column).map(c -> c * c).sum();
            expected -= 0.5 * Math.log(2 * Math.PI * Math.E / (1 + squared / example.variance()));
        }
        matches(logDensity, expected);
    }

    @Test
    void theGradientOfDreamsIsTheirDerivativeInPhiAlone() {
        Parameters phi = LinearGaussian.small().exactPhi();
        phi.flat().addInPlace(Tensor.of(new SplitMix(4).normals(16), 16), 0.2);
        Target.OfBatch target = linear(phi, 5);
        Tensor dream = target.dream(Generator.of(SEED)).sum();
        double[] found = flat(Autograd.gradient(dream, phi.leaves(), true));
        double[] at = phi.flat().toDoubles();
        double[] expected = FiniteDifference.gradient(
                v -> {
                    phi.flat().copyInPlace(Tensor.of(v, v.length));
                    return target.dream(Generator.of(SEED)).sum().item();
                },
                at);
        assertClose("φ", found, expected, 1e-7);
        assertThat(flat(Autograd.gradient(dream, target.theta().leaves()))).containsOnly(0);
    }

    @Test
    void whatHasNoQForDreamsIsRefused() {
        Target dreamless = new Target() {
            private final Target.OfBatch of = linear(LinearGaussian.small().exactPhi(), 2);

            @Override
            public Distribution posterior() {
                return of.posterior();
            }

            @Override
            public LogWeights logWeights(Draw draw, Distribution q) {
                return of.logWeights(draw, q);
            }
        };
        assertThatThrownBy(() -> new WakeSleep().estimate(dreamless, Elbo.analytic(), 1, 1, Generator.of(SEED)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wake-sleep");
    }

    /**
     * The gradient of −KL(p(z|x) ‖ q) in q's mean m and log-variance l is ((μ − m)/v, ½((s + (μ − m)²)/v − 1)) for the
     * posterior N(μ, s). The bias of normalised weights falls as 1/K: from 4 to 64 draws by 16, here at least by 8; n = 20,000.
     */
    @Test
    void reweightedPhiClimbsTheOtherDivergence() {
        Copies copies = Copies.offThePosterior(20_000);
        double precision = Math.exp(-copies.c());
        double s = 1 / (1 + copies.a() * copies.a() * precision);
        double distance = s * copies.a() * precision * copies.x() - copies.m();
        double v = Math.exp(copies.l());
        double[] expected = {distance / v, 0.5 * ((s + distance * distance) / v - 1)};
        double[] few = reweighted(copies, 4);
        double[] many = reweighted(copies, 64);
        for (int i = 0; i < 2; i++) {
            assertThat(Math.abs(many[i] - expected[i])).isLessThan(Math.abs(few[i] - expected[i]) / 8);
        }
    }

    private static double[] reweighted(Copies copies, int samples) {
        Copies.Found found = copies.estimate(new ReweightedWakeSleep(), new ImportanceWeighted(), samples, 1, SEED);
        return new double[] {
            Moments.of(found.of("m")).mean(), Moments.of(found.of("l")).mean()
        };
    }

    /** Against a plain loop over the same draws, for a batch of 7 and 20 repetitions, with the weight that the run ended on. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 3})
    void signalToNoiseIsTheMeanOverTheParameters(double weight) {
        int repetitions = 20;
        Parameters phi = LinearGaussian.small().exactPhi();
        phi.flat().addInPlace(Tensor.of(new SplitMix(4).normals(16), 16), 0.2);
        Target.OfBatch target = linear(phi, 7);
        Objective objective = new Objective(new ImportanceWeighted(), new DoublyReparameterised(), 5);
        Generator rng = Generator.of(SEED);
        SignalToNoise found = SignalToNoise.of(objective, new KlWeight.Constant(weight), target, 7, repetitions, rng);
        double[][] theta = new double[repetitions][];
        double[][] own = new double[repetitions][];
        for (int r = 0; r < repetitions; r++) {
            Estimate e = objective
                    .gradient()
                    .estimate(target, objective.bound(), 5, weight, rng.split(r).rows(indices(7)));
            theta[r] = flat(Autograd.gradient(e.forTheta().sum(), target.theta().leaves(), true));
            own[r] = flat(Autograd.gradient(e.forPhi().sum(), phi.leaves()));
        }
        assertClose("θ", found.theta(), mean(theta), 1e-10);
        assertClose("φ", found.phi(), mean(own), 1e-10);
        assertThat(found.ofPureNoise()).isEqualTo(Math.sqrt(2 / Math.PI / 20));
    }

    /** Where the decoder does not look at z, only the gradient of its weights is drawn: x − b and its square are the data's. */
    @Test
    void parametersWhoseGradientHasNoNoiseAreLeftOut() {
        Target.OfBatch target = linear(LinearGaussian.small().exactPhi(), 7);
        target.theta().set("likelihood.net.0.weight", Tensor.of(new double[6], 3, 2));
        SignalToNoise found = SignalToNoise.of(Objective.elbo(), KlWeight.one(), target, 7, 20, Generator.of(SEED));
        double[][] weights = new double[20][];
        for (int r = 0; r < weights.length; r++) {
            Estimate e = new Pathwise()
                    .estimate(
                            target,
                            Elbo.analytic(),
                            1,
                            1,
                            Generator.of(SEED).split(r).rows(indices(7)));
            weights[r] = flat(
                    Autograd.gradient(e.forTheta().sum(), List.of(target.theta().get("likelihood.net.0.weight"))));
        }
        assertClose("θ", found.theta(), mean(weights), 1e-10);
    }

    private static double mean(double[][] gradients) {
        double sum = 0;
        for (int i = 0; i < gradients[0].length; i++) {
            int parameter = i;
            sum += ratio(Moments.of(
                    Arrays.stream(gradients).mapToDouble(g -> g[parameter]).toArray()));
        }
        return sum / gradients[0].length;
    }
}
