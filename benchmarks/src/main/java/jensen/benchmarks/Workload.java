package jensen.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import jensen.bound.ImportanceWeighted;
import jensen.data.Encoding;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Convolutional;
import jensen.net.Deconvolutional;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.train.Training;

/** The models that the peers' scripts train too. */
enum Workload {
    /** 784–500–20, tanh, ELBO, batch 100. */
    MLP,
    /** The same with batches of 1,000. */
    MLP1000,
    /** 784–200–200–50, tanh, importance-weighted bound with K = 50, batch 20. */
    IWAE,
    /** Convolutions 32 and 64, dense 256, 16 latents, ReLU, ELBO, batch 128. */
    CONV;

    private static final int PIXELS = 784;

    /** @throws IllegalArgumentException if no workload has the name */
    static Workload named(String name) {
        return Arrays.stream(values())
                .filter(w -> w.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--workload: expected one of "
                        + Arrays.toString(values()).toLowerCase(Locale.ROOT) + ", found " + name));
    }

    Training training() {
        return switch (this) {
            case MLP -> mlp(List.of(500), 20);
            case MLP1000 -> mlp(List.of(500), 20).withBatch(1000);
            case IWAE ->
                mlp(List.of(200, 200), 50)
                        .withBatch(20)
                        .with(new Objective(new ImportanceWeighted(), new Pathwise(), 50));
            case CONV -> convolutional().withBatch(128);
        };
    }

    /** 784–hidden–latent and back, tanh, ELBO, batch 100. */
    static Training mlp(List<Integer> hidden, int latent) {
        return training(
                new Mlp(PIXELS, hidden, 2 * latent, Activation.TANH),
                new Mlp(latent, hidden, PIXELS, Activation.TANH),
                latent);
    }

    private static Training convolutional() {
        int latent = 16;
        return training(
                new Convolutional(1, 28, 28, List.of(32, 64), List.of(256), 2 * latent, Activation.RELU),
                new Deconvolutional(latent, List.of(256), List.of(64, 32), 1, 1, 28, 28, Activation.RELU),
                latent);
    }

    private static Training training(Network encoder, Network decoder, int latent) {
        return Training.of(
                new Model(new Prior.StandardNormal(latent), new Head(decoder, new Family.Bernoulli(), PIXELS)),
                new Amortised(new Head(encoder, new Family.Normal(), latent)),
                new Encoding.Binarised());
    }
}
