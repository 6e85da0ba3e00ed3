package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpReply;
import dev.turnpike.http.NetworkFailure;
import java.io.IOException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.io.CloseMode;

/**
 * Reads threads for {@code doctor --threads}: with the same addresses, headers and limits as polling, but with the reply
 * as it is, and never with another token.
 */
public final class ThreadsProbe implements AutoCloseable {
    private final ThreadsBase base;
    private final CloseableHttpClient client;

    public ThreadsProbe(ThreadsBase base, BoundedHttp http) {
        this.base = base;
        HttpClientBuilder builder = HttpClientBuilder.create();
        ThreadsBase.client(http).configureHttpClient(builder);
        this.client = builder.build();
    }

    /**
     * What came back.
     *
     * @param status 0 if nothing came back
     * @param contentType null when the reply has none
     * @param challenge whether an edge has answered in place of the service
     * @param json null when the body is no JSON
     * @param problem why nothing came; null otherwise
     */
    public record Answer(int status, String contentType, boolean challenge, JsonNode json, String problem) {

        /** Whether it is a reply to be read. */
        public boolean isUsable() {
            return status == 200 && json != null;
        }
    }

    /**
     * Makes the read, once.
     *
     * @throws dev.turnpike.codex.UpstreamException when it is not one of the reads, or not for this account
     * @throws dev.turnpike.credentials.AuthRequiredException when there is no token
     * @throws dev.turnpike.credentials.CredentialsUnavailableException when there is no token just now
     */
    public Answer ask(CodexRequest request) {
        String query = CodexBase.query(request);
        HttpGet get = new HttpGet(base.address(request) + (query.isEmpty() ? "" : "?" + query));
        Bearer bearer = request.credentials().bearer();
        ThreadsBase.admit(request, bearer);
        get.setHeader("Authorization", "Bearer " + bearer.token());
        get.setHeader("chatgpt-account-id", bearer.accountHeader());
        get.setHeader("Accept", "application/json");
        try {
            return client.execute(get, ThreadsProbe::answer);
        } catch (IOException e) {
            return new Answer(0, null, false, null, NetworkFailure.of(e).description());
        }
    }

    private static Answer answer(ClassicHttpResponse response) throws IOException {
        HttpReply reply = HttpReply.of(response);
        JsonNode json = reply.json().isContainerNode() ? reply.json() : null;
        boolean challenge = reply.status() == 403 && (json == null || response.containsHeader("cf-mitigated"));
        return new Answer(reply.status(), reply.contentType(), challenge, json, null);
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
