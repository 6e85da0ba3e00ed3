package dev.turnpike.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** An {@code auth.json} with all its fields, including unknown ones. */
final class AuthDocument {
    private static final JsonMapper JSON = Json.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final DateTimeFormatter NANOSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final ObjectNode root;
    private final SignIn signIn;

    private AuthDocument(ObjectNode root, SignIn signIn) {
        this.root = root;
        this.signIn = signIn;
    }

    /**
     * Reads the text of a file.
     *
     * @param where names the file in messages
     * @return empty when the bytes are not a complete JSON object, as while another process writes the file
     * @throws AuthRequiredException when the object is whole but holds no usable sign-in
     */
    static Optional<AuthDocument> parse(byte[] bytes, String where) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (IOException e) {
            return Optional.empty(); // the text of the cause would quote the file
        }
        return root instanceof ObjectNode object
                ? Optional.of(new AuthDocument(object, SignIn.of(object, where)))
                : Optional.empty();
    }

    SignIn signIn() {
        return signIn;
    }

    /** This document with the tokens of another sign-in and their time; all other fields are unchanged. */
    AuthDocument with(SignIn refreshed) {
        ObjectNode changed = root.deepCopy();
        ObjectNode tokens = changed.withObject("/tokens");
        put(tokens, "id_token", refreshed.idToken());
        put(tokens, "access_token", refreshed.accessToken());
        put(tokens, "refresh_token", refreshed.refreshToken());
        changed.put("last_refresh", NANOSECONDS.format(refreshed.lastRefresh()));
        return new AuthDocument(changed, SignIn.of(changed, "the refreshed sign-in"));
    }

    private static void put(ObjectNode tokens, String name, String value) {
        if (value != null) {
            tokens.put(name, value);
        }
    }

    /** Formatted as by the CLI. */
    byte[] bytes() {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
        DefaultIndenter twoBlanks = new DefaultIndenter("  ", "\n");
        printer.indentObjectsWith(twoBlanks);
        printer.indentArraysWith(twoBlanks);
        try {
            return JSON.writer(printer).writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a document that was read cannot be written", e);
        }
    }

    @Override
    public String toString() {
        return "AuthDocument[" + signIn + "]";
    }
}
