package jensen.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that are either complete or not there. */
public final class AtomicFile {
    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it; the stream is buffered, and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes beside the target and, once that is on disk, moves into its place, replacing what was there; folders on the way are
     * made.
     *
     * @throws UncheckedIOException if that fails, and then the target is as it was
     */
    public static void write(Path target, Content content) {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IllegalArgumentException("target: expected a file, found " + target);
        }
        try {
            Files.createDirectories(folder);
            Path beside = folder.resolve("." + absolute.getFileName() + "." + UUID.randomUUID() + ".part");
            try {
                try (FileChannel channel =
                        FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                    content.writeTo(out);
                    out.flush();
                    channel.force(true);
                }
                replace(beside, absolute);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw failure(target, e);
        } catch (UncheckedIOException e) { // what is written may be a writer's that throws no other
            throw e.getCause() == null ? e : failure(target, e.getCause());
        }
    }

    /** The exception for a file that cannot be written. */
    public static UncheckedIOException failure(Path target, IOException e) {
        return new UncheckedIOException("cannot write " + target + ": " + DataException.words(e), e);
    }

    /** Moves a finished file to its place, in one step where the file system has one. */
    public static void replace(Path finished, Path target) throws IOException {
        try {
            Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(finished, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
