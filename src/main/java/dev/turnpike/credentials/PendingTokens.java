package dev.turnpike.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.credentials.SharedFile.RenewedTokens;
import dev.turnpike.credentials.TokenEndpoint.TokenReply;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * New tokens in a file of their own beside the sign-in file, until they are in that: the refresh token that they replace
 * works no more, so a process that is killed before must leave them to the next one.
 *
 * @param place the file they are in, readable for its owner alone
 * @param spent the refresh token that they replace
 * @param account whose they are
 * @param tokens the whole set
 * @param at when they were got
 */
record PendingTokens(Path place, String spent, String account, TokenReply tokens, Instant at) {
    private static final String FILE = "unsaved_tokens_of";

    /** The content of such a file for tokens that replace those in a sign-in file. */
    static byte[] content(Path signInFile, RenewedTokens renewed) {
        ObjectNode content = Json.MAPPER.createObjectNode();
        content.put(FILE, signInFile.getFileName().toString());
        content.put("spent", renewed.spent().refreshToken());
        content.put("account", renewed.spent().identity().account());
        content.put("id_token", renewed.tokens().idToken());
        content.put("access_token", renewed.tokens().accessToken());
        content.put("refresh_token", renewed.tokens().refreshToken());
        content.put("at", renewed.at().toEpochMilli());
        return content.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Those that were left for a sign-in file, the newest first. */
    static List<PendingTokens> of(Path signInFile) throws IOException {
        List<PendingTokens> pending = new ArrayList<>();
        for (Path place : Replacement.temporaries(signInFile)) {
            JsonNode content = read(place);
            if (signInFile.getFileName().toString().equals(content.path(FILE).textValue())) {
                pending.add(new PendingTokens(
                        place,
                        content.path("spent").textValue(),
                        content.path("account").textValue(),
                        new TokenReply(
                                content.path("id_token").textValue(),
                                content.path("access_token").textValue(),
                                content.path("refresh_token").textValue()),
                        Instant.ofEpochMilli(content.path("at").asLong())));
            }
        }
        pending.sort(Comparator.comparing(PendingTokens::at).reversed());
        return pending;
    }

    /** Whether a file holds tokens that were left for any sign-in file. */
    static boolean isIn(Path place) throws IOException {
        return read(place).has(FILE);
    }

    /** Missing when it is something else, such as the next version of a sign-in file, or gone meanwhile. */
    private static JsonNode read(Path place) throws IOException {
        try {
            return Json.MAPPER.readTree(Files.readAllBytes(place));
        } catch (JsonProcessingException | NoSuchFileException e) {
            return MissingNode.getInstance(); // the text of the cause would quote the file
        }
    }

    /** These tokens, if they replace the ones of this sign-in; otherwise they are of no use any more. */
    Optional<RenewedTokens> after(SignIn inFile) {
        return spent != null
                        && spent.equals(inFile.refreshToken())
                        && Objects.equals(account, inFile.identity().account())
                ? Optional.of(new RenewedTokens(inFile, tokens, at))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "PendingTokens[" + place + ", " + account + ", ***]";
    }
}
