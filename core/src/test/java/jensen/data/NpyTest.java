package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files written by NumPy (reference/arrays.py), and damaged ones. */
class NpyTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/arrays");

    @TempDir
    Path folder;

    private static float entry(char kind, int i) {
        int value = (i * 37 + 5) % 121;
        return switch (kind) {
            case 'b' -> i % 3 == 0 ? 1 : 0;
            case 'u' -> value;
            case 'i' -> value - 60;
            default -> (value - 60) / 8f;
        };
    }

    private static float[] row(Dataset data, int row) {
        float[] to = new float[data.shape().size()];
        data.copyRow(row, to, 0);
        return to;
    }

    static Stream<Path> matrices() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files
                    .filter(file -> file.getFileName().toString().matches("[a-z]\\d-.*"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void readsEachType(Path file) {
        Dataset data = Datasets.open(file);
        char kind = file.getFileName().toString().charAt(0);
        assertThat(data.size()).isEqualTo(5);
        assertThat(data.shape()).isEqualTo(Shape.vector(3));
        boolean bytes = file.getFileName().toString().startsWith("u1");
        assertThat(data.values()).isEqualTo(kind == 'b' ? Values.BINARY : bytes ? Values.GREY : Values.REAL);
        for (int r = 0; r < 5; r++) {
            assertThat(row(data, r))
                    .containsExactly(entry(kind, 3 * r), entry(kind, 3 * r + 1), entry(kind, 3 * r + 2));
        }
    }

    @Test
    void everyTypeIsTried() throws IOException {
        assertThat(matrices()).hasSize(19);
    }

    @Test
    void theHashDoesNotDependOnTheFormat() {
        String hash = Npy.open(GOLDEN.resolve("f4-little.npy")).sha256();
        for (String same : new String[] {"f4-big", "f8-big", "f8-little", "f4-little-fortran"}) {
            assertThat(Npy.open(GOLDEN.resolve(same + ".npy")).sha256()).isEqualTo(hash);
        }
    }

    @ParameterizedTest
    @CsvSource({"one-axis, 1, 1, 1", "three-axes-fortran, 1, 3, 4", "channels-first, 3, 4, 5", "channels-last, 3, 4, 5"
    })
    void readsAxesAsPictures(String file, int channels, int height, int width) {
        Dataset data = Npy.open(GOLDEN.resolve(file + ".npy"));
        assertThat(data.shape()).isEqualTo(new Shape(channels, height, width));
        float[] last = row(data, 1);
        int n = last.length;
        for (int i = 0; i < n; i++) {
            int c = i / (height * width);
            int pixel = i % (height * width);
            int index = n + (file.endsWith("last") ? pixel * channels + c : i);
            assertThat(last[i]).isEqualTo(entry('f', index));
        }
    }

    @Test
    void readsArchives() {
        Dataset labelled = Datasets.open(GOLDEN.resolve("labelled.npz"));
        assertThat(row(labelled, 3)).containsExactly(entry('f', 9), entry('f', 10), entry('f', 11));
        assertThat(labelled.label(2)).hasValue(4);
        Dataset single = Datasets.open(GOLDEN.resolve("single.npz"));
        assertThat(single.values()).isEqualTo(Values.GREY);
        assertThat(row(single, 1)).containsExactly(entry('u', 3), entry('u', 4), entry('u', 5));
    }

    @Test
    void writesWhatItReads() throws IOException {
        Path file = folder.resolve("made/here.npy");
        Npy.write(file, new float[] {1, -2.5f, 3, 4, 5, 6}, 2, 3);
        assertThat(row(Npy.open(file), 1)).containsExactly(4, 5, 6);
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .contains("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
        assertThat(Files.size(file)).isEqualTo(128 + 24);
        Npy.write(file, new double[] {0.25, 0.5}, 2);
        assertThat(Npy.open(file).values()).isEqualTo(Values.UNIT);
        assertThat(folder.resolve("made").toFile().list()).containsExactly("here.npy");
        assertThatThrownBy(() -> Npy.write(file, new float[5], 2, 3)).isInstanceOf(IllegalArgumentException.class);
        Files.createDirectories(folder.resolve("taken.npy/by a folder"));
        assertThatThrownBy(() -> Npy.write(folder.resolve("taken.npy"), new float[1], 1))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("cannot write " + folder.resolve("taken.npy"));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("made", "taken.npy");
    }

    private Path damaged(String golden, int from, String text) throws IOException {
        byte[] bytes = Files.readAllBytes(GOLDEN.resolve(golden));
        byte[] patch = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(patch, 0, bytes, from, patch.length);
        return Files.write(folder.resolve(golden), bytes);
    }

    private Path header(String dict) throws IOException {
        String length = "" + (char) (dict.length() & 0xFF) + (char) (dict.length() >> 8);
        byte[] bytes = ("\u0093NUMPY\1\0" + length + dict).getBytes(StandardCharsets.ISO_8859_1);
        return Files.write(folder.resolve("header.npy"), bytes);
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        Refused.open(folder.resolve("missing.npy"), "nothing of that name");
        Refused.open(Files.write(folder.resolve("empty.npy"), new byte[0]), "an empty file");
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("f4-little.npy"));
        Refused.open(Files.write(folder.resolve("short.npy"), Arrays.copyOf(whole, 5)), "the file's end after 5");
        Refused.open(Files.write(folder.resolve("head.npy"), Arrays.copyOf(whole, 100)), "the file's end");
        Refused.open(
                Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, whole.length - 1)), "60 bytes", "59 bytes");
        Refused.open(Files.write(folder.resolve("long.npy"), Arrays.copyOf(whole, whole.length + 3)), "63 bytes");
        Refused.open(damaged("f4-big.npy", 0, "\u0093NUMPZ"), "a .npy file");
        Refused.open(damaged("u1-little.npy", 6, "\7"), "version 1 to 3");
        Refused.open(damaged("f4-little.npy", 128 + 16, "\0\0\u00C0\177"), "row 2, column 2", "found NaN");
        Refused.open(damaged("f8-big.npy", 128 + 40, "~\u00F0\0\0\0\0\0\0"), "row 2, column 3", "Infinity");
        Refused.open(damaged("b1-little.npy", 128 + 4, "\7"), "0 or 1");
    }

    @Test
    void refusesHeadersThatCannotBe() throws IOException {
        String form = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }";
        Refused.open(header(form.formatted("|O8", "False", "3,")), "numbers of type");
        Refused.open(header(form.formatted("<f2", "False", "3,")), "<f2");
        Refused.open(header(form.formatted("<f4", "Perhaps", "3,")), "the order of axes");
        Refused.open(header(form.formatted("<f4", "False", "3, -1")), "sizes of axes");
        Refused.open(header(form.formatted("<f4", "False", "")), "0 axes");
        Refused.open(header(form.formatted("<f4", "False", "1, 2, 3, 4, 5")), "5 axes");
        Refused.open(header(form.formatted("<f4", "False", "1,".repeat(20_000))), "20000 axes");
        Refused.open(header(form.formatted("<f4", "False", "0, 4")), "sizes [0, 4]");
        Refused.open(header(form.formatted("<f4", "False", "999999999999, 4")), "below 2³¹");
        Refused.open(header(form.formatted("<f4", "False", "2, 2000000000, 2000000000")), "2²⁸ values");
        Refused.open(header(form.formatted("<f8", "False", "2147483647, 268435456")), "4611686016279904256 bytes");
        Refused.open(header("{'descr': [('a', '<f4')]}\n\n"), "the type of plain numbers");
    }

    @Test
    void refusesDamagedArchives() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("labelled.npz"));
        Refused.open(Files.write(folder.resolve("cut.npz"), Arrays.copyOf(whole, whole.length - 30)));
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int value = text.indexOf("}", text.indexOf("NUMPY")) + 80;
        Refused.open(damaged("labelled.npz", value, "*"), "checksum");
        Path renamed = Files.write(
                folder.resolve("names.npz"), text.replace("x.npy", "q.npy").getBytes(StandardCharsets.ISO_8859_1));
        Refused.open(renamed, "one array, or one named x", "other, q, y");
        Refused.open(Files.writeString(folder.resolve("text.npz"), "no archive"));
    }
}
