package dev.turnpike.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Keeps the bodies of the requests that have Codex work, as they came over the wire.
 *
 * @param bodies where they are kept; from other threads
 */
public record SentTasks(List<JsonNode> bodies) implements Requests.Observer {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void arrived(SandboxEndpoint endpoint, String body) {
        if (endpoint == SandboxEndpoint.CREATE) {
            try {
                bodies.add(JSON.readTree(body));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
