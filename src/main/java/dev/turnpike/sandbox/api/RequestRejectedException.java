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

    /** @param code null where the service gives none */
    static RequestRejectedException error(int status, String message, String code) {
        var body = SandboxJson.object();
        body.putObject("error")
                .put("message", message)
                .put("type", "invalid_request_error")
                .putNull("param")
                .put("code", code);
        return new RequestRejectedException(status, body);
    }

    /** A validation failure in the service's odd notation, a Python list within a JSON text. */
    static RequestRejectedException invalid(String type, String location, String message) {
        return error(400, "[{'type': '" + type + "', 'loc': " + location + ", 'msg': '" + message + "'}]", null);
    }

    static RequestRejectedException missing(String location) {
        return invalid("missing", location, "Field required");
    }

    public Reply reply() {
        return reply;
    }
}
