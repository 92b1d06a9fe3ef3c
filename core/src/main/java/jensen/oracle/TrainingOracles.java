package jensen.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.gradient.Pathwise;
import jensen.gradient.Target;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Run;
import jensen.train.Training;

/** Gradients, and what must not change the course of training. */
final class TrainingOracles {
    private static final int WIDTH = 12;
    private static final int LATENT = 3;
    private static final int STEPS = 20;
    private static final double H = 1e-5;

    private TrainingOracles() {}

    static List<Oracle> all() {
        Training training = training();
        Dataset data = data(300);
        List<Oracle> found = new ArrayList<>();
        found.add(gradient("gradient of the ELBO along a direction", Elbo.analytic(), training, data));
        found.add(gradient("gradient of the bound of 5 draws", new ImportanceWeighted(), training, data));
        String straight = straight(training, data, 1);
        found.add(Oracle.same("weights with 2 threads and with 1", straight, straight(training, data, 2)));
        found.add(Oracle.same("weights of a run that was resumed", straight, resumed(training, data)));
        return found;
    }

    private static Training training() {
        Model model = new Model(
                new Prior.StandardNormal(LATENT),
                new Head(new Mlp(LATENT, List.of(8), WIDTH, Activation.TANH), new Family.Bernoulli(), WIDTH));
        Amortised guide = new Amortised(
                new Head(new Mlp(WIDTH, List.of(8), 2 * LATENT, Activation.TANH), new Family.Normal(), LATENT));
        return Training.of(model, guide, new Encoding.AsStored());
    }

    private static Dataset data(int n) {
        SplittableRandom random = new SplittableRandom(17);
        float[] x = new float[n * WIDTH];
        for (int i = 0; i < n; i++) {
            double share = random.nextDouble();
            for (int j = 0; j < WIDTH; j++) {
                x[i * WIDTH + j] = random.nextDouble() < (j % 2 == 0 ? share : 1 - share) ? 1 : 0;
            }
        }
        return Dataset.of("simulated", Shape.vector(WIDTH), Values.BINARY, x);
    }

    /** The slope of a bound at fixed noise along a random direction of θ and φ: by differentiation, and by a difference. */
    private static Oracle gradient(String name, Bound bound, Training training, Dataset data) {
        try (Scope scope = new Scope()) {
            Parameters theta = training.theta(DType.FLOAT64, Device.CPU);
            Parameters phi = training.phi(DType.FLOAT64, Device.CPU);
            int[] rows = IntStream.range(0, 10).toArray();
            Batch batch = Batch.read(data, rows, new Encoding.AsStored(), Generator.of(0), theta.flat());
            Tensor value = value(bound, training, theta, phi, batch);
            List<Tensor> leaves = new ArrayList<>(theta.leaves());
            leaves.addAll(phi.leaves());
            List<Tensor> gradients = Autograd.gradient(value, leaves);
            SplittableRandom random = new SplittableRandom(23);
            double slope = 0;
            List<Tensor> directions = new ArrayList<>();
            for (int i = 0; i < leaves.size(); i++) {
                double[] direction =
                        random.doubles(leaves.get(i).count(), -1, 1).toArray();
                Tensor v = Tensor.of(direction, leaves.get(i).shape());
                directions.add(v);
                slope += gradients.get(i).mul(v).sum().item();
            }
            move(leaves, directions, H);
            double above = value(bound, training, theta, phi, batch).item();
            move(leaves, directions, -2 * H);
            double below = value(bound, training, theta, phi, batch).item();
            double difference = (above - below) / (2 * H);
            return Oracle.close(name, difference, slope, 1e-7 * Math.max(1, Math.abs(difference)));
        }
    }

    private static void move(List<Tensor> leaves, List<Tensor> directions, double by) {
        for (int i = 0; i < leaves.size(); i++) {
            leaves.get(i).detach().addInPlace(directions.get(i), by);
        }
    }

    private static Tensor value(Bound bound, Training training, Parameters theta, Parameters phi, Batch batch) {
        Target target = new Target.OfBatch(training.model(), theta, training.guide(), phi, batch, Generator.of(2));
        return new Pathwise()
                .estimate(target, bound, 5, 1, Generator.of(2))
                .bound()
                .sum();
    }

    private static String straight(Training training, Dataset data, int threads) {
        try (Run run = training.start(data, threads)) {
            steps(run, STEPS);
            return weights(run);
        }
    }

    private static String resumed(Training training, Dataset data) {
        try (Run first = training.start(data, 1);
                Run second = training.start(data, 1)) {
            steps(first, STEPS / 2);
            second.restore(first.checkpoint());
            steps(second, STEPS - STEPS / 2);
            return weights(second);
        }
    }

    private static void steps(Run run, int n) {
        for (int i = 0; i < n; i++) {
            run.next();
        }
    }

    /** A number that tells the weights' bits apart. */
    private static String weights(Run run) {
        return String.format(
                "%08x",
                31 * Arrays.hashCode(run.theta().flat().toFloats())
                        + Arrays.hashCode(run.phi().flat().toFloats()));
    }
}
