package jensen.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jensen.data.AtomicFile;
import jensen.data.DataException;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.net.Parameters;
import jensen.tensor.Device;
import jensen.tensor.Safetensors;
import jensen.tensor.SafetensorsException;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import jensen.train.Epoch;
import jensen.train.Training;

/**
 * The folder of a run: {@code experiment.json} says what is done, {@code weights.safetensors} is what came of it,
 * {@code evaluation.json} how good that is, {@code metrics.jsonl} the way there, {@code provenance.json} what it was done
 * with, and {@code checkpoint.safetensors} where an unfinished run goes on.
 *
 * @param path the folder
 */
public record RunDirectory(Path path) {
    static final String EXPERIMENT = "experiment.json";
    static final String WEIGHTS = "weights.safetensors";
    static final String PROVENANCE = "provenance.json";
    static final String EVALUATION = "evaluation.json";
    static final String METRICS = "metrics.jsonl";
    static final String CHECKPOINT = "checkpoint.safetensors";

    /** The page that shows a run. */
    public static final String REPORT = "report.html";

    /** The names of the pictures that a run's folder may hold, each a PNG file. */
    public static final List<String> PICTURES =
            List.of("elbo", "kl", "reconstructions", "samples", "latent", "manifold", "morph");

    /** What the names of TensorBoard's files begin with. */
    private static final String EVENTS = "events.out.tfevents.";

    private static final String EXPLANATION = "explain-";

    /** The names of files that a writer was killed over, before they were complete. */
    private static final String HALF = ".*.????????-????-????-????-????????????.part";

    /** A model as it was trained: θ and φ. */
    public record Weights(Parameters theta, Parameters phi) {}

