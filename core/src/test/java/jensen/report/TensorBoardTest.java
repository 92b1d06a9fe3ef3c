package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.25Z");
    private static final double SECONDS = 1767323045.25;

    /** The CRC-32C of RFC 3720, bit by bit, masked as TFRecord does. */
    private static int maskedCrc(byte[] data) {
        int crc = -1;
        for (byte one : data) {
            crc ^= one & 255;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        crc = ~crc;
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static byte[] take(ByteBuffer from, int size) {
        byte[] bytes = new byte[size];
        from.get(bytes);
        return bytes;
    }

    private static List<Map<Integer, Object>> events(Path file) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Map<Integer, Object>> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = take(bytes, 8);
            assertThat(bytes.getInt()).isEqualTo(maskedCrc(length));
            byte[] data = take(bytes, (int)
                    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
            assertThat(bytes.getInt()).isEqualTo(maskedCrc(data));
            events.add(fields(data));
        }
        return events;
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /** Decodes one message, in which no field repeats. */
    private static Map<Integer, Object> fields(byte[] message) {
        ByteBuffer from = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Object> fields = new HashMap<>();
        while (from.hasRemaining()) {
            int key = (int) varint(from);
            Object value = switch (key & 7) {
                case 0 -> varint(from);
                case 1 -> from.getDouble();
                case 2 -> take(from, (int) varint(from));
                case 5 -> from.getFloat();
                default -> throw new AssertionError("wire type " + (key & 7));
            };
            assertThat(fields.put(key >> 3, value)).isNull();
        }
        return fields;
    }

    private static Map<Integer, Object> inside(Map<Integer, Object> message, int field) {
        return fields((byte[]) Objects.requireNonNull(message.get(field)));
    }

    private static String text(Map<Integer, Object> message, int field) {
        return new String((byte[]) Objects.requireNonNull(message.get(field)), StandardCharsets.UTF_8);
    }

    @Test
    void theChecksumIsTheOneOfTfRecord() {
        // Values of tensorboard 2.21.0, pywrap_tensorflow.masked_crc32c.
        assertThat(TensorBoard.maskedCrc(new byte[0])).isEqualTo(0xa282ead8);
        assertThat(TensorBoard.maskedCrc("123456789".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(0xc78ab0e5);
        assertThat(TensorBoard.maskedCrc(new byte[32])).isEqualTo(0x0fd7fffa);
    }

    @Test
    void anIndependentReaderFindsTheNumbers(@TempDir Path folder) throws Exception {
        Path file;
        try (TensorBoard board = TensorBoard.start(folder, TIME)) {
            board.scalar("elbo/train", 300, -104.25, TIME);
            board.scalar("élan ≥", 1L << 40, Double.NaN, TIME.plusSeconds(2));
            file = board.file();
        }
        assertThat(file.getFileName().toString()).matches("events\\.out\\.tfevents\\.1767323045\\.[A-Za-z0-9.-]+");
        List<Map<Integer, Object>> events = events(file);
        assertThat(events).hasSize(3);
        assertThat(text(events.get(0), 3)).isEqualTo("brain.Event:2");
        assertThat(events.get(1)).containsEntry(1, SECONDS).containsEntry(2, 300L);
        Map<Integer, Object> value = inside(inside(events.get(1), 5), 1);
        assertThat(text(value, 1)).isEqualTo("elbo/train");
        assertThat(value).containsEntry(2, -104.25f);
        assertThat(events.get(2)).containsEntry(1, SECONDS + 2).containsEntry(2, 1L << 40);
        Map<Integer, Object> other = inside(inside(events.get(2), 5), 1);
        assertThat(text(other, 1)).isEqualTo("élan ≥");
        assertThat(other).containsEntry(2, Float.NaN);
    }

    @Test
    void aPictureIsKeptAsPng(@TempDir Path folder) throws Exception {
        BufferedImage picture = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(7, 5, 0x123456);
        Path file;
        try (TensorBoard board = TensorBoard.start(folder, TIME)) {
            board.image("samples", 9, picture, TIME);
            file = board.file();
        }
        Map<Integer, Object> image = inside(inside(inside(events(file).get(1), 5), 1), 4);
        assertThat(image).containsEntry(1, 20L).containsEntry(2, 30L).containsEntry(3, 3L);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream((byte[]) Objects.requireNonNull(image.get(4))));
        assertThat(read.getRGB(7, 5)).isEqualTo(0xff123456);
    }

    @Test
    void flushedEventsAreThereThoughTheWriterNeverCloses(@TempDir Path folder) throws Exception {
        try (TensorBoard board = TensorBoard.start(folder, TIME)) {
            board.scalar("elbo", 1, -3, TIME);
            board.flush();
            assertThat(events(board.file())).hasSize(2);
        }
    }

    @Test
    void aResumedRunGoesOnInANewFileThatSortsBehind(@TempDir Path folder) throws Exception {
        Path first;
        try (TensorBoard board = TensorBoard.start(folder, TIME)) {
            board.scalar("elbo", 700, -3, TIME);
            first = board.file();
        }
        byte[] before = Files.readAllBytes(first);
        try (TensorBoard board = TensorBoard.resume(folder, 500, TIME)) {
            assertThat(board.file()).isGreaterThan(first);
            List<Map<Integer, Object>> events = events(board.file());
            // SessionLog with status START makes readers drop what an earlier file says from step 500 on.
            assertThat(events.get(1)).containsEntry(2, 500L);
            assertThat(inside(events.get(1), 7)).containsExactly(Map.entry(1, 1L));
        }
        assertThat(Files.readAllBytes(first)).isEqualTo(before);
    }
}
