package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.Reply;

/** A request is answered with an error of the service's own. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    private RefusedException(int status, JsonNode body) {
        super("refused with " + status);
        this.reply = Json.reply(status, body);
    }

    static RefusedException detail(int status, String text) {
        return new RefusedException(status, Json.object().put("detail", text));
    }

    /** A validation failure in the service's odd notation, a Python list within a JSON text. */
    static RefusedException invalid(String type, String location, String message) {
        var body = Json.object();
        body.putObject("error")
                .put("message", "[{'type': '" + type + "', 'loc': " + location + ", 'msg': '" + message + "'}]")
                .put("type", "invalid_request_error")
                .putNull("param")
                .putNull("code");
        return new RefusedException(400, body);
    }

    static RefusedException missing(String location) {
        return invalid("missing", location, "Field required");
    }

    Reply reply() {
        return reply;
    }
}
