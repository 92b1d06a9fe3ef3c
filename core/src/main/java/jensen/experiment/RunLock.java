package jensen.experiment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import jensen.data.AtomicFile;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a run's folder, which one writer has at a time, of this process and all others. The operating system
 * ends it when a process dies. It is a lock on a file in the folder, which is there only while somebody writes.
 */
public final class RunLock implements AutoCloseable {
    static final String FILE = ".lock";

    /** How often somebody else may remove the file between two looks at it. */
    private static final int ATTEMPTS = 100;

    /**
     * The folders that this process writes to. A second channel to the file of a lock must not even be opened, since to close it
     * ends the lock: POSIX has one for each process and file.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path folder;
    private final FileChannel channel;
    private final boolean made;

    private RunLock(Path folder, FileChannel channel, boolean made) {
        this.folder = folder;
        this.channel = channel;
        this.made = made;
    }

    /**
     * Takes it, and makes the folder where there is none.
     *
     * @throws IllegalArgumentException if somebody has it
     * @throws java.io.UncheckedIOException if the folder cannot be made, or the file cannot be made or locked
     */
    static RunLock of(Path path) {
        boolean made = false;
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                made |= new RunDirectory(path).make();
                try {
                    RunLock lock = attempt(path, path.toRealPath(), made);
                    if (lock != null) {
                        return lock;
                    }
                } catch (NoSuchFileException removed) {
                    // by who had the lock until now
                }
            }
            throw taken(path);
        } catch (IOException e) {
            throw AtomicFile.failure(path.resolve(FILE), e);
        }
    }

    /** Nothing if the file that was locked is no longer the one in the folder. */
    private static @Nullable RunLock attempt(Path path, Path folder, boolean made) throws IOException {
        Path file = folder.resolve(FILE);
        synchronized (HELD) {
            if (HELD.contains(folder)) {
                throw taken(path);
            }
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
            Object key = key(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            boolean held = false;
            try {
                if (channel.tryLock() == null) {
                    throw taken(path);
                }
                held = Objects.equals(key, key(file));
            } catch (OverlappingFileLockException e) { // of this class, loaded a second time
                throw taken(path);
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            if (!held) {
                return null;
            }
            HELD.add(folder);
            return new RunLock(folder, channel, made);
        }
    }

    /** What tells a file from another of the same name, where the system has it. */
    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static IllegalArgumentException taken(Path path) {
        return new IllegalArgumentException(
                path + ": expected a folder that nothing else writes to, found one that is being written to");
    }

    /** Gives it back; a folder that it made and in which nothing came about is removed. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (!channel.isOpen()) {
                return;
            }
            try (channel) {
                Files.deleteIfExists(folder.resolve(FILE));
            } finally {
                HELD.remove(folder);
            }
        }
        if (made) {
            new RunDirectory(folder).removeIfEmpty();
        }
    }
}
