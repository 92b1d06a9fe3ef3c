package jensen.train;

import java.util.List;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.gradient.KlWeight;
import jensen.gradient.Objective;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.optim.Adam;
import jensen.optim.Optimiser;
import jensen.optim.Schedule;
import jensen.statcheck.GoldenFile;
import jensen.tensor.DType;
import jensen.tensor.Device;

/** Small real data and small models for the tests of training. */
public final class Examples {
    public static final int PIXELS = 64;

    private Examples() {}

    /** 200 handwritten digits, 8 × 8, black and white. */
    public static Dataset digits() {
        List<GoldenFile.Row> rows =
                GoldenFile.of(Examples.class, "digits-binary.csv").rows();
        float[] pixels = new float[rows.size() * PIXELS];
        for (int r = 0; r < rows.size(); r++) {
            double[] row = rows.get(r).vector("pixels");
            for (int i = 0; i < PIXELS; i++) {
                pixels[r * PIXELS + i] = (float) row[i];
            }
        }
        return Dataset.of("digits", new Shape(1, 8, 8), Values.BINARY, pixels);
    }

    public static Model model(int latent, List<Integer> hidden, Family family) {
        int outputs = family.outputs(PIXELS);
        return new Model(
                new Prior.StandardNormal(latent),
                new Head(new Mlp(latent, hidden, outputs, Activation.TANH), family, PIXELS));
    }

    public static Guide guide(int latent, List<Integer> hidden) {
        return new Amortised(
                new Head(new Mlp(PIXELS, hidden, 2 * latent, Activation.TANH), new Family.Normal(), latent));
    }

    public static Training training(Family family, Objective objective, Optimiser optimiser, double rate, double clip) {
        return new Training(
                model(5, List.of(32), family),
                guide(5, List.of(32)),
                objective,
                optimiser,
                new Schedule.Constant(rate),
                KlWeight.ONE,
                clip,
                new Encoding.AsStored(),
                32,
                4,
                Initialiser.GLOROT,
                7);
    }

    public static Training training() {
        return training(new Family.Bernoulli(), Objective.elbo(), Adam.standard(), 1e-3, 0);
    }

    public static Run run(Training training, Dataset data, int threads) {
        return new Run(
                training,
                data,
                training.theta(DType.FLOAT32, Device.CPU),
                training.phi(DType.FLOAT32, Device.CPU),
                threads);
    }
}
