package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.turnpike.http.HttpLimits.CallDeadlineException;
import dev.turnpike.http.NetworkFailure;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** A call to the authorization server. No body or header, of request or reply, ever appears in a message. */
record AuthExchange(HttpClient http) {
    private static final int MESSAGE_LENGTH = 300;

    /** A whole reply; the body is {@code MissingNode} when it is not JSON. */
    record Reply(int status, JsonNode body) {

        boolean success() {
            return status >= 200 && status < 300;
        }

        @Override
        public String toString() {
            return "Reply[status=" + status + "]";
        }
    }

    /**
     * Sends a request once.
     *
     * @throws CredentialsUnavailableException when no whole reply comes in time
     */
    Reply send(HttpUriRequestBase request) {
        try {
            return http.execute(request, response -> new Reply(response.getCode(), json(response.getEntity())));
        } catch (IOException e) {
            String cause = e instanceof CallDeadlineException
                    ? e.getMessage()
                    : e.getClass().getSimpleName();
            throw new CredentialsUnavailableException(
                    NetworkFailure.of(e) == NetworkFailure.OTHER
                            ? place(request) + " gave no whole reply (" + cause + ")"
                            : place(request) + " was not reached: "
                                    + Secrets.inLine(NetworkFailure.message(e), MESSAGE_LENGTH),
                    e);
        }
    }

    private static JsonNode json(HttpEntity entity) throws IOException {
        byte[] body = entity == null ? new byte[0] : EntityUtils.toByteArray(entity);
        try {
            return Json.MAPPER.readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance(); // the text of the cause would quote the body
        }
    }

    /** Host and path, without a query or user part. */
    private static String place(HttpUriRequestBase request) {
        URI uri = URI.create(request.getRequestUri());
        return "the authorization server (" + request.getAuthority().getHostName() + uri.getPath() + ")";
    }
}
