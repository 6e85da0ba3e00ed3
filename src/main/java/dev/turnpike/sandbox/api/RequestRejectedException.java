package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.Reply;
import dev.turnpike.sandbox.http.SandboxJson;

/** A request is answered with an error of the service's own. */
public final class RequestRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    private RequestRejectedException(int status, JsonNode body) {
        super("refused with " + status);
        this.reply = SandboxJson.reply(status, body);
    }

    public static RequestRejectedException detail(int status, String text) {
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

    public Reply reply() {
        return reply;
    }
}
