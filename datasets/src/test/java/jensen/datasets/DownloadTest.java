package jensen.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jensen.data.DataException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server on this machine that can be told to misbehave. */
class DownloadTest {
    private static final int SIZE = 300_000;

    @TempDir
    Path folder;

    private final byte[] content = new byte[SIZE];
    private final List<String> asked = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Long> received = new ArrayList<>();
    private String hash = "";
    private final HttpServer server;
    private Optional<String> tag = Optional.of("\"one\"");
    private boolean ranges = true;
    private int status = 200;
    private int stopAfter = Integer.MAX_VALUE;
    private final CountDownLatch bothBegun = new CountDownLatch(1);
    private CountDownLatch answering = new CountDownLatch(0);

    private final Progress progress = new Progress() {
        @Override
        public void received(String file, long bytes, OptionalLong total) {
            assertThat(file).isEqualTo("data.gz");
            assertThat(total).hasValue(SIZE);
            received.add(bytes);
        }

        @Override
        public void note(String message) {
            notes.add(message);
        }
    };

    DownloadTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() throws Exception {
        new Random(5).nextBytes(content);
        hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            answering.await();
            String range = exchange.getRequestHeaders().getFirst("Range");
            String condition = exchange.getRequestHeaders().getFirst("If-Range");
            asked.add(range + " " + condition);
            tag.ifPresent(value -> exchange.getResponseHeaders().set("ETag", value));
            int from = 0;
            if (ranges
                    && range != null
                    && (condition == null || Optional.of(condition).equals(tag))) {
                from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
                exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, SIZE - 1, SIZE));
            }
            if (from >= SIZE) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.sendResponseHeaders(status != 200 ? status : from > 0 ? 206 : 200, SIZE - from);
            exchange.getResponseBody().write(content, from, Math.min(SIZE, stopAfter) - from);
            exchange.getResponseBody().flush();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Download download(Optional<String> sha256) {
        return new Download(
                URI.create("http://127.0.0.1:%d/sets/data.gz"
                        .formatted(server.getAddress().getPort())),
                sha256);
    }

    private List<String> files() throws IOException {
        return Arrays.stream(Optional.ofNullable(folder.toFile().list()).orElseThrow())
                .sorted()
                .toList();
    }

    @Test
    void fetchesOnce() throws IOException {
        Path file = download(Optional.of(hash)).fetch(folder, progress);
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        assertThat(files()).containsExactly("data.gz");
        assertThat(received).isSorted().endsWith((long) SIZE);
        assertThat(notes).isEmpty();
        download(Optional.of(hash)).fetch(folder, progress);
        assertThat(asked).containsExactly("null null");
    }

    @Test
    void ofSeveralThreadsOneFetches() throws Exception {
        List<Path> fetched = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = Stream.generate(() ->
                        new Thread(() -> fetched.add(download(Optional.of(hash)).fetch(folder, progress))))
                .limit(4)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(fetched).hasSize(4);
        theFileArrivedOnce();
    }

    private void theFileArrivedOnce() throws IOException {
        assertThat(Files.readAllBytes(folder.resolve("data.gz"))).isEqualTo(content);
        assertThat(asked).containsExactly("null null");
        assertThat(files()).containsExactly("data.gz");
    }

    @Test
    void ofTwoProcessesOneFetches() throws Exception {
        List<Process> both = List.of(elsewhere(), elsewhere());
        for (Process process : both) {
            assertThat(process.getInputStream().read()).isEqualTo(Elsewhere.BEGUN);
        }
        bothBegun.countDown();
        for (Process process : both) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        theFileArrivedOnce();
    }

    private Process elsewhere() throws IOException {
        answering = bothBegun;
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Elsewhere.class.getName(),
                        download(Optional.of(hash)).uri().toString(),
                        hash,
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Another process, which says that it begins. */
    static final class Elsewhere {
        static final int BEGUN = '!';

        private Elsewhere() {}

        public static void main(String[] args) {
            System.out.write(BEGUN);
            System.out.flush();
            new Download(URI.create(args[0]), Optional.of(args[1])).fetch(Path.of(args[2]), new Progress() {
                @Override
                public void received(String file, long bytes, OptionalLong total) {}

                @Override
                public void note(String message) {}
            });
        }
    }

    private void breakAfter(int bytes, Optional<String> sha256) {
        stopAfter = bytes;
        assertThatThrownBy(() -> download(sha256).fetch(folder, progress))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageMatching(
                        "cannot download http://127.*/data.gz: the connection broke after \\d+ of 300000 bytes; "
                                + "run again to go on from there");
        stopAfter = Integer.MAX_VALUE;
    }

    @Test
    void goesOnWhereItBroke() throws IOException {
        breakAfter(100_000, Optional.of(hash));
        assertThat(files()).containsExactly("data.gz.lock", "data.gz.part", "data.gz.part.etag");
        long have = Files.size(folder.resolve("data.gz.part"));
        assertThat(have).isBetween(1L, 100_000L);
        Path file = download(Optional.of(hash)).fetch(folder, progress);
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        assertThat(asked).containsExactly("null null", "bytes=" + have + "- \"one\"");
        assertThat(files()).containsExactly("data.gz");
    }

    @Test
    void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
        breakAfter(100_000, Optional.of(hash));
        ranges = false;
        assertThat(Files.readAllBytes(download(Optional.of(hash)).fetch(folder, progress)))
                .isEqualTo(content);
    }

    @Test
    void startsAgainWhereTheFileChanged() throws IOException {
        breakAfter(100_000, Optional.empty());
        tag = Optional.of("\"two\"");
        content[5]++;
        assertThat(Files.readAllBytes(download(Optional.empty()).fetch(folder, progress)))
                .isEqualTo(content);
        // with neither a tag nor a known hash, a part cannot be gone on from
        Files.delete(folder.resolve("data.gz"));
        tag = Optional.empty();
        breakAfter(100_000, Optional.empty());
        content[6]++;
        assertThat(Files.readAllBytes(download(Optional.empty()).fetch(folder, progress)))
                .isEqualTo(content);
    }

    @Test
    void startsAgainWhereThePartIsNotOfThisFile() throws IOException {
        Files.write(folder.resolve("data.gz.part"), new byte[SIZE + 7]);
        assertThat(Files.readAllBytes(download(Optional.of(hash)).fetch(folder, progress)))
                .isEqualTo(content);
        assertThat(asked).hasSize(2);
    }

    @Test
    void refusesOtherContent() throws IOException {
        String other = "0".repeat(64);
        assertThatThrownBy(() -> download(Optional.of(other)).fetch(folder, progress))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expected SHA-256 " + other + ", found " + hash);
        assertThat(files()).containsExactly("data.gz.lock");
    }

    @Test
    void holdsLaterUsesToTheFirst() throws IOException {
        Path file = download(Optional.empty()).fetch(folder, progress);
        assertThat(notes)
                .singleElement()
                .asString()
                .contains("no published SHA-256")
                .contains(hash);
        assertThat(Files.readString(folder.resolve("data.gz.sha256"))).isEqualTo(hash);
        download(Optional.empty()).fetch(folder, progress);
        assertThat(asked).hasSize(1);
        content[0]++;
        Files.write(file, content);
        assertThatThrownBy(() -> download(Optional.empty()).fetch(folder, progress))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": expected SHA-256 " + hash)
                .hasMessageEndingWith("(delete the file to download it again)");
    }

    @Test
    void tellsWhatTheServerSaid() throws IOException {
        status = 404;
        assertThatThrownBy(() -> download(Optional.of(hash)).fetch(folder, progress))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageEndingWith("/sets/data.gz: the server answered 404");
        assertThat(files()).containsExactly("data.gz.lock");
    }

    @Test
    void tellsHowToDoWithoutANetwork() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        URI uri = URI.create("http://127.0.0.1:%d/data.gz".formatted(nobody));
        assertThatThrownBy(() -> new Download(uri, Optional.empty()).fetch(folder, progress))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot reach 127.0.0.1; where the files are at hand, name their folder with --from DIR");
        // a name that no resolver knows (RFC 2606)
        assertThatThrownBy(() -> new Download(URI.create("http://jensen.invalid/data.gz"), Optional.empty())
                        .fetch(folder, progress))
                .hasMessageStartingWith("cannot reach jensen.invalid;");
    }
}