    /**
     * Makes the folder, and those on the way to it.
     *
     * @return whether it was not there before
     * @throws UncheckedIOException if it cannot be made
     */
    public boolean make() {
        Path folder = path.toAbsolutePath();
        Path parent = folder.getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(folder);
            return true;
        } catch (IOException e) {
            if (Files.isDirectory(folder)) {
                return false;
            }
            throw new UncheckedIOException("cannot make the folder " + path + ": " + DataException.words(e), e);
        }
    }

    /** Removes the folder if nothing is in it; one that cannot be removed stays. */
    public void removeIfEmpty() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // what came about stays, and an empty folder does no harm
        }
    }

    /**
     * Keeps all others from writing to the folder, which is made where there is none; who carries out a run does so for its
     * whole time.
     *
     * @throws IllegalArgumentException if it is being written to already
     * @throws UncheckedIOException if the folder cannot be written to
     */
    public RunLock lock() {
        return RunLock.of(path);
    }

    /** Whether there is a run in the folder, finished or not. */
    public boolean exists() {
        return Files.exists(path.resolve(EXPERIMENT));
    }

    /** Whether the run in the folder has its final weights and evaluation. */
    public boolean finished() {
        return Files.exists(path.resolve(PROVENANCE));
    }

    /** Whether there is something to go on from. */
    public boolean resumable() {
        return Files.exists(path.resolve(CHECKPOINT));
    }

    /**
     * The experiment.
     *
     * @throws DataException if there is none, it is damaged, or a newer version of this library wrote it
     */
    public Experiment experiment() throws IOException {
        if (!Files.isDirectory(path)) {
            throw DataException.in(path, "the folder of a run", Files.exists(path) ? "a file" : "nothing");
        }
        Path file = path.resolve(EXPERIMENT);
        int format = Json.read(file, Format.class).format();
        if (format > Experiment.FORMAT) {
            throw DataException.in(
                    file,
                    "format " + Experiment.FORMAT + " or older",
                    "format " + format + ", which a newer version of jensen wrote");
        }
        return Json.read(file, Experiment.class);
    }

    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    private record Format(int format) {}

    /** What a finished run was done with. */
    public Provenance provenance() throws IOException {
        return Json.read(path.resolve(PROVENANCE), Provenance.class);
    }

    /** How good the trained model is on its test data. */
    public Evaluation evaluation() throws IOException {
        return Json.read(path.resolve(EVALUATION), Evaluation.class);
    }

    /** The epochs so far. */
    public List<Epoch> epochs() throws IOException {
        List<Epoch> epochs = new ArrayList<>();
        for (String line : lines(METRICS)) {
            epochs.add(Json.parse(line, Epoch.class, path.resolve(METRICS) + ", line " + (epochs.size() + 1)));
        }
        return epochs;
    }

    /** The lines of a file; none where there is no such file. */
    List<String> lines(String name) throws IOException {
        Path file = path.resolve(name);
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (MalformedInputException damaged) {
            throw DataException.in(file, "text in UTF-8", "other bytes", damaged);
        } catch (IOException e) {
            throw DataException.unreadable(file, e);
        }
    }

    /**
     * Looks whether the run is finished, its files are those that it wrote, and its results can be read.
     *
     * @throws DataException if not
     */
    public void check() throws IOException {
        checkFiles();
        evaluation();
        epochs();
    }

    private void checkFiles() throws IOException {
        if (!finished()) {
            throw DataException.in(
                    path,
                    "a finished run",
                    resumable() ? "one that was interrupted (jensen resume goes on with it)" : "one without weights");
        }
        for (Map.Entry<String, String> entry : provenance().sha256().entrySet()) {
            Path file = path.resolve(entry.getKey());
            String found = sha256(file);
            if (!found.equals(entry.getValue())) {
                throw DataException.in(
                        file, "the file that the run wrote, SHA-256 " + entry.getValue(), "SHA-256 " + found);
            }
        }
    }

    /**
     * The trained weights.
     *
     * @throws DataException if a file is missing, damaged, or not the one that the run wrote
     */
    public Weights weights(Device device) throws IOException {
        Experiment e = experiment();
        checkFiles();
        Training t = e.training();
        Weights weights = new Weights(t.theta(e.precision(), device), t.phi(e.precision(), device));
        try (Scope scope = new Scope()) {
            Map<String, Tensor> tensors =
                    Safetensors.read(path.resolve(WEIGHTS)).tensors();
            weights.theta().load("theta", tensors);
            weights.phi().load("phi", tensors);
        } catch (SafetensorsException | IllegalArgumentException damaged) {
            throw DataException.in(
                    path.resolve(WEIGHTS), "the weights of the experiment", "others: " + damaged.getMessage(), damaged);
        }
        return weights;
    }

    /**
     * The trained model, ready to look at data.
     *
     * @param seed of its noise; the experiment's own gives the run's own evaluation
     * @throws DataException as {@link #weights} does
     */
    public Evaluator evaluator(Device device, long seed, int threads) throws IOException {
        Weights weights = weights(device);
        return Fit.evaluator(experiment(), weights.theta(), weights.phi(), seed, threads);
    }

    void save(Experiment e) {
        write(EXPERIMENT, Json.text(e));
    }

    void save(Evaluation e) {
        write(EVALUATION, Json.text(e));
    }

    void save(List<Epoch> epochs) {
        write(
                METRICS,
                String.join("", epochs.stream().map(e -> Json.line(e) + "\n").toList()));
    }

    void saveCheckpoint(Safetensors checkpoint) {
        write(CHECKPOINT, checkpoint);
    }

    private void write(String name, Safetensors tensors) {
        Path file = path.resolve(name);
        try {
            tensors.write(file);
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
    }

    Safetensors checkpoint() throws IOException {
        try {
            return Safetensors.read(path.resolve(CHECKPOINT));
        } catch (SafetensorsException damaged) {
            throw DataException.in(
                    path.resolve(CHECKPOINT), "a checkpoint", String.valueOf(damaged.getMessage()), damaged);
        }
    }

    void saveWeights(Parameters theta, Parameters phi) {
        try (Scope scope = new Scope()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            theta.all().forEach((name, leaf) -> tensors.put("theta." + name, leaf.detach()));
            phi.all().forEach((name, leaf) -> tensors.put("phi." + name, leaf.detach()));
            write(WEIGHTS, new Safetensors(tensors, Map.of()));
        }
    }

    /** The last file that a run writes: from then on it is finished, and needs no checkpoint. */
    void finish(Experiment e, int threads, String started) throws IOException {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (String name : List.of(EXPERIMENT, WEIGHTS)) {
            hashes.put(name, sha256(path.resolve(name)));
        }
        write(PROVENANCE, Json.text(Provenance.of(e, threads, started, hashes)));
        Files.deleteIfExists(path.resolve(CHECKPOINT));
    }

    /** Where a picture of the run goes. */
    public Path picture(String name) {
        return path.resolve(name + ".png");
    }

    /** Where the page that derives the bound on a datum goes. */
    public Path explanation(int row) {
        return path.resolve(EXPLANATION + row + ".html");
    }

    /** Removes a run's files; a run that is half removed is not a finished one. */
    void clear() throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        for (String name : List.of(PROVENANCE, CHECKPOINT, WEIGHTS, EVALUATION, METRICS, REPORT, EXPERIMENT)) {
            Files.deleteIfExists(path.resolve(name));
        }
        for (String name : PICTURES) {
            Files.deleteIfExists(picture(name));
        }
        remove(EVENTS + "*");
        remove(EXPLANATION + "*.html");
    }

    /** Removes what killed writers left half written; for the one writer that the folder has. */
    void sweep() throws IOException {
        remove(HALF);
    }

    private void remove(String names) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, names)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /**
     * The SHA-256 of the weights' file, in hexadecimal: two runs with the same have the same weights to the last bit.
     *
     * @throws DataException if there is none, or it cannot be read
     */
    public String weightsSha256() {
        return sha256(path.resolve(WEIGHTS));
    }

    private void write(String name, String text) {
        AtomicFile.write(path.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw DataException.unreadable(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException("this Java runtime has no SHA-256", e));
        }
    }
}
