package jensen.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import jensen.experiment.Fit;
import jensen.experiment.RunDirectory;
import jensen.train.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps TensorBoard's file of a run: the numbers of each epoch as it ends, and pictures. A run that goes on after an
 * interruption writes all its epochs again, which TensorBoard then shows instead of the earlier file's.
 */
public final class RunEvents implements Fit.Observer, AutoCloseable {
    private final RunDirectory directory;
    private final boolean resumed;
    private @Nullable TensorBoard board;

    /**
     * Events for a run's folder; the file is made with the first.
     *
     * @param resumed whether the folder may have events of the same run's beginning
     */
    public RunEvents(RunDirectory directory, boolean resumed) {
        this.directory = directory;
        this.resumed = resumed;
    }

    /** @throws UncheckedIOException if the file cannot be written */
    @Override
    public void epoch(Epoch epoch) {
        try {
            TensorBoard open = board;
            if (open == null) {
                write(begin(), directory.epochs());
            } else {
                write(open, List.of(epoch));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write TensorBoard's events: " + e.getMessage(), e);
        }
    }

    /**
     * Adds pictures, by name, as of the run's last step.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void pictures(Map<String, BufferedImage> pictures) {
        try {
            TensorBoard open = board;
            List<Epoch> epochs = directory.epochs();
            if (open == null) {
                open = begin();
                write(open, epochs);
            }
            long step = epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).step();
            for (Map.Entry<String, BufferedImage> picture : pictures.entrySet()) {
                open.image(picture.getKey(), step, picture.getValue(), Instant.now());
            }
            open.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write TensorBoard's events: " + e.getMessage(), e);
        }
    }

    private TensorBoard begin() throws IOException {
        Instant now = Instant.now();
        TensorBoard begun =
                resumed ? TensorBoard.resume(directory.path(), 0, now) : TensorBoard.start(directory.path(), now);
        board = begun;
        return begun;
    }

    private static void write(TensorBoard board, List<Epoch> epochs) throws IOException {
        Instant now = Instant.now();
        for (Epoch e : epochs) {
            board.scalar("train/elbo", e.step(), e.elbo(), now);
            board.scalar("train/reconstruction", e.step(), e.reconstruction(), now);
            board.scalar("train/kl", e.step(), e.kl(), now);
            board.scalar("validation/elbo", e.step(), e.validationElbo(), now);
            board.scalar("validation/reconstruction", e.step(), e.validationReconstruction(), now);
            board.scalar("validation/kl", e.step(), e.validationKl(), now);
            board.scalar("learning rate", e.step(), e.learningRate(), now);
        }
        board.flush();
    }

    @Override
    public void close() throws IOException {
        if (board != null) {
            board.close();
        }
    }
}
