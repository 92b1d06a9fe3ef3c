package jensen.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A file being read from its start, decompressed where it is gzipped; every failure is a {@link DataException}. */
final class Input implements Closeable {
    private final Object file;
    private final InputStream in;
    private final @Nullable Path mappable;
    private long taken;

    private Input(Object file, InputStream in, @Nullable Path mappable) {
        this.file = file;
        this.in = in;
        this.mappable = mappable;
    }

    /** Opens a file, which must exist and hold something. */
    static Input open(Path file) {
        if (Files.isDirectory(file)) {
            throw DataException.in(file, "a file", "a folder");
        }
        try {
            InputStream raw = Files.newInputStream(file);
            try {
                return of(file, raw, file);
            } catch (IOException | RuntimeException e) {
                raw.close();
                throw e;
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Reads a stream that messages call {@code name}. */
    static Input of(String name, InputStream raw) {
        try {
            return of(name, raw, null);
        } catch (IOException e) {
            throw failure(name, e);
        }
    }

    private static Input of(Object file, InputStream raw, @Nullable Path path) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
        in.mark(2);
        int first = in.read();
        int second = in.read();
        in.reset();
        if (first < 0) {
            throw DataException.in(file, "data", "an empty file");
        }
        boolean gzipped = first == 0x1F && second == 0x8B;
        return gzipped
                ? new Input(file, new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16), null)
                : new Input(file, in, path);
    }

    /** What messages call this input. */
    Object file() {
        return file;
    }

    /** The bytes from here on, for a reader of text. */
    InputStream stream() {
        return in;
    }

    /** The next {@code n} bytes, which are {@code what}. */
    byte[] take(int n, String what) {
        try {
            byte[] bytes = in.readNBytes(n);
            if (bytes.length < n) {
                throw DataException.in(
                        file, "%d bytes of %s".formatted(n, what), "the file's end after " + bytes.length);
            }
            taken += n;
            return bytes;
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** What is left, which must be {@code length} bytes. */
    Chunks rest(long length, ByteOrder order) {
        String expected = length + " bytes of values as its header says";
        try {
            if (mappable != null) {
                long left = Files.size(mappable) - taken;
                if (left != length) {
                    throw DataException.in(file, expected, left + " bytes");
                }
                return Chunks.map(mappable, taken, length, order);
            }
            if (length > Runtime.getRuntime().maxMemory() / 2) {
                throw DataException.in(
                        file,
                        "compressed values that fit in memory (uncompressed files are read in place)",
                        length + " bytes of them");
            }
            Chunks rest = Chunks.read(in, length, order);
            if (rest.length() < length) {
                throw DataException.in(file, expected, rest.length() + " bytes");
            }
            if (in.read() >= 0) {
                throw DataException.in(file, expected, "more bytes after them");
            }
            return rest;
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** The exception for a file that cannot be read. */
    static DataException failure(Object file, Exception failed) {
        Throwable cause = failed.getCause();
        Throwable e = failed instanceof UncheckedIOException && cause != null ? cause : failed;
        return e instanceof NoSuchFileException
                ? DataException.in(file, "a file or folder", "nothing of that name", e)
                : DataException.in(file, "a readable, complete file", DataException.words(e), e);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }
}
