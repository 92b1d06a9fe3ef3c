package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jensen.experiment.Json;
import jensen.experiment.RunDirectory;
import jensen.train.Epoch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunEventsTest {
    private static Epoch epoch(int number) {
        return new Epoch(number, 10L * number, -9, -9, -8, 1, -9.5, -8.5, 1, 1, 1e-3, 2);
    }

    private static void save(Path folder, int epochs) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int e = 1; e <= epochs; e++) {
            lines.add(Json.line(epoch(e)));
        }
        Files.write(folder.resolve("metrics.jsonl"), lines);
    }

    /** The records of each event file, oldest first. */
    private static List<List<String>> files(Path folder) throws IOException {
        List<List<String>> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("events"))
                    .sorted()
                    .toList()) {
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
                List<String> records = new ArrayList<>();
                while (bytes.hasRemaining()) {
                    byte[] record = new byte[Math.toIntExact(bytes.getLong())];
                    bytes.getInt();
                    bytes.get(record).getInt();
                    records.add(new String(record, StandardCharsets.ISO_8859_1));
                }
                found.add(records);
            }
        }
        return found;
    }

    /** A resumed run's file holds all epochs, also one whose events the interruption may have lost. */
    @Test
    void aResumedRunWritesAllItsEpochs(@TempDir Path folder) throws IOException {
        RunDirectory directory = new RunDirectory(folder);
        try (RunEvents events = new RunEvents(directory, false)) {
            save(folder, 1);
            events.epoch(epoch(1));
            save(folder, 2);
            events.epoch(epoch(2));
        }
        assertThat(files(folder)).hasSize(1);
        assertThat(files(folder).get(0)).hasSize(1 + 2 * 7);
        try (RunEvents events = new RunEvents(directory, true)) {
            save(folder, 3);
            events.epoch(epoch(3));
            BufferedImage dot = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            events.pictures(Map.of("samples", dot));
        }
        List<String> resumed = files(folder).get(1);
        // the version, the restart, seven numbers for each of three epochs and a picture
        assertThat(resumed).hasSize(2 + 3 * 7 + 1);
        assertThat(resumed).filteredOn(r -> r.contains("validation/elbo")).hasSize(3);
        assertThat(resumed.get(resumed.size() - 1)).contains("samples", "PNG");
    }

    @Test
    void aRunWithoutEventsHasNoFile(@TempDir Path folder) throws IOException {
        new RunEvents(new RunDirectory(folder), false).close();
        assertThat(folder).isEmptyDirectory();
    }
}
