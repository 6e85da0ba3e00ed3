package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * New tokens in a file of their own beside the sign-in file, until they are in that: the refresh token that they replace
 * works no more, so a process that is killed before must leave them to the next one.
 *
 * @param place the file they are in, readable for its owner alone
 */
record PendingTokens(Path place, RefreshedTokens refreshed) {
    private static final String FILE = "unsaved_tokens_of";

    /** The content of such a file for tokens that replace those in a sign-in file. */
    static byte[] content(Path signInFile, RefreshedTokens refreshed) {
        SignIn signIn = refreshed.signIn();
        ObjectNode content = Json.MAPPER.createObjectNode();
        content.put(FILE, signInFile.getFileName().toString());
        content.put("account", refreshed.account());
        content.put("account_id", signIn.accountId());
        refreshed.replaced().forEach(content.putArray("replaced")::add);
        content.put("id_token", signIn.idToken());
        content.put("access_token", signIn.accessToken());
        content.put("refresh_token", signIn.refreshToken());
        content.put("at", signIn.lastRefresh().toEpochMilli());
        return content.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Those that were left for a sign-in file. */
    static List<PendingTokens> of(Path signInFile) throws IOException {
        List<PendingTokens> pending = new ArrayList<>();
        for (Path place : Replacement.temporaries(signInFile)) {
            JsonNode content = read(place);
            if (signInFile.getFileName().toString().equals(content.path(FILE).textValue())) {
                pending.add(new PendingTokens(place, refreshed(content)));
            }
        }
        return pending;
    }

    private static RefreshedTokens refreshed(JsonNode content) {
        Set<String> replaced = new HashSet<>();
        content.path("replaced").forEach(token -> replaced.add(token.textValue()));
        SignIn signIn = new SignIn(
                content.path("id_token").textValue(),
                content.path("access_token").textValue(),
                content.path("refresh_token").textValue(),
                content.path("account_id").textValue(),
                Instant.ofEpochMilli(content.path("at").asLong()),
                null);
        return new RefreshedTokens(content.path("account").asText(), replaced, signIn);
    }

    /** Whether a file holds tokens that were left for any sign-in file. */
    static boolean isIn(Path place) throws IOException {
        return read(place).has(FILE);
    }

    /** Missing when it is something else, such as the next version of a sign-in file, or gone meanwhile. */
    private static JsonNode read(Path place) throws IOException {
        try {
            return Json.orMissing(Files.readAllBytes(place));
        } catch (NoSuchFileException e) {
            return MissingNode.getInstance();
        }
    }
}
