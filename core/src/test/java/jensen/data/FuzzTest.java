package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files cut short and bytes changed at random: opening gives data or a {@link DataException}, never anything else. */
class FuzzTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/arrays");
    private static final int TRIALS = 150;

    @TempDir
    Path folder;

    private static byte[] sample(String name) throws IOException {
        return switch (name) {
            case "a.idx" -> IdxTest.idx(8, new int[] {3, 1, 2}, new byte[] {1, 2, 3, 4, 5, 6});
            case "a.idx.gz" -> IdxTest.gzip(IdxTest.idx(8, new int[] {30, 1, 2}, new byte[60]));
            case "a.csv" -> "x,y,label\n0.5,1e-3,3\n12,-4.25,0\n\"7\",8,9\n".getBytes(StandardCharsets.UTF_8);
            default -> Files.readAllBytes(GOLDEN.resolve(name));
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.idx", "a.idx.gz", "a.csv", "f4-little-fortran.npy", "channels-last.npy", "b1-little.npy",
                "labelled.npz", "single.npz", "grey.png", "palette.png", "colour.png", "grey.jpg"
            })
    void damageIsData(String name) throws IOException {
        byte[] whole = sample(name);
        Path file = folder.resolve(name);
        boolean image = name.endsWith("png") || name.endsWith("jpg");
        SplittableRandom random = new SplittableRandom(name.hashCode());
        int refused = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            byte[] bytes = trial % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int flip = random.nextInt(4); flip > 0 && bytes.length > 0; flip--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                Dataset data = Datasets.open(image ? folder : file);
                float[] row = new float[data.shape().size()];
                for (int r = 0; r < data.size(); r++) {
                    data.copyRow(r, row, 0);
                }
            } catch (DataException e) {
                refused++;
                assertThat(e.getMessage()).contains(": expected ").doesNotContainPattern("\\p{Cntrl}");
            }
        }
        assertThat(refused).as("damage that was noticed").isBetween(TRIALS / 4, TRIALS);
    }
}
