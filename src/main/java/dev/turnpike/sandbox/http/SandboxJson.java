package dev.turnpike.sandbox.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;

/** JSON as the service writes it. */
public final class SandboxJson {
    public static final ObjectMapper MAPPER = new ObjectMapper();

    private static final ObjectMapper RECORDS = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private static final JsonNode SAMPLES = resource("replies.json", JsonNode.class);

    private SandboxJson() {}

    /** A resource of the sandbox, read as this type. */
    public static <T> T resource(String name, Class<T> type) {
        try (InputStream in = SandboxJson.class.getResourceAsStream("/sandbox/" + name)) {
            return MAPPER.readerFor(type)
                    .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readValue(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource sandbox/" + name, e);
        }
    }

    /**
     * A copy of an object of {@code sandbox/replies.json}: what the service always says, and null where it may say more.
     * A text that begins with {@code SECRET_} stands for what must never leave the runtime.
     */
    public static ObjectNode sample(String name) {
        return SAMPLES.get(name).deepCopy();
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Unix seconds with six decimals; null stays null. */
    public static JsonNode time(Instant instant) {
        if (instant == null) {
            return NullNode.getInstance();
        }
        BigDecimal micros = BigDecimal.valueOf(instant.getEpochSecond() * 1_000_000L + instant.getNano() / 1_000L, 6);
        return DecimalNode.valueOf(micros);
    }

    /** Records of the sandbox's own, for control requests: snake case, ISO times, nulls shown. */
    public static JsonNode tree(Object value) {
        return RECORDS.valueToTree(value);
    }

    public static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree that cannot be written", e);
        }
    }

    public static Reply reply(int status, JsonNode body) {
        return Reply.of(status, "application/json", text(body));
    }

    /** The error form of the service's own handlers. */
    public static Reply detail(int status, String text) {
        return reply(status, object().put("detail", text));
    }
}
