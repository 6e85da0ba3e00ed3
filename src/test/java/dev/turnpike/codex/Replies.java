package dev.turnpike.codex;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The sample replies of the backend that lie among the test resources. */
public final class Replies {
    /** Set up as the routes set up theirs. */
    public static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Replies() {}

    /** The body of a sample reply, by file name without {@code .json}. */
    public static JsonNode body(String name) {
        return file(name).get("body");
    }

    /** A whole file, by name without {@code .json}. */
    public static JsonNode file(String name) {
        try (InputStream file = Replies.class.getResourceAsStream("/replies/" + name + ".json")) {
            return JSON.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON with single quotes for double ones. */
    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
