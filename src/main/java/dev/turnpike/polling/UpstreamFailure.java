package dev.turnpike.polling;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.json.Json;
import java.util.Optional;

/** Finds upstream's failure in whatever a route has caught, a reply that could not be decoded included. */
final class UpstreamFailure {
    private UpstreamFailure() {}

    static Optional<UpstreamException> find(Throwable caught) {
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (cause instanceof UpstreamException upstream) {
                return Optional.of(upstream);
            }
            if (cause instanceof JsonProcessingException json) {
                return Optional.of(
                        UpstreamException.malformed("The reply is not the JSON expected" + Json.place(json)));
            }
        }
        return Optional.empty();
    }

    /** The failure that must be there, since only such are caught. */
    static UpstreamException of(Throwable caught) {
        return find(caught).orElseThrow(() -> new IllegalStateException("Not a failure of upstream", caught));
    }
}
