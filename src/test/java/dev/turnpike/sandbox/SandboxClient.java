package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/** Asks the stand-in as a client of the API would. */
final class SandboxClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI origin;
    private String bearer;

    SandboxClient(SandboxBackend backend) {
        this.origin = backend.origin();
    }

    /** Goes on with the access token of an auth.json. */
    SandboxClient with(Path authJson) throws IOException {
        return with(tokens(authJson).path("access_token").asText());
    }

    SandboxClient with(String token) {
        bearer = token;
        return this;
    }

    static JsonNode tokens(Path authJson) throws IOException {
        return JSON.readTree(authJson.toFile()).path("tokens");
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    JsonNode json(String path) throws Exception {
        return body(get(path));
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).header("content-type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    JsonNode control(String path, String body) throws Exception {
        return body(post("/sandbox/" + path, body));
    }

    HttpResponse<String> delete(String path) throws Exception {
        return send(request(path).DELETE());
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(origin + path)).timeout(Patience.LONGEST);
        return bearer == null ? request : request.header("authorization", "Bearer " + bearer);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    static JsonNode body(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }
}
