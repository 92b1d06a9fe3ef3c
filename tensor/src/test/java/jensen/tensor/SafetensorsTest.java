package jensen.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    private static final String ENTRY = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @TempDir
    Path directory;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** The file was written by the format's reference implementation: reference/safetensors_fixture.py. */
    @Test
    void readsWhatTheReferenceImplementationWrote() throws IOException, URISyntaxException {
        Safetensors read = Safetensors.read(reference());

        assertThat(read.metadata()).isEqualTo(Map.of("format", "np", "σ", "1"));
        assertThat(read.tensors()).containsOnlyKeys("encoder.weight", "größe", "index", "none", "scale");
        Tensor weight = tensor(read, "encoder.weight");
        assertThat(weight.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(weight.shape()).containsExactly(2, 3);
        assertThat(weight.toFloats()).containsExactly(0f, 0.125f, 0.25f, 0.375f, 0.5f, 0.625f);
        assertThat(tensor(read, "scale").shape()).isEmpty();
        assertThat(tensor(read, "scale").dtype()).isEqualTo(DType.FLOAT64);
        assertThat(tensor(read, "scale").item()).isEqualTo(-2.5);
        assertThat(tensor(read, "index").dtype()).isEqualTo(DType.INT64);
        assertThat(tensor(read, "index").toDoubles()).containsExactly(0, -1, 0x1p62);
        assertThat(tensor(read, "none").shape()).containsExactly(0, 4);
        assertThat(tensor(read, "größe").toDoubles()).containsExactly(Double.POSITIVE_INFINITY, Double.NaN, -0.0);
    }

    /** Both order by type and then by name. */
    @Test
    void writesTheBytesOfTheReferenceImplementation() throws IOException, URISyntaxException {
        Safetensors read = Safetensors.read(reference());
        Path file = directory.resolve("copy.safetensors");

        new Safetensors(read.tensors(), Map.of()).write(file);

        byte[] ours = Files.readAllBytes(file);
        byte[] theirs = Files.readAllBytes(reference());
        assertThat(data(ours)).isEqualTo(data(theirs));
        String header = new String(ours, 8, headerLength(ours), UTF_8);
        assertThat(new String(theirs, 8, headerLength(theirs), UTF_8))
                .contains(header.substring(1).strip());
        assertThat(headerLength(ours) % 8).isZero();
    }

    @Test
    void writesViewsInRowMajorOrderAndManyChunks() throws IOException {
        int n = 4_200_001; // more than one window of native memory
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
        }
        Tensor transposed = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1);
        Path file = directory.resolve("w.safetensors");

        new Safetensors(Map.of("large", Tensor.of(values, n).requiresGradient(), "t", transposed), Map.of("k", "v"))
                .write(file);

        Safetensors read = Safetensors.read(file);
        assertThat(tensor(read, "large").toFloats()).isEqualTo(values);
        assertThat(tensor(read, "t").shape()).containsExactly(3, 2);
        assertThat(tensor(read, "t").toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(read.metadata()).isEqualTo(Map.of("k", "v"));
    }

    @Test
    void replacesAFileWholeAndLeavesNothingBeside() throws IOException {
        Path file = directory.resolve("w.safetensors");
        for (double value : new double[] {1, 2}) {
            new Safetensors(Map.of("x", Tensor.of(new double[] {value}, 1)), Map.of()).write(file);
        }

        assertThat(tensor(Safetensors.read(file), "x").item()).isEqualTo(2);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFailedWriteLeavesNothing() {
        Path missing = directory.resolve("missing").resolve("w.safetensors");
        Safetensors one = new Safetensors(Map.of("x", Tensor.of(new double[] {1}, 1)), Map.of());

        assertThatThrownBy(() -> one.write(missing)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new Safetensors(Map.of("__metadata__", Tensor.of(new double[] {1}, 1)), Map.of())
                        .write(directory.resolve("w")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("__metadata__");
        assertThatThrownBy(() -> new Safetensors(Map.of(), Map.of("half", "\uD800")).write(directory.resolve("w")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void readTensorsBelongToTheEnclosingScope() throws IOException {
        Path file = directory.resolve("w.safetensors");
        new Safetensors(Map.of("x", Tensor.of(new double[] {7, 8}, 2)), Map.of()).write(file);
        long before = Scope.live();
        try (Scope inner = new Scope()) {
            Safetensors read = Safetensors.read(file);
            assertThat(Scope.live()).isEqualTo(before + 1);
            assertThat(tensor(read, "x").toDoubles()).containsExactly(7, 8);
        }
        assertThat(Scope.live()).isEqualTo(before);
    }

    static Stream<Arguments> corruptions() {
        String deep = "{\"x\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}";
        return Stream.of(
                Arguments.of("empty", new byte[0], "at least 8 bytes; found 0"),
                Arguments.of("short", new byte[7], "at least 8 bytes; found 7"),
                Arguments.of("no header", raw(0, ""), "starts with {"),
                Arguments.of("length beyond the file", raw(99, "{}"), "expected a header of 99 bytes, found 2"),
                Arguments.of("length beyond the cap", raw(100_000_001, "{}"), "at most 100000000 bytes"),
                Arguments.of("negative length", raw(-1, "{}"), "found a length of 18446744073709551615"),
                Arguments.of("a space first", raw(3, " {}"), "starts with {"),
                Arguments.of("an array", file("[]", 0), "starts with {"),
                Arguments.of("cut JSON", file("{\"x\":", 0), "not valid JSON: Unexpected end-of-input"),
                Arguments.of("bad JSON", file("{x}", 0), "not valid JSON"),
                Arguments.of("two objects", file("{}{}", 0), "nothing after"),
                Arguments.of("deep JSON", file(deep, 0), "expected an object, found ["),
                Arguments.of("long name", file("{\"" + "n".repeat(60_000) + "\":1}", 0), "not valid JSON: "),
                Arguments.of("not UTF-8", raw(6, "{\"\u00FF\":1}", false), "not UTF-8"),
                Arguments.of("half a surrogate", file("{\"\\ud800\":" + ENTRY + "}", 8), "surrogate"),
                Arguments.of(
                        "metadata of numbers", file("{\"__metadata__\":{\"a\":1}}", 0), "expected a string, found 1"),
                Arguments.of("metadata a list", file("{\"__metadata__\":[]}", 0), "expected an object"),
                Arguments.of("entry a number", file("{\"x\":1}", 0), "tensor x: expected an object, found 1"),
                Arguments.of("entry null", file("{\"x\":null}", 0), "tensor x: expected an object, found null"),
                Arguments.of("no shape", file("{\"x\":{\"dtype\":\"F32\"}}", 0), "found only [dtype]"),
                Arguments.of("unknown field", entry("\"F32\"", "[2]", "[0,8],\"z\":1", 8), "found z"),
                Arguments.of("unknown dtype", entry("\"BF16\"", "[2]", "[0,8]", 8), "F32, F64 or I64, found BF16"),
                Arguments.of("dtype a number", entry("32", "[2]", "[0,8]", 8), "expected a string"),
                Arguments.of("shape negative", entry("\"F32\"", "[-2]", "[0,8]", 8), "found -2"),
                Arguments.of("shape fraction", entry("\"F32\"", "[2.0]", "[0,8]", 8), "whole number, found 2.0"),
                Arguments.of("shape beyond long", entry("\"F32\"", "[99999999999999999999]", "[0,8]", 8), "not valid"),
                Arguments.of("shape overflow", entry("\"F32\"", "[4611686018427387904,4]", "[0,0]", 0), "can hold"),
                Arguments.of("empty overflow", entry("\"F32\"", "[0,4611686018427387904,4]", "[0,0]", 0), "can hold"),
                Arguments.of("shape rank", entry("\"F32\"", "[1" + ",1".repeat(64) + "]", "[0,4]", 4), "at most 64"),
                Arguments.of("offsets reversed", entry("\"F32\"", "[2]", "[8,0]", 8), "begin ≤ end, found [8, 0]"),
                Arguments.of("one offset", entry("\"F32\"", "[2]", "[0]", 8), "begin ≤ end, found [0]"),
                Arguments.of("three offsets", entry("\"F32\"", "[2]", "[0,8,8]", 8), "at most 2"),
                Arguments.of("wrong size", entry("\"F64\"", "[2]", "[0,8]", 8), "F64[2] takes 16 bytes, found"),
                Arguments.of(
                        "data truncated", entry("\"F32\"", "[2]", "[0,8]", 7), "ends at byte 8 of the data, found 7"),
                Arguments.of("data trailing", entry("\"F32\"", "[2]", "[0,8]", 9), "expected 8 bytes of data"),
                Arguments.of("data from a gap", entry("\"F32\"", "[2]", "[4,12]", 12), "follows a gap"),
                Arguments.of(
                        "data with no tensor", file("{}", 4), "expected 0 bytes of data as the header says, found 4"),
                Arguments.of("twice", file("{\"x\":" + ENTRY + ",\"x\":" + ENTRY + "}", 8), "names x twice"),
                Arguments.of("overlap", file("{\"x\":" + ENTRY + ",\"y\":" + ENTRY + "}", 8), "y overlaps"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corruptions")
    void saysWhatIsWrongInOneLine(String name, byte[] bytes, String expected) throws IOException {
        Path file = Files.write(directory.resolve("bad.safetensors"), bytes);

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(expected)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void damagedFilesGiveTensorsOrTheExceptionAndNeverAnother() throws IOException, URISyntaxException {
        byte[] whole = Files.readAllBytes(reference());
        SplittableRandom random = new SplittableRandom(20140416);
        int rejected = 0;
        for (int trial = 0; trial < 2000; trial++) {
            byte[] damaged = damage(whole, random);
            Path file = Files.write(directory.resolve("fuzz.safetensors"), damaged);
            try (Scope inner = new Scope()) {
                for (Tensor t : Safetensors.read(file).tensors().values()) {
                    assertThat(t.toDoubles()).hasSize((int) t.count());
                }
            } catch (SafetensorsException e) {
                rejected++;
                assertThat(e.getMessage()).hasLineCount(1);
            }
        }
        // flips in values and in names go unseen, most others cannot
        assertThat(rejected).isBetween(1000, 1990);
    }

    private static byte[] damage(byte[] whole, SplittableRandom random) {
        byte[] damaged = whole.clone();
        if (random.nextInt(4) == 0) {
            return java.util.Arrays.copyOf(damaged, random.nextInt(whole.length + 8));
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }

    private static byte[] entry(String dtype, String shape, String offsets, int dataBytes) {
        return file(
                "{\"x\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}",
                dataBytes);
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] text = header.getBytes(UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private static byte[] raw(long length, String text) {
        return raw(length, text, true);
    }

    private static byte[] raw(long length, String text, boolean utf8) {
        byte[] bytes = text.getBytes(utf8 ? UTF_8 : java.nio.charset.StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(bytes)
                .array();
    }

    private static int headerLength(byte[] file) {
        return (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static byte[] data(byte[] file) {
        return java.util.Arrays.copyOfRange(file, 8 + headerLength(file), file.length);
    }

    private static Tensor tensor(Safetensors from, String name) {
        return Objects.requireNonNull(from.tensors().get(name), name);
    }

    private static Path reference() throws URISyntaxException {
        URL resource = SafetensorsTest.class.getResource("reference.safetensors");
        return Path.of(Objects.requireNonNull(resource).toURI());
    }
}
