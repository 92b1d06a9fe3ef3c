package jensen.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a safetensors file says of its values. Read as a stream of tokens of which every one is expected, so that neither
 * depth nor repetition in a hostile header costs memory beyond the header's own length.
 *
 * @param entries in the order of their bytes in the file
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
    /** The longest header that the format's reference implementation accepts, in bytes. */
    static final int LIMIT = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final int MAX_RANK = 64; // libtorch's own limit in operations over axes
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** One tensor: its bytes are those from {@code begin} up to {@code end}, counted from the header's end. */
    @SuppressWarnings("ArrayRecordComponent") // entries are read, never compared
    record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

    // ---- writing ----------------------------------------------------------------------------------------------

    /**
     * The order of the reference implementation, so that the bytes are the same: by type, of which the narrowest comes last
     * and every value lies at a multiple of its own width; then by name.
     */
    static List<Map.Entry<String, Tensor>> order(Map<String, Tensor> tensors) {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing(
                        (Map.Entry<String, Tensor> e) -> e.getValue().dtype())
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()));
        return ordered;
    }

    /** The header's text, padded with spaces to a multiple of eight bytes. */
    static byte[] json(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            if (!metadata.isEmpty()) {
                out.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> e : metadata.entrySet()) {
                    requireText("metadata key", e.getKey());
                    requireText("metadata value of " + e.getKey(), e.getValue());
                    out.writeStringField(e.getKey(), e.getValue());
                }
                out.writeEndObject();
            }
            long at = 0;
            for (Map.Entry<String, Tensor> e : tensors) {
                at = write(e.getKey(), e.getValue(), at, out);
            }
            out.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > LIMIT) {
            throw new IllegalArgumentException(
                    "names and metadata must take at most " + LIMIT + " bytes; were " + bytes.size());
        }
        return bytes.toByteArray();
    }

    private static long write(String name, Tensor tensor, long at, JsonGenerator out) throws IOException {
        requireText("tensor name", name);
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException("tensor name must not be " + METADATA + ", which the format reserves");
        }
        long end = at + tensor.count() * tensor.dtype().bytes;
        out.writeObjectFieldStart(name);
        out.writeStringField("dtype", tensor.dtype().safetensors);
        out.writeFieldName("shape");
        out.writeArray(tensor.shape(), 0, tensor.rank());
        out.writeFieldName("data_offsets");
        out.writeArray(new long[] {at, end}, 0, 2);
        out.writeEndObject();
        return end;
    }

    private static void requireText(String what, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(what + " must be Unicode text; has half a surrogate pair: " + text);
        }
    }

    // ---- reading ----------------------------------------------------------------------------------------------

    /** Parses and checks a header that {@code dataBytes} bytes of values follow. */
    static SafetensorsHeader parse(Path file, byte[] text, long dataBytes) throws IOException {
        if (text.length == 0 || text[0] != '{') {
            throw new SafetensorsException(
                    file, "expected a JSON header that starts with {; is it a safetensors file?");
        }
        // a reader, since given bytes the parser would also accept UTF-16 and would repair bad UTF-8
        try (JsonParser in = JSON.createParser(
                new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8.newDecoder()))) {
            SafetensorsHeader header = new Reader(file, in).header();
            return new SafetensorsHeader(contiguous(file, header.entries, dataBytes), header.metadata);
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(file, "the header is not UTF-8");
        } catch (JsonProcessingException e) {
            throw new SafetensorsException(
                    file,
                    "the header is not valid JSON: " + e.getOriginalMessage().replaceAll("\\s+", " "));
        }
    }

    private static List<Entry> contiguous(Path file, List<Entry> entries, long dataBytes) throws SafetensorsException {
        List<Entry> ordered = new ArrayList<>(entries);
        ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry e : ordered) {
            if (e.begin != at) {
                throw new SafetensorsException(
                        file,
                        "tensor " + shown(e.name) + (e.begin < at ? " overlaps the one before it" : " follows a gap")
                                + ": expected its data at byte " + at + ", found " + e.begin);
            }
            if (e.end > dataBytes) {
                throw new SafetensorsException(
                        file,
                        "truncated: tensor " + shown(e.name) + " ends at byte " + e.end + " of the data, found "
                                + dataBytes + " bytes");
            }
            at = e.end;
        }
        if (at != dataBytes) {
            throw new SafetensorsException(
                    file, "expected " + at + " bytes of data as the header says, found " + dataBytes);
        }
        return ordered;
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }

    private static final class Reader {
        private final Path file;
        private final JsonParser in;

        Reader(Path file, JsonParser in) {
            this.file = file;
            this.in = in;
        }

        SafetensorsHeader header() throws IOException {
            List<Entry> entries = new ArrayList<>();
            Map<String, String> metadata = Map.of();
            Set<String> names = new HashSet<>();
            in.nextToken();
            require(JsonToken.START_OBJECT, "the header");
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = uniqueName(names, "the header");
                in.nextToken();
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    entries.add(entry(name));
                }
            }
            if (in.nextToken() != null) {
                throw new SafetensorsException(file, "expected nothing after the header's object, found " + found());
            }
            return new SafetensorsHeader(entries, metadata);
        }

        private Map<String, String> metadata() throws IOException {
            require(JsonToken.START_OBJECT, METADATA);
            Map<String, String> metadata = new LinkedHashMap<>();
            Set<String> names = new HashSet<>();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String key = uniqueName(names, METADATA);
                in.nextToken();
                require(JsonToken.VALUE_STRING, METADATA + " " + shown(key));
                metadata.put(key, text(in.getText()));
            }
            return metadata;
        }

        private Entry entry(String name) throws IOException {
            String what = "tensor " + shown(name);
            require(JsonToken.START_OBJECT, what);
            Set<String> fields = new HashSet<>();
            @Nullable DType dtype = null;
            long @Nullable [] shape = null;
            long @Nullable [] offsets = null;
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String field = uniqueName(fields, what);
                in.nextToken();
                switch (field) {
                    case "dtype" -> dtype = dtype(what);
                    case "shape" -> shape = numbers(what + " shape", MAX_RANK);
                    case "data_offsets" -> offsets = numbers(what + " data_offsets", 2);
                    default ->
                        throw new SafetensorsException(
                                file, what + ": expected dtype, shape and data_offsets, found " + field);
                }
            }
            if (dtype == null || shape == null || offsets == null) {
                throw new SafetensorsException(
                        file, what + ": expected dtype, shape and data_offsets, found only " + fields);
            }
            return sized(name, dtype, shape, offsets);
        }

        private Entry sized(String name, DType dtype, long[] shape, long[] offsets) throws SafetensorsException {
            String what = "tensor " + shown(name);
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw new SafetensorsException(
                        file,
                        what + ": expected data_offsets [begin, end] with begin ≤ end, found "
                                + Arrays.toString(offsets));
            }
            long bytes;
            try {
                // libtorch's strides take an empty axis as one of length 1, so these must not overflow either
                Shapes.count(Arrays.stream(Shapes.append(shape, dtype.bytes))
                        .map(n -> Math.max(n, 1))
                        .toArray());
                bytes = Shapes.count(shape) * dtype.bytes;
            } catch (ArithmeticException e) {
                throw new SafetensorsException(
                        file, what + ": expected a shape that memory can hold, found " + Arrays.toString(shape));
            }
            if (bytes != offsets[1] - offsets[0]) {
                throw new SafetensorsException(
                        file,
                        what + ": " + dtype.safetensors + Arrays.toString(shape) + " takes " + bytes
                                + " bytes, found data_offsets of " + (offsets[1] - offsets[0]));
            }
            return new Entry(name, dtype, shape, offsets[0], offsets[1]);
        }

        private DType dtype(String what) throws IOException {
            require(JsonToken.VALUE_STRING, what + " dtype");
            String found = in.getText();
            for (DType d : DType.values()) {
                if (d.safetensors.equals(found)) {
                    return d;
                }
            }
            throw new SafetensorsException(file, what + ": expected dtype F32, F64 or I64, found " + shown(found));
        }

        private long[] numbers(String what, int most) throws IOException {
            require(JsonToken.START_ARRAY, what);
            long[] numbers = new long[most];
            int count = 0;
            while (in.nextToken() != JsonToken.END_ARRAY) {
                require(JsonToken.VALUE_NUMBER_INT, what);
                long n = in.getLongValue();
                if (n < 0 || count == most) {
                    throw new SafetensorsException(
                            file,
                            what + ": expected at most " + most + " numbers ≥ 0, found "
                                    + (n < 0 ? Long.toString(n) : "more"));
                }
                numbers[count++] = n;
            }
            return Arrays.copyOf(numbers, count);
        }

        private String uniqueName(Set<String> names, String where) throws IOException {
            require(JsonToken.FIELD_NAME, where);
            String name = text(in.currentName());
            if (!names.add(name)) {
                throw new SafetensorsException(file, where + " names " + shown(name) + " twice");
            }
            return name;
        }

        private String text(String text) throws SafetensorsException {
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                throw new SafetensorsException(file, "the header has text that is not Unicode: half a surrogate pair");
            }
            return text;
        }

        private void require(JsonToken token, String what) throws IOException {
            if (in.currentToken() != token) {
                throw new SafetensorsException(file, what + ": expected " + words(token) + ", found " + found());
            }
        }

        private String found() throws IOException {
            return shown(in.getText());
        }

        private static String words(JsonToken token) {
            return switch (token) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> "a string";
                case VALUE_NUMBER_INT -> "a whole number";
                default -> "a name";
            };
        }
    }
}
