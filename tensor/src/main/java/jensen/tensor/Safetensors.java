package jensen.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.bytedeco.javacpp.BytePointer;

/**
 * Named tensors and text about them, as one file of the safetensors format: an eight-byte length, a JSON header, and the
 * values, all little-endian.
 *
 * @param tensors by name, in the order of the names
 * @param metadata free text by key, in the order of the keys
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
    private static final long CHUNK = 1 << 24;

    public Safetensors {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /**
     * Reads a file into tensors on the CPU, which belong to the innermost open {@link Scope}.
     *
     * <p>The header is checked as a whole before anything is allocated for values.
     *
     * @throws SafetensorsException if the file breaks the format, or holds another type than float32, float64 or int64
     * @throws IOException if it cannot be read
     */
    public static Safetensors read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Scope scope = new Scope()) {
            SafetensorsHeader header = header(file, channel);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                Tensor t = Tensor.empty(entry.dtype(), entry.shape());
                for (ByteBuffer part : parts(t)) {
                    fill(part, channel, file);
                }
                tensors.put(entry.name(), t);
            }
            tensors.values().forEach(scope::keep);
            return new Safetensors(tensors, header.metadata());
        }
    }

    private static SafetensorsHeader header(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new SafetensorsException(
                    file, "expected a safetensors file, which has at least 8 bytes; found " + size);
        }
        long length = fill(ByteBuffer.allocate(Long.BYTES), channel, file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (length < 0 || length > SafetensorsHeader.LIMIT) {
            throw new SafetensorsException(
                    file,
                    "expected a header of at most " + SafetensorsHeader.LIMIT + " bytes, found a length of "
                            + Long.toUnsignedString(length) + "; is it a safetensors file?");
        }
        if (length > size - Long.BYTES) {
            throw new SafetensorsException(
                    file, "truncated: expected a header of " + length + " bytes, found " + (size - Long.BYTES));
        }
        byte[] text = fill(ByteBuffer.allocate((int) length), channel, file).array();
        return SafetensorsHeader.parse(file, text, size - Long.BYTES - length);
    }

    /**
     * Writes the file beside its place and moves it there once it is complete and on disk, so that no reader sees half of
     * it. The same tensors and metadata give the same bytes.
     *
     * @throws IllegalArgumentException if a name is {@code __metadata__} or is not Unicode
     * @throws IOException if it cannot be written; a file that was there before is then untouched
     */
    public void write(Path file) throws IOException {
        List<Map.Entry<String, Tensor>> ordered = SafetensorsHeader.order(tensors);
        byte[] header = SafetensorsHeader.json(ordered, metadata);
        Path beside = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                drain(
                        ByteBuffer.allocate(Long.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(header.length)
                                .flip(),
                        channel);
                drain(ByteBuffer.wrap(header), channel);
                for (Map.Entry<String, Tensor> entry : ordered) {
                    write(entry.getValue(), channel);
                }
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void write(Tensor tensor, FileChannel channel) throws IOException {
        try (Scope scope = new Scope()) {
            for (ByteBuffer part :
                    parts(new Tensor(tensor.detach().to(Device.CPU).pointer.contiguous()))) {
                drain(part, channel);
            }
        }
    }

    /** Windows on the native memory itself: nothing is copied, and a tensor may be larger than a buffer. */
    private static List<ByteBuffer> parts(Tensor contiguous) {
        long bytes = contiguous.count() * contiguous.dtype().bytes;
        List<ByteBuffer> parts = new ArrayList<>();
        if (bytes > 0) {
            BytePointer data = new BytePointer(contiguous.pointer.data_ptr());
            for (long from = 0; from < bytes; from += CHUNK) {
                parts.add(new BytePointer(data)
                        .position(from)
                        .limit(Math.min(bytes, from + CHUNK))
                        .asByteBuffer());
            }
        }
        return parts;
    }

    private static ByteBuffer fill(ByteBuffer buffer, FileChannel channel, Path file) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException(file + ": became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
