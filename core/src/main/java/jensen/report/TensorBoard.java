package jensen.report;

import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * An event file for TensorBoard: records framed as TFRecord (length, masked CRC-32C, data, masked CRC-32C), each an
 * {@code Event} message of TensorFlow's event.proto and summary.proto.
 *
 * <p>Events are on disk after {@link #flush}; a resumed run goes on in a new file of the same folder. Not for use by several threads
 * at once.
 */
public final class TensorBoard implements AutoCloseable {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int MASK_DELTA = 0xa282ead8;
    private final Path file;
    private final OutputStream out;

    private TensorBoard(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /** Returns a writer to a new event file in the folder; throws IOException when it cannot be made. */
    public static TensorBoard start(Path folder, Instant time) throws IOException {
        TensorBoard board = open(folder, time);
        board.write(new Protobuf().float64(WALL_TIME, seconds(time)).text(FILE_VERSION, "brain.Event:2"));
        board.flush();
        return board;
    }

    /**
     * Returns a writer to a new event file that goes on from a step; TensorBoard then forgets what earlier files say of that
     * step and later ones. Throws IOException when the file cannot be made.
     */
    public static TensorBoard resume(Path folder, long step, Instant time) throws IOException {
        TensorBoard board = start(folder, time);
        Protobuf started = new Protobuf().integer(1, 1);
        board.write(new Protobuf()
                .float64(WALL_TIME, seconds(time))
                .integer(STEP, step)
                .message(SESSION_LOG, started));
        board.flush();
        return board;
    }

    /** Returns where the events go. */
    public Path file() {
        return file;
    }

    /** Adds a number under a tag; it is kept as float32, and one that is not finite is kept as it is. */
    public void scalar(String tag, long step, double value, Instant time) throws IOException {
        event(step, time, new Protobuf().text(1, tag).float32(2, (float) value));
    }

    /** Adds a picture under a tag. */
    public void image(String tag, long step, BufferedImage picture, Instant time) throws IOException {
        Protobuf image = new Protobuf()
                .integer(1, picture.getHeight())
                .integer(2, picture.getWidth())
                .integer(3, picture.getColorModel().getNumComponents())
                .bytes(4, Png.bytes(picture));
        event(step, time, new Protobuf().text(1, tag).message(4, image));
    }

    /** Hands all events so far to the operating system, so that they outlive this process. */
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void event(long step, Instant time, Protobuf value) throws IOException {
        Protobuf summary = new Protobuf().message(1, value);
        write(new Protobuf()
                .float64(WALL_TIME, seconds(time))
                .integer(STEP, step)
                .message(SUMMARY, summary));
    }

    private void write(Protobuf event) throws IOException {
        byte[] data = event.bytes();
        byte[] length = Protobuf.littleEndian(data.length, Long.BYTES);
        out.write(length);
        out.write(Protobuf.littleEndian(maskedCrc(length), Integer.BYTES));
        out.write(data);
        out.write(Protobuf.littleEndian(maskedCrc(data), Integer.BYTES));
    }

    /** Returns the checksum of a TFRecord: CRC-32C, rotated right by 15 bits, plus a constant. */
    static int maskedCrc(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    private static double seconds(Instant time) {
        return time.getEpochSecond() + time.getNano() / 1e9;
    }

    private static TensorBoard open(Path folder, Instant time) throws IOException {
        Files.createDirectories(folder);
        String name = "events.out.tfevents." + time.getEpochSecond() + "." + host();
        // A run resumed within a second of its start has the same name; the suffix also sorts it behind, as TensorBoard
        // needs.
        Path file = folder.resolve(name);
        for (int again = 1; ; again++) {
            try {
                OutputStream raw = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                return new TensorBoard(file, new BufferedOutputStream(raw));
            } catch (FileAlreadyExistsException e) {
                file = folder.resolve(name + "." + again);
            }
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (UnknownHostException e) {
            // The name only tells files of several machines apart; a machine that does not know its own is one.
            return "localhost";
        }
    }
}
