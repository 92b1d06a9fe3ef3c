package jensen.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.BiConsumer;
import jensen.data.Dataset;
import jensen.model.Amortised;
import jensen.model.Conditional;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Parameters;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import jensen.train.Examples;
import jensen.train.NonFiniteException;
import jensen.train.Training;
import org.junit.jupiter.api.Test;

class FullBayesTest {
    private static final Dataset DIGITS = Examples.digits();

    /** A plain step of size 1 moves by the gradient, so that the noise of the first step is the same for all. */
    private static FullBayes begin(Training training) {
        return new FullBayes(
                training.with(new Sgd(0), new Schedule.Constant(1)),
                DIGITS,
                training.theta(DType.FLOAT64, Device.CPU),
                training.phi(DType.FLOAT64, Device.CPU));
    }

    /** What moves μ and log σ² is the derivative of the bound, by central differences with the same noise. */
    @Test
    void itFollowsTheGradientOfItsBound() {
        Training training = Examples.training();
        Tensor mean = begin(training).mean().flat();
        Tensor direction = Generator.of(8).normal(DType.FLOAT64, Device.CPU, mean.count());
        FullBayes moved = begin(training);
        Tensor beforeMean = moved.mean().flat().copy();
        Tensor beforeLogs = moved.posterior().logVariance().copy();
        moved.next();
        double forMean =
                moved.mean().flat().sub(beforeMean).mul(direction).sum().item();
        double forLogs = moved.posterior()
                .logVariance()
                .sub(beforeLogs)
                .mul(direction)
                .sum()
                .item();
        assertThat(forMean)
                .isCloseTo(
                        difference(training, (b, h) -> b.mean().flat().addInPlace(direction, h)),
                        within(1e-5 * Math.abs(forMean)));
        assertThat(forLogs)
                .isCloseTo(
                        difference(
                                training, (b, h) -> b.posterior().logVariance().addInPlace(direction, h)),
                        within(1e-4 * Math.abs(forLogs) + 1e-7));
    }

    private static double difference(Training training, BiConsumer<FullBayes, Double> move) {
        double h = 1e-5;
        FullBayes above = begin(training);
        move.accept(above, h);
        FullBayes below = begin(training);
        move.accept(below, -h);
        return (above.next().bound() - below.next().bound()) / (2 * h);
    }

    /** KL(N(μ, σ²) ‖ N(0, 1)) summed by a loop. */
    @Test
    void theBoundPaysForTheWeights() {
        Training training = Examples.training();
        FullBayes bayes = begin(training);
        double[] mean = bayes.mean().flat().toDoubles();
        double[] logs = bayes.posterior().logVariance().toDoubles();
        double kl = 0;
        for (int i = 0; i < mean.length; i++) {
            kl += 0.5 * (Math.exp(logs[i]) + mean[i] * mean[i] - 1 - logs[i]);
        }
        FullBayes.Step step = bayes.next();
        assertThat(step.kl()).isCloseTo(kl, within(1e-8 * kl));
        assertThat(step.bound()).isCloseTo(step.elbo() - kl / DIGITS.size(), within(1e-9));
    }

    /** A step so long that the next bound overflows: it says so, and leaves what there was. */
    @Test
    void whatIsNotFiniteChangesNothing() {
        Training far = Examples.training().with(new Sgd(0), new Schedule.Constant(1e200));
        Parameters phi = far.phi(DType.FLOAT64, Device.CPU);
        FullBayes bayes = new FullBayes(far, DIGITS, far.theta(DType.FLOAT64, Device.CPU), phi);
        bayes.next();
        double[] mean = bayes.mean().flat().toDoubles();
        double[] logs = bayes.posterior().logVariance().toDoubles();
        double[] guide = phi.flat().toDoubles();
        assertThatThrownBy(bayes::next).isInstanceOf(NonFiniteException.class).hasMessageContaining("step 2: ");
        assertThat(bayes.mean().flat().toDoubles()).isEqualTo(mean);
        assertThat(bayes.posterior().logVariance().toDoubles()).isEqualTo(logs);
        assertThat(phi.flat().toDoubles()).isEqualTo(guide);
    }

    @Test
    void aPriorMadeOfTheEncoderIsRefused() {
        Training like = Examples.training();
        Conditional encoder = ((Amortised) like.guide()).encoder();
        Training vamp = new Training(
                new Model(new Prior.Vamp(encoder, 3, true), like.model().likelihood()),
                like.guide(),
                like.objective(),
                like.optimiser(),
                like.learningRate(),
                like.klWeight(),
                0,
                like.encoding(),
                like.batch(),
                1,
                like.initialiser(),
                3);
        Parameters theta = vamp.theta(DType.FLOAT64, Device.CPU);
        Parameters phi = vamp.phi(DType.FLOAT64, Device.CPU);
        assertThatThrownBy(() -> new FullBayes(vamp, DIGITS, theta, phi))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("variational inference for θ", "VampPrior");
        assertThatThrownBy(() -> new MonteCarloEm(vamp, DIGITS, theta))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Monte Carlo EM", "VampPrior");
    }

    @Test
    void itLearns() {
        Training training = Examples.training().with(new jensen.optim.Adagrad(1e-10), new Schedule.Constant(0.05));
        Parameters theta = training.theta(DType.FLOAT32, Device.CPU);
        FullBayes bayes = new FullBayes(training, DIGITS, theta, training.phi(DType.FLOAT32, Device.CPU));
        double first = bayes.next().bound();
        double last = 0;
        for (int i = 0; i < 400; i++) {
            FullBayes.Step step = bayes.next();
            last += i < 300 ? 0 : step.bound() / 100;
        }
        assertThat(last).isGreaterThan(first + 20);
    }
}
