package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.bound.Elbo;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Quadrature;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Amortised;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.Refinement;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A prior made of the guide's posteriors: where its parts are, and that training differentiates through both uses of φ. */
class VampTest {
    private static final int X = 3;
    private static final int ROWS = 6;
    private static final double RATE = 1e-3;

    private final Dataset data = data();

    private static Dataset data() {
        float[] values = new float[ROWS * X];
        double[] normals = new SplitMix(3).normals(ROWS * X);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (1 / (1 + Math.exp(-normals[i])));
        }
        return Dataset.of("some", Shape.vector(X), Values.UNIT, values);
    }

    private static Head encoder(Family family) {
        return new Head(new Mlp(X, List.of(4), family.outputs(2), Activation.TANH), family, 2);
    }

    private static Training training(Head encoder, Prior prior) {
        Model model = new Model(
                prior, new Head(new Mlp(2, List.of(4), X, Activation.TANH), new Family.ContinuousBernoulli(), X));
        return new Training(
                model,
                new Amortised(encoder),
                new Objective(Elbo.sampled(), new Pathwise(), 2),
                new Sgd(0),
                new Schedule.Constant(RATE),
                KlWeight.one(),
                0,
                new Encoding.AsStored(),
                ROWS,
                2,
                Initialiser.GLOROT,
                5);
    }

    private static Parameters at(Parameters like, double... values) {
        Parameters copy = like.copy();
        copy.flat().copyInPlace(Tensor.of(values, values.length));
        return copy;
    }

    /** The gradient is what a step of gradient ascent moves by; finite differences of the step's own objective, on its noise. */
    @Test
    void aStepClimbsThroughBothUsesOfTheEncoder() {
        for (Family family : List.of(new Family.Normal(), new CorrelatedFamily.FullNormal())) {
            Head encoder = encoder(family);
            Training t = training(encoder, new Prior.Vamp(encoder, 4, true));
            try (Scope scope = new Scope()) {
                Parameters theta = t.theta(DType.FLOAT64, Device.CPU);
                Parameters phi = t.phi(DType.FLOAT64, Device.CPU);
                t.centre(theta, data);
                double[] of = {theta.count(), phi.count()};
                double[] start =
                        Tensor.concat(List.of(theta.flat(), phi.flat()), 0).toDoubles();
                double[] expected = FiniteDifference.gradient(v -> objective(t, theta, phi, v), start);
                try (Run run = new Run(t, data, theta, phi, 2)) {
                    run.next();
                }
                double[] end =
                        Tensor.concat(List.of(theta.flat(), phi.flat()), 0).toDoubles();
                assertThat(of[0] + of[1]).isEqualTo(end.length);
                for (int i = 0; i < end.length; i++) {
                    assertThat((end[i] - start[i]) / RATE)
                            .as("number %d of %s", i, family)
                            .isCloseTo(expected[i], within(1e-6));
                }
            }
        }
    }

    private double objective(Training t, Parameters theta, Parameters phi, double... v) {
        int split = Math.toIntExact(theta.count());
        Parameters a = at(theta, Arrays.copyOfRange(v, 0, split));
        Parameters b = at(phi, Arrays.copyOfRange(v, split, v.length));
        try (Run run = new Run(t, data, a, b, 1)) {
            return run.next().objective();
        }
    }

    @Test
    void inputsStartAtRowsOfTheData() {
        Head encoder = encoder(new Family.Normal());
        Training bounded = training(encoder, new Prior.Vamp(encoder, 3, true));
        Training free = training(encoder, new Prior.Vamp(encoder, 3, false));
        try (Scope scope = new Scope()) {
            double[] inside = started(bounded).sigmoid().toDoubles();
            double[] asTheyAre = started(free).toDoubles();
            float[] row = new float[X];
            int[] rows = data.spread(3);
            for (int i = 0; i < 3 * X; i++) {
                data.copyRow(rows[i / X], row, 0);
                assertThat(inside[i]).isCloseTo(Math.max(0.05, Math.min(0.95, row[i % X])), within(1e-12));
                assertThat(asTheyAre[i]).isEqualTo(row[i % X]);
            }
            Training many = training(encoder, new Prior.Vamp(encoder, ROWS + 1, true));
            assertThatThrownBy(() -> started(many))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("at most 6", "7");
        }
    }

    private Tensor started(Training t) {
        Parameters theta = t.theta(DType.FLOAT64, Device.CPU);
        t.centre(theta, data);
        return theta.get("prior.inputs");
    }

    /** The prior is the mean of the posteriors of the inputs, as φ is at the time. */
    @Test
    void anEvaluatorReadsThePriorThroughPhi() {
        Head encoder = encoder(new Family.Normal());
        Training t = training(encoder, new Prior.Vamp(encoder, 3, false));
        try (Scope scope = new Scope()) {
            Parameters theta = t.theta(DType.FLOAT64, Device.CPU);
            Parameters phi = t.phi(DType.FLOAT64, Device.CPU);
            Evaluator e = new Evaluator(t.model(), theta, t.guide(), phi, t.encoding(), Generator.of(1), 1);
            Tensor z = Tensor.of(new double[] {0.3, -0.4}, 2);
            for (int round = 0; round < 2; round++) {
                Tensor each = encoder.given(phi.at("encoder"), theta.get("prior.inputs"))
                        .logProb(z);
                double expected =
                        Math.log(Arrays.stream(each.toDoubles()).map(Math::exp).sum() / 3);
                assertThat(e.model().prior(e.theta()).logProb(z).item()).isCloseTo(expected, within(1e-12));
                phi.flat().mulInPlace(1.5);
            }
            assertThat(e.theta().count()).isEqualTo(theta.count());
            assertThat(e.theta().leaves()).hasSameSizeAs(theta.leaves());
            assertThat(e.theta().borrowed().keySet()).isEqualTo(phi.all().keySet());
            assertThatThrownBy(() -> t.model().prior(theta)).hasMessageContaining("prior.encoder.net.0.weight");
        }
    }

    /** Also in float64 and with a q that no encoder chooses, which does not change log p(x). */
    @Test
    void quadratureReadsThePriorOfAPerDatumQ() {
        Head encoder = encoder(new Family.Normal());
        Training t = training(encoder, new Prior.Vamp(encoder, 3, false));
        Parameters theta = t.theta(DType.FLOAT32, Device.CPU);
        Parameters phi = t.phi(DType.FLOAT32, Device.CPU);
        Evaluator amortised = new Evaluator(t.model(), theta, t.guide(), phi, t.encoding(), Generator.of(1), 1);
        PerDatum alone = new PerDatum(new Family.Normal(), 2, 0, new Refinement(5, 2, 0.1));
        Evaluator perDatum = amortised.with(
                alone, Parameters.start(alone.slots(), Initialiser.GLOROT, Generator.of(0), DType.FLOAT32, Device.CPU));
        Quadrature method = new Quadrature(1e-6, 20_000);
        double expected =
                method.evidence(amortised, data, new int[] {2}, n -> {}).get(0).value();
        double found =
                method.evidence(perDatum, data, new int[] {2}, n -> {}).get(0).value();
        assertThat(found).isCloseTo(expected, within(2e-6));
    }

    @Test
    void anEncoderThatIsNotTheGuidesIsRefused() {
        Head other = encoder(new CorrelatedFamily.FullNormal());
        assertThatThrownBy(() -> training(encoder(new Family.Normal()), new Prior.Vamp(other, 3, true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("which the guide must have");
        assertThat(IntStream.of(0, -1))
                .allSatisfy(n ->
                        assertThatThrownBy(() -> new Prior.Vamp(other, n, true)).hasMessageContaining("inputs"));
    }
}
