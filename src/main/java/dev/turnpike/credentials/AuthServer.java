package dev.turnpike.credentials;

import dev.turnpike.http.HttpReply;
import dev.turnpike.http.NetworkFailure;
import dev.turnpike.http.Secrets;
import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;

/** The authorization server. No body or header, of request or reply, ever appears in a message. */
record AuthServer(HttpClient http) {
    private static final int MESSAGE_LENGTH = 300;

    /**
     * Sends a request once.
     *
     * @throws CredentialsUnavailableException when no whole reply comes in time
     */
    HttpReply send(HttpUriRequestBase request) {
        try {
            return http.execute(request, HttpReply::of);
        } catch (IOException e) {
            String problem = switch (NetworkFailure.of(e)) {
                case OTHER -> "gave no whole reply (" + e.getClass().getSimpleName() + ")";
                case TIMEOUT -> "gave no whole reply (" + NetworkFailure.message(e) + ")";
                default -> "was not reached: " + Secrets.inLine(NetworkFailure.message(e), MESSAGE_LENGTH);
            };
            // host and path, without a query or user part
            String path = URI.create(request.getRequestUri()).getPath();
            String host = request.getAuthority().getHostName();
            throw new CredentialsUnavailableException("the authorization server (" + host + path + ") " + problem, e);
        }
    }
}
