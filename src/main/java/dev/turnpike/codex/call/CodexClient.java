package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import java.time.Instant;

/** How Java code calls Codex: the one client of polling, commands and the command line. */
@FunctionalInterface
public interface CodexClient {

    /**
     * A reply.
     *
     * @param date upstream's clock when it answered, null when the reply did not say
     */
    record Reply(JsonNode json, Instant date) {}

    /**
     * Makes the call, once.
     *
     * @throws UpstreamException classified, when there is no usable reply
     * @throws dev.turnpike.credentials.AuthRequiredException when a person has to sign in
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no token just now
     */
    Reply call(CodexRequest request);

    /** Makes a call that changes nothing upstream, and repeats it once if the failure may be transient. */
    default Reply read(CodexRequest request) {
        try {
            return call(request);
        } catch (UpstreamException e) {
            if (!request.isRead() || !e.isRetryableAtOnce()) {
                throw e;
            }
            return call(request);
        }
    }
}
