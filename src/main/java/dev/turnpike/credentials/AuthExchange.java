package dev.turnpike.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.turnpike.http.NetworkFailure;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.Configurable;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * A call to the authorization server: no redirect followed, a bounded body, a total deadline. Neither body nor headers of
 * either direction ever reach a message.
 */
final class AuthExchange {
    private static final int BODY_LIMIT = 256 * 1024;
    private static final int MESSAGE_LENGTH = 300;

    private final HttpClient http;
    private final Duration deadline;

    AuthExchange(HttpClient http, Duration deadline) {
        this.http = http;
        this.deadline = deadline;
    }

    /** A whole reply; the body is {@code MissingNode} when it is no Json.MAPPER. */
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
        request.setConfig(config());
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Void> watch = end.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    request.cancel();
                    return null;
                });
        try {
            return http.execute(request, response -> read(request, response));
        } catch (IOException e) {
            NetworkFailure failure = NetworkFailure.of(e);
            throw new CredentialsUnavailableException(
                    failure == NetworkFailure.OTHER
                            ? place(request) + " gave no whole reply within " + deadline.toMillis() + " ms ("
                                    + e.getClass().getSimpleName() + ")"
                            : place(request) + " was not reached: "
                                    + Secrets.inLine(NetworkFailure.message(e), MESSAGE_LENGTH),
                    e);
        } finally {
            end.complete(null);
            watch.join();
        }
    }

    private RequestConfig config() {
        RequestConfig given = http instanceof Configurable configurable ? configurable.getConfig() : null;
        return RequestConfig.copy(given == null ? RequestConfig.DEFAULT : given)
                .setRedirectsEnabled(false)
                .build();
    }

    private static Reply read(HttpUriRequestBase request, ClassicHttpResponse response) throws IOException {
        if (response.getEntity() == null) {
            return new Reply(response.getCode(), MissingNode.getInstance());
        }
        InputStream stream = response.getEntity().getContent();
        byte[] body = stream.readNBytes(BODY_LIMIT + 1);
        if (body.length > BODY_LIMIT) {
            request.cancel(); // closing would read on to the end
            throw new IOException("reply too long");
        }
        return new Reply(response.getCode(), json(body));
    }

    private static JsonNode json(byte[] body) {
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
