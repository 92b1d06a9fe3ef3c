package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import jensen.bound.Elbo;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.evaluate.Evaluator;
import jensen.experiment.Experiment;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.optim.Adam;
import jensen.optim.Schedule;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;
import jensen.train.Stop;
import jensen.train.Training;
import org.junit.jupiter.api.Test;

/**
 * Pictures of a model that is known: an image of 2 × 2 pixels whose upper pixels have the logit z₀ and whose lower ones z₁,
 * and an encoder whose mean is the sum of the upper and of the lower pixels.
 */
class GalleryTest {
    private static final int SCALE = Pictures.scale(new Shape(1, 2, 2));
    private static final Dataset DATA = Dataset.of(
                    "four", new Shape(1, 2, 2), Values.BINARY, new float[] {1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0})
            .labelled(new int[] {0, 1, 1});

    private static Gallery gallery() {
        Model model = new Model(
                new Prior.StandardNormal(2),
                new Head(new Mlp(2, List.of(), 4, Activation.TANH), new Family.Bernoulli(), 4));
        Amortised guide = new Amortised(new Head(new Mlp(4, List.of(), 4, Activation.TANH), new Family.Normal(), 2));
        Training training = new Training(
                model,
                guide,
                new Objective(Elbo.analytic(), new Pathwise(), 1),
                Adam.standard(),
                new Schedule.Constant(1e-3),
                KlWeight.one(),
                0,
                new Encoding.AsStored(),
                2,
                1,
                Initialiser.GLOROT,
                0);
        Experiment experiment = new Experiment(
                Experiment.FORMAT,
                Experiment.Source.of("four", Optional.empty(), DATA, Optional.empty(), 1, 1),
                training,
                new Stop(1, 0),
                DType.FLOAT32,
                new Experiment.Protocol(1, 1, 1));
        Parameters theta = training.theta(DType.FLOAT64, Device.CPU);
        Parameters phi = training.phi(DType.FLOAT64, Device.CPU);
        theta.set("likelihood.net.0.weight", Tensor.of(new double[] {1, 0, 1, 0, 0, 1, 0, 1}, 4, 2));
        phi.set("encoder.net.0.weight", Tensor.of(new double[] {1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 4, 4));
        return new Gallery(
                experiment,
                new Evaluator(
                        model,
                        theta,
                        guide,
                        phi,
                        training.encoding(),
                        Generator.of(0).split("evaluation"),
                        1));
    }

    private static int at(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) & 255;
    }

    private static int level(double logit) {
        return (int) Math.round(255 / (1 + Math.exp(-logit)));
    }

    /** SciPy's norm.ppf. */
    @Test
    void quantilesAreTheNormalDistributions() {
        assertThat(Gallery.quantile(0.5)).isZero();
        assertThat(Gallery.quantile(0.975)).isEqualTo(1.959963984540054, within(1e-12));
        assertThat(Gallery.quantile(0.025)).isEqualTo(-1.959963984540054, within(1e-12));
        assertThat(Gallery.quantile(1e-6)).isEqualTo(-4.753424308822899, within(1e-10));
    }

    @Test
    void theManifoldGrowsToTheRightAndUpwards() {
        BufferedImage picture = gallery().manifold(4, 0, 1);
        int side = 2 * SCALE;
        assertThat(picture.getWidth()).isEqualTo(4 * side);
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 4; column++) {
                // (k + ½)/4 through the inverse normal distribution function; rows count downwards
                double[] z = {-1.1503493803760079, -0.31863936396437514, 0.31863936396437514, 1.1503493803760079};
                assertThat(at(picture, column * side, row * side)).isCloseTo(level(z[column]), within(1));
                assertThat(at(picture, column * side, row * side + SCALE)).isCloseTo(level(z[3 - row]), within(1));
            }
        }
        BufferedImage turned = gallery().manifold(4, 1, 0);
        assertThat(at(turned, 0, 0)).isCloseTo(level(1.1503493803760079), within(1));
        assertThatIllegalArgumentException().isThrownBy(() -> gallery().manifold(4, 0, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> gallery().manifold(4, 1, 1));
    }

    @Test
    void reconstructionsStandUnderTheirData() {
        BufferedImage picture = gallery().reconstructions(DATA, new int[] {1, 0});
        int below = 2 * SCALE + 2;
        int next = 2 * SCALE + 2;
        assertThat(at(picture, 0, 0)).isZero();
        assertThat(at(picture, 0, SCALE)).isEqualTo(255);
        // row 1 is dark above and light below: its code is (0, 2)
        assertThat(at(picture, 0, below)).isCloseTo(level(0), within(1));
        assertThat(at(picture, 0, below + SCALE)).isCloseTo(level(2), within(1));
        assertThat(at(picture, next, 0)).isEqualTo(255);
        assertThat(at(picture, next, below)).isCloseTo(level(2), within(1));
    }

    @Test
    void aMorphGoesStraight() {
        BufferedImage picture = gallery().morph(DATA, new int[] {0, 1, 2}, 5);
        int step = 2 * SCALE + 2;
        for (int s = 0; s < 5; s++) {
            assertThat(at(picture, s * step, 0)).isCloseTo(level(2 - 0.5 * s), within(1));
            assertThat(at(picture, s * step, SCALE)).isCloseTo(level(0.5 * s), within(1));
            assertThat(at(picture, s * step, step)).isCloseTo(level(0), within(1));
            assertThat(at(picture, s * step, step + SCALE)).isCloseTo(level(2 - 0.5 * s), within(1));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> gallery().morph(DATA, new int[] {0}, 5));
    }

    @Test
    void codesAreScatteredByLabel() {
        Scatter scatter = gallery().latent(DATA, new int[] {0, 1, 2});
        assertThat(scatter.labels()).containsExactly("0", "1");
        assertThat(scatter.points())
                .containsExactly(new Scatter.Point(2, 0, 0), new Scatter.Point(0, 2, 1), new Scatter.Point(0, 0, 1));
    }

    @Test
    void onlyLabelsThatOccurAreNamed() {
        Scatter scatter =
                gallery().latent(DATA.labelled(new int[] {Integer.MAX_VALUE, 20240101, 20240101}), new int[] {0, 1, 2});
        assertThat(scatter.labels()).containsExactly("20240101", "2147483647");
        assertThat(scatter.points()).extracting(Scatter.Point::label).containsExactly(1, 0, 0);
    }

    @Test
    void brightnessIsTheRangeThatValuesCanHave() {
        float[] grey = {0, 51, 255};
        assertThat(Brightness.of(new Encoding.AsStored(), Values.GREY, grey).of(grey))
                .containsExactly(0, 0.2f, 1);
        float[] unit = {0.25f, 0.5f};
        assertThat(Brightness.of(new Encoding.Unit(), Values.GREY, unit).of(unit))
                .containsExactly(unit);
        assertThat(Brightness.of(new Encoding.Binarised(), Values.UNIT, unit).of(unit))
                .containsExactly(unit);
        Encoding standardised = new Encoding.Standardised(List.of(9.0), List.of(2.0));
        assertThat(Brightness.of(standardised, Values.GREY, grey).of(grey)).containsExactly(0, 0.2f, 1);
        float[] real = {-3, 1, 5};
        assertThat(Brightness.of(standardised, Values.REAL, real).of(real)).containsExactly(0, 0.5f, 1);
    }
}
