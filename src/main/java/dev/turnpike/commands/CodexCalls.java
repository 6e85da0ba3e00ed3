package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import java.time.Instant;

/** Calls upstream by the one route there is, for what takes several calls in a row. */
@FunctionalInterface
public interface CodexCalls {

    /**
     * A reply.
     *
     * @param date upstream's clock when it answered, null when it did not tell
     */
    record Reply(JsonNode json, Instant date) {}

    /**
     * Makes the call.
     *
     * @throws dev.turnpike.codex.UpstreamException when there is no usable reply
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no token just now
     */
    Reply call(CodexRequest request);
}
