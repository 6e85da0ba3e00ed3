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
 * Refreshed tokens that are not yet saved in the sign-in file, kept in a pending file next to it. The old refresh token
 * is already redeemed, so the tokens must survive a kill of this process.
 *
 * @param file readable for its owner alone
 */
record PendingTokens(Path file, RefreshedTokens refreshed) {
    private static final String FILE = "unsaved_tokens_of";

    /** The content of a pending file for tokens that replace those in a sign-in file. */
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

    /** Those in the pending files of a sign-in file. */
    static List<PendingTokens> of(Path signInFile) throws IOException {
        List<PendingTokens> pending = new ArrayList<>();
        for (Path file : PreparedFile.temporaries(signInFile)) {
            JsonNode content = read(file);
            if (signInFile.getFileName().toString().equals(content.path(FILE).textValue())) {
                pending.add(new PendingTokens(file, refreshed(content)));
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

    /** Whether a file is the pending file of any sign-in file. */
    static boolean isIn(Path file) throws IOException {
        return read(file).has(FILE);
    }

    /** Missing when it is something else, such as the next version of a sign-in file, or gone meanwhile. */
    private static JsonNode read(Path file) throws IOException {
        try {
            return Json.orMissing(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return MissingNode.getInstance();
        }
    }
}
