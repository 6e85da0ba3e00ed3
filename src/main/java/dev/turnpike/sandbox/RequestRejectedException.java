package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.Reply;

/** A request is answered with an error of the service's own. */
final class RequestRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    private RequestRejectedException(int status, JsonNode body) {
        super("refused with " + status);
        this.reply = SandboxJson.reply(status, body);
    }

    static RequestRejectedException detail(int status, String text) {
        return new RequestRejectedException(status, SandboxJson.object().put("detail", text));
    }

    /** A validation failure in the service's odd notation, a Python list within a JSON text. */
    static RequestRejectedException invalid(String type, String location, String message) {
        var body = SandboxJson.object();
        body.putObject("error")
                .put("message", "[{'type': '" + type + "', 'loc': " + location + ", 'msg': '" + message + "'}]")
                .put("type", "invalid_request_error")
                .putNull("param")
                .putNull("code");
        return new RequestRejectedException(400, body);
    }

    static RequestRejectedException missing(String location) {
        return invalid("missing", location, "Field required");
    }

    Reply reply() {
        return reply;
    }
}
