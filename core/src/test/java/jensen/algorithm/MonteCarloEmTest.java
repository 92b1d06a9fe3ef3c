package jensen.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import jensen.bound.Elbo;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.ClosedForm;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Evidence;
import jensen.evaluate.PrincipalComponents;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Family;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.train.Examples;
import jensen.train.NonFiniteException;
import jensen.train.Training;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a linear model, whose log p(x) is known in closed form and whose maximum likelihood is probabilistic PCA. */
class MonteCarloEmTest {
    private static final int STEPS = 1500;

    private static Training training() {
        return new Training(
                Examples.model(2, List.of(), new Family.NormalShared()),
                Examples.guide(2, List.of()),
                new Objective(Elbo.analytic(), new Pathwise(), 1),
                Adam.standard(),
                new Schedule.Cosine(0.02, 0, STEPS),
                KlWeight.one(),
                0,
                new Encoding.AsStored(),
                200,
                1,
                Initialiser.GLOROT,
                3);
    }

    @Test
    @Tag("slow")
    void itClimbsToTheMaximumLikelihoodOfProbabilisticPca() {
        Dataset digits = Examples.digits();
        Training training = training();
        Parameters theta = training.theta(DType.FLOAT64, Device.CPU);
        MonteCarloEm em = new MonteCarloEm(training, digits, theta);
        double before = logLikelihood(training, theta, digits);
        double acceptance = 0;
        for (int i = 0; i < STEPS; i++) {
            MonteCarloEm.Step step = em.next();
            acceptance += i < STEPS / 2 ? 0 : step.acceptance() / (STEPS - STEPS / 2);
        }
        double after = logLikelihood(training, theta, digits);
        double maximum = maximum(digits);
        assertThat(before).isLessThan(maximum - 10);
        assertThat(after).isLessThan(maximum + 1e-9).isCloseTo(maximum, within(0.05));
        assertThat(acceptance).isCloseTo(MonteCarloEm.ACCEPTANCE, within(0.03));
    }

    /** The first update of a step goes so far that the gradient of the second overflows. */
    @Test
    void whatIsNotFiniteChangesNothing() {
        Training far = training().with(new Sgd(0), new Schedule.Constant(1e200));
        Parameters theta = far.theta(DType.FLOAT64, Device.CPU);
        double[] before = theta.flat().toDoubles();
        assertThatThrownBy(new MonteCarloEm(far, Examples.digits(), theta)::next)
                .isInstanceOf(NonFiniteException.class)
                .hasMessageContaining("step 1: the gradient");
        assertThat(theta.flat().toDoubles()).isEqualTo(before);
    }

    private static double logLikelihood(Training t, Parameters theta, Dataset data) {
        Evaluator evaluator = new Evaluator(
                t.model(), theta, t.guide(), t.phi(DType.FLOAT64, Device.CPU), t.encoding(), Generator.of(0), 1);
        return new ClosedForm()
                .evidence(evaluator, data, data.spread(data.size()), n -> {}).stream()
                        .mapToDouble(Evidence::value)
                        .average()
                        .orElseThrow();
    }

    /** −½ (X log 2π + log det C + X), at the covariance C that the two leading axes and their noise make. */
    private static double maximum(Dataset data) {
        double[] eigenvalues = PrincipalComponents.of(data, new Encoding.AsStored(), Generator.of(0))
                .eigenvalues();
        int width = eigenvalues.length;
        double noise = 0;
        for (int i = 2; i < width; i++) {
            noise += eigenvalues[i] / (width - 2);
        }
        double logs = Math.log(eigenvalues[0]) + Math.log(eigenvalues[1]) + (width - 2) * Math.log(noise);
        return -0.5 * (width * Math.log(2 * Math.PI) + logs + width);
    }
}
