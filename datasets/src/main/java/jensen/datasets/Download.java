package jensen.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import jensen.data.AtomicFile;
import jensen.data.DataException;
import org.jspecify.annotations.Nullable;

/**
 * One file to fetch over HTTP: resumed where an earlier attempt stopped, checked, and put in its place in one step.
 *
 * @param uri where the file is
 * @param sha256 what it must be, in hexadecimal; where that is not known, the hash of the first download is kept beside the
 *     file, and later uses are held to it
 */
public record Download(URI uri, Optional<String> sha256) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Keeps the threads of this process apart, which share their locks on files. */
    private static final Object ONE_AT_A_TIME = new Object();

    /**
     * The file in {@code folder}, fetched if it is not there yet. Of several that need it at once one fetches it, and the others
     * wait.
     *
     * @throws UncheckedIOException if it cannot be fetched or written; what has arrived is kept, to go on from
     * @throws DataException if it is not what it must be
     */
    public Path fetch(Path folder, Progress progress) {
        Path file = folder.resolve(name());
        try {
            Files.createDirectories(folder);
            if (Files.exists(file) || !fetched(file, part(folder), progress)) {
                check(file, file, sha256.isPresent() ? sha256 : read(recorded(file)));
            }
            return file;
        } catch (IOException e) {
            throw failure("cannot keep %s in %s: %s".formatted(name(), folder, e.getMessage()), e);
        }
    }

    /** False if the file has come about while this one waited for its turn. */
    private boolean fetched(Path file, Path part, Progress progress) throws IOException {
        Path turn = file.resolveSibling(name() + ".lock");
        boolean absent;
        synchronized (ONE_AT_A_TIME) {
            try (FileChannel channel = FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                absent = !Files.exists(file);
                if (absent) {
                    receive(part, progress);
                    accept(part, file, progress);
                }
            }
            Files.deleteIfExists(turn); // only now: with the file in its place nobody needs a turn
            return absent;
        }
    }

    private String name() {
        String path = uri.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Path part(Path folder) {
        return folder.resolve(name() + ".part");
    }

    private static Path recorded(Path file) {
        return file.resolveSibling(file.getFileName() + ".sha256");
    }

    private static Path tag(Path part) {
        return part.resolveSibling(part.getFileName() + ".etag");
    }

    private void accept(Path part, Path file, Progress progress) throws IOException {
        String found = hash(part);
        if (sha256.isPresent() && !sha256.get().equals(found)) {
            Files.delete(part); // going on from it would be no use
            Files.deleteIfExists(tag(part));
            throw mismatch(uri, sha256.get(), found);
        }
        if (sha256.isEmpty()) {
            AtomicFile.write(recorded(file), out -> out.write(found.getBytes(StandardCharsets.US_ASCII)));
            progress.note(
                    "%s has no published SHA-256; later uses are held to what arrived, %s".formatted(name(), found));
        }
        AtomicFile.replace(part, file);
        Files.deleteIfExists(tag(part));
    }

    private static void check(Path file, Object shown, Optional<String> expected) throws IOException {
        String found = hash(file);
        if (expected.isPresent() && !expected.get().equals(found)) {
            throw mismatch(shown, expected.get(), found + " (delete the file to download it again)");
        }
    }

    private static DataException mismatch(Object file, String expected, String found) {
        return DataException.in(file, "SHA-256 " + expected, found);
    }

    private void receive(Path part, Progress progress) throws IOException {
        Optional<String> tag = read(tag(part));
        // without a tag or a known hash, nothing would show that the file changed since the first half arrived
        long have = tag.isPresent() || sha256.isPresent() ? size(part) : 0;
        HttpResponse<InputStream> response = ask(have, tag);
        if (response.statusCode() == 416) { // no such range: the part is not of this file
            response.body().close();
            have = 0;
            response = ask(0, Optional.empty());
        }
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status != 200 && status != 206) {
                throw failure("cannot download %s: the server answered %d".formatted(uri, status), null);
            }
            long from = status == 206 ? start(response) : 0;
            if (from != 0 && from != have) {
                throw failure(
                        "cannot download %s: asked for bytes from %d, the server sent them from %d"
                                .formatted(uri, have, from),
                        null);
            }
            if (from == 0) {
                Files.deleteIfExists(part);
            }
            remember(part, response.headers().firstValue("ETag"));
            OptionalLong length = response.headers().firstValueAsLong("Content-Length");
            OptionalLong total = length.isPresent() ? OptionalLong.of(from + length.getAsLong()) : length;
            copy(body, part, from, total, progress);
        }
    }

    private static long start(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Content-Range")
                .filter(range -> range.matches("bytes \\d{1,18}-.*"))
                .map(range -> Long.parseLong(range.substring(6, range.indexOf('-'))))
                .orElse(-1L);
    }

    private HttpResponse<InputStream> ask(long from, Optional<String> tag) throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .build();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
            tag.ifPresent(value -> request.header("If-Range", value));
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw failure(
                    "cannot reach %s; where the files are at hand, name their folder with --from DIR"
                            .formatted(uri.getHost()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("cannot download %s: interrupted".formatted(uri), new IOException(e));
        } catch (IOException e) {
            throw failure("cannot download %s: %s".formatted(uri, e.getMessage()), e);
        }
    }

    private void copy(InputStream body, Path part, long from, OptionalLong total, Progress progress)
            throws IOException {
        long done = from;
        try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] buffer = new byte[1 << 16];
            while (true) {
                int read = receive(body, buffer, done, total);
                if (read < 0) {
                    break;
                }
                out.write(buffer, 0, read);
                done += read;
                progress.received(name(), done, total);
            }
        }
        long kept = Files.size(part);
        if (total.isPresent() && kept != total.getAsLong()) {
            throw broken(kept, total, null);
        }
    }

    private int receive(InputStream body, byte[] buffer, long done, OptionalLong total) throws IOException {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw broken(done, total, e);
        }
    }

    private UncheckedIOException broken(long done, OptionalLong total, @Nullable IOException cause) {
        String all = total.isPresent() ? " of " + total.getAsLong() : "";
        return failure(
                "cannot download %s: the connection broke after %d%s bytes; run again to go on from there"
                        .formatted(uri, done, all),
                cause);
    }

    private static UncheckedIOException failure(String message, @Nullable IOException cause) {
        return new UncheckedIOException(message, cause == null ? new IOException(message) : cause);
    }

    private static void remember(Path part, Optional<String> tag) throws IOException {
        // a weak tag does not promise the same bytes
        if (tag.isPresent() && !tag.get().startsWith("W/")) {
            Files.writeString(tag(part), tag.get());
        } else {
            Files.deleteIfExists(tag(part));
        }
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static Optional<String> read(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
