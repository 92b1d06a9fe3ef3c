package jensen.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import jensen.data.DataException;

/** Records to JSON and back. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .build();

    private Json() {}

    /** On one line. */
    public static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Indented, for people. */
    public static String text(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a record.
     *
     * @param where what the text is, for the message
     * @throws DataException if the text is not JSON of the record's form
     */
    public static <T> T parse(String text, Class<T> type, String where) {
        try {
            T read = MAPPER.readValue(text, type);
            if (read == null) {
                throw DataException.in(where, "JSON that describes a " + type.getSimpleName(), "null");
            }
            return read;
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? where
                    : where + ", line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw DataException.in(place, "JSON that describes a " + type.getSimpleName(), reason(e), e);
        }
    }

    /** The parser's first line, without its advice on how to configure it, after the path to the component. */
    private static String reason(JsonProcessingException e) {
        String path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        String line = e.getOriginalMessage().lines().findFirst().orElse("no JSON");
        String reason = line.replaceFirst(" \\((set|enable|disable) DeserializationConfig.*", "");
        return path.isEmpty() ? reason : path + ": " + reason;
    }

    /** What is written in JSON, whatever its form. */
    static JsonNode tree(String text, String where) {
        return parse(text, JsonNode.class, where);
    }

    /**
     * Reads a record from a file.
     *
     * @throws DataException if there is no such file, it cannot be read, or it is not JSON of the record's form
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return parse(Files.readString(file), type, file.toString());
        } catch (CharacterCodingException damaged) {
            throw DataException.in(file, "text in UTF-8", "other bytes", damaged);
        } catch (IOException e) {
            throw DataException.unreadable(file, e);
        }
    }
}
