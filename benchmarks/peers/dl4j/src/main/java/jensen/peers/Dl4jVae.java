package jensen.peers;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Trains DL4J's variational autoencoder layer on MNIST and prints one JSON record, with the same entries as the other peers'.
 * {@code ../dl4j_vae.py} checks the options, sets the threads and runs this.
 *
 * <p>Batches are binarised here and handed to {@code pretrainLayer}, workspaces on. The bound on test data is the peers', with
 * one sample and the divergence in closed form, computed here from the layer's parameters: the layer's own score takes log p
 * and log(1 − p) of a rounded p, with 0 for −∞, and {@code reconstructionLogProbability} leaves the divergence out.
 */
public final class Dl4jVae {
    private static final int PIXELS = 784;
    private static final int HIDDEN = 500;
    private static final int LATENT = 20;
    private static final int TEST_BATCH = 500;
    private static final long TEST_SEED = 20240;

    private final Map<String, String> options;
    private final int batch;
    private final MultiLayerNetwork net;
    private final Layer layer;

    private Dl4jVae(Map<String, String> options) {
        this.options = options;
        this.batch = number("batch");
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
        Nd4j.getMemoryManager().togglePeriodicGc(false);
        net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(number("seed") + 1L) // 0 would be another seed in each run
                .dataType(DataType.FLOAT)
                .updater(new Adam(1e-3))
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .list()
                .layer(new VariationalAutoencoder.Builder()
                        .nIn(PIXELS)
                        .encoderLayerSizes(HIDDEN)
                        .nOut(LATENT)
                        .decoderLayerSizes(HIDDEN)
                        .activation(Activation.TANH)
                        .pzxActivationFunction(Activation.IDENTITY)
                        .reconstructionDistribution(new BernoulliReconstructionDistribution(Activation.SIGMOID))
                        .numSamples(1)
                        .build())
                .build());
        net.init();
        layer = net.getLayer(0);
        SplittableRandom random = new SplittableRandom(number("seed"));
        glorot("e0W", PIXELS, HIDDEN, random);
        glorot("pZXMeanW", HIDDEN, 2 * LATENT, random);
        glorot("pZXLogStd2W", HIDDEN, 2 * LATENT, random);
        glorot("d0W", LATENT, HIDDEN, random);
        glorot("pXZW", HIDDEN, PIXELS, random);
    }

    /** Runs it: {@code --name value} for each option of {@code ../dl4j_vae.py}, {@code --batch} besides. */
    public static void main(String[] args) throws IOException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            options.put(args[i].substring(2), args[i + 1]);
        }
        ObjectMapper json = new ObjectMapper().configure(JsonGenerator.Feature.QUOTE_NON_NUMERIC_NUMBERS, false);
        String line = json.writeValueAsString(new Dl4jVae(options).record());
        System.out.println(line);
        if (!options.get("out").isEmpty()) {
            Files.writeString(
                    Path.of(options.get("out")), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private int number(String option) {
        return Integer.parseInt(options.get(option));
    }

    private void glorot(String name, int in, int out, SplittableRandom random) {
        INDArray w = layer.getParam(name);
        float limit = (float) Math.sqrt(6.0 / (in + out));
        float[] drawn = new float[Math.toIntExact(w.length())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = limit * (2 * uniform(random) - 1);
        }
        w.assign(Nd4j.create(drawn, w.shape(), 'c'));
    }

    private static float uniform(SplittableRandom random) {
        return (random.nextInt() >>> 8) * 0x1p-24f;
    }

    private Map<String, Object> record() throws IOException {
        Images all = Images.read(options.get("data"), "train-images-idx3-ubyte");
        int limit = number("limit");
        int rows = limit > 0 ? Math.min(limit, all.count()) : all.count();
        int steps = rows / batch;
        int warmup = number("warmup");
        int epochs = number("epochs");
        double rss = mebibytes("VmRSS");
        SplittableRandom random = new SplittableRandom(number("seed") + 1L);
        int[] order = IntStream.range(0, rows).toArray();
        Batch x = new Batch(batch);
        List<Double> rates = new ArrayList<>();
        Moment begun = Moment.now();
        Moment start = begun;
        double score = 0;
        for (int epoch = 0; epoch < warmup + epochs; epoch++) {
            Moment before = Moment.now();
            start = epoch == warmup ? before : start;
            shuffle(order, random);
            score = 0;
            for (int s = 0; s < steps; s++) {
                all.fill(x, order, s * batch, binary() ? random : null);
                net.pretrainLayer(0, x.array());
                score += layer.score();
            }
            if (epoch >= warmup) {
                rates.add(steps * batch / (Moment.now().wall() - before.wall()));
            }
        }
        Moment end = Moment.now();
        double wall = end.wall() - start.wall();
        double own = (end.own() - start.own()) / wall;
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("peer", "dl4j");
        for (String name : List.of("workload", "variant", "input")) {
            record.put(name, options.get(name));
        }
        record.put("threads", number("threads"));
        record.put("seed", number("seed"));
        record.put(
                "version",
                version("org.deeplearning4j/deeplearning4j-nn") + " (openblas " + version("org.bytedeco/openblas")
                        + ")");
        record.put("batch", batch);
        record.put("rate", (double) epochs * steps * batch / wall);
        record.put("examples", (long) epochs * steps * batch);
        record.put("epoch_rates", rates);
        record.put("warmup_s", start.wall() - begun.wall());
        record.put("timed_s", wall);
        record.put("own_cpu", own);
        record.put("foreign_cpu", Math.max(0, (end.everybody() - start.everybody()) / wall - own));
        record.put("train_bound", -score / steps);
        record.put("test_bound", testBound());
        record.put("rss_before_training_mib", rss);
        record.put("peak_rss_mib", mebibytes("VmHWM"));
        return record;
    }

    private boolean binary() {
        return options.get("input").equals("binary");
    }

    private static void shuffle(int[] order, SplittableRandom random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
    }

    /** log p(x|z) − KL(q(z|x) ‖ p(z)) with one z, in nats, mean over the test images, binarised always in the same way. */
    private double testBound() throws IOException {
        Images test = Images.read(options.get("data"), "t10k-images-idx3-ubyte");
        int[] order = IntStream.range(0, test.count()).toArray();
        SplittableRandom random = new SplittableRandom(TEST_SEED);
        Batch x = new Batch(TEST_BATCH);
        double sum = 0;
        int from = 0;
        for (; from + TEST_BATCH <= order.length; from += TEST_BATCH) {
            test.fill(x, order, from, binary() ? random : null);
            INDArray h = Transforms.tanh(affine(x.array(), "e0"), false);
            INDArray mean = affine(h, "pZXMean");
            INDArray logVariance = affine(h, "pZXLogStd2");
            INDArray noise = Nd4j.randn(DataType.FLOAT, mean.shape());
            INDArray z = Transforms.exp(logVariance.mul(0.5)).mul(noise).add(mean);
            INDArray logits = affine(Transforms.tanh(affine(z, "d0"), false), "pXZ");
            sum += logLikelihood(x.floats(), floats(logits)) - divergence(floats(mean), floats(logVariance));
        }
        return sum / from;
    }

    private INDArray affine(INDArray x, String name) {
        return x.mmul(layer.getParam(name + "W")).addRowVector(layer.getParam(name + "b"));
    }

    private static float[] floats(INDArray a) {
        return a.dup('c').data().asFloat();
    }

    private static double logLikelihood(float[] x, float[] logits) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double l = logits[i];
            sum += x[i] * l - Math.max(l, 0) - Math.log1p(Math.exp(-Math.abs(l)));
        }
        return sum;
    }

    private static double divergence(float[] mean, float[] logVariance) {
        double sum = 0;
        for (int i = 0; i < mean.length; i++) {
            sum += 0.5 * (mean[i] * mean[i] + Math.exp(logVariance[i]) - logVariance[i] - 1);
        }
        return sum;
    }

    private static String version(String library) throws IOException {
        Properties found = new Properties();
        try (InputStream in = Dl4jVae.class.getResourceAsStream("/META-INF/maven/" + library + "/pom.properties")) {
            if (in != null) {
                found.load(in);
            }
        }
        return found.getProperty("version", "unknown");
    }

    private static double mebibytes(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith(line + ":"))
                .mapToDouble(l -> Double.parseDouble(l.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Rows of pixels: an array of ND4J's, and the same numbers on the heap. */
    private record Batch(INDArray array, float[] floats) {
        Batch(int rows) {
            this(Nd4j.createUninitialized(DataType.FLOAT, rows, PIXELS), new float[rows * PIXELS]);
        }
    }

    private record Images(byte[] pixels, int count) {
        static Images read(String folder, String name) throws IOException {
            Path path = Path.of(folder, name);
            byte[] raw;
            try (InputStream in = Files.exists(path)
                    ? Files.newInputStream(path)
                    : new GZIPInputStream(Files.newInputStream(Path.of(folder, name + ".gz")))) {
                raw = in.readAllBytes();
            }
            ByteBuffer header = ByteBuffer.wrap(raw);
            if (header.getInt(0) != 2051 || raw.length != 16 + header.getInt(4) * PIXELS) {
                throw new IOException(path + ": expected an IDX file of 28 x 28 images, found magic " + header.getInt(0)
                        + " and " + raw.length + " bytes");
            }
            return new Images(raw, header.getInt(4));
        }

        /** Copies the rows of ORDER from FROM on, as ones and zeros drawn with the grey values' probabilities if RANDOM is. */
        void fill(Batch x, int[] order, int from, SplittableRandom random) {
            float[] to = x.floats();
            for (int i = 0; i < to.length; i++) {
                float grey = (pixels[16 + order[from + i / PIXELS] * PIXELS + i % PIXELS] & 255) / 255f;
                to[i] = random == null ? grey : uniform(random) < grey ? 1 : 0;
            }
            ((FloatPointer) x.array().data().pointer()).put(to);
        }
    }

    /** A moment in seconds: the time, and the CPU time of this process and of all. */
    private record Moment(double wall, double own, double everybody) {
        private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

        static Moment now() throws IOException {
            String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
            double everybody = IntStream.of(BUSY)
                            .mapToDouble(i -> Double.parseDouble(fields[i]))
                            .sum()
                    / 100;
            OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Moment(System.nanoTime() / 1e9, os.getProcessCpuTime() / 1e9, everybody);
        }
    }
}
