package dev.turnpike.sinks.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.TestServer;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A receiver as Standard Webhooks 1.0 has it, with its own verification; what is not in order is refused with 422. */
public final class WebhookReceiver extends TestServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> HEADERS = Set.of(
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "content-type",
            "content-length",
            "host",
            "connection",
            "accept-encoding",
            "user-agent",
            "accept",
            "transfer-encoding");

    /** What came: in order, refused ones included. */
    public record Request(String id, Instant timestamp, String query, JsonNode body, Answer answer, Instant at) {
        public boolean accepted() {
            return answer.fault() == Answer.Fault.NONE && answer.status() / 100 == 2;
        }

        public String task() {
            return body.path("subject").asText();
        }

        public int number() {
            return body.path("data").path("number").asInt();
        }
    }

    private final String secret;
    private final Function<Request, Answer> behaviour;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    public WebhookReceiver(String secret, Function<Request, Answer> behaviour) {
        this.secret = secret;
        this.behaviour = behaviour;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public List<Request> accepted() {
        return requests.stream().filter(Request::accepted).toList();
    }

    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    protected Answer answer(HttpExchange exchange, String body) {
        Request request = null;
        try {
            request = verified(exchange, body);
        } catch (IllegalArgumentException | IOException e) {
            complaints.add(e.getMessage());
            return Answer.status(422);
        }
        Answer answer = behaviour.apply(request);
        requests.add(
                new Request(request.id(), request.timestamp(), request.query(), request.body(), answer, Instant.now()));
        return answer;
    }

    private Request verified(HttpExchange exchange, String body) throws IOException {
        require(exchange.getRequestMethod().equals("POST"), "method " + exchange.getRequestMethod());
        Set<String> foreign = exchange.getRequestHeaders().keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !HEADERS.contains(name))
                .collect(Collectors.toSet());
        require(foreign.isEmpty(), "foreign headers " + foreign);
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        String timestamp = exchange.getRequestHeaders().getFirst("webhook-timestamp");
        String signatures = exchange.getRequestHeaders().getFirst("webhook-signature");
        require(id != null && timestamp != null && signatures != null, "a header is missing");
        Instant at = Instant.ofEpochSecond(Long.parseLong(timestamp));
        require(Math.abs(at.getEpochSecond() - Instant.now().getEpochSecond()) <= 300, "stale timestamp " + at);
        String expected = "v1," + hmac(id + "." + timestamp + "." + body);
        require(
                List.of(signatures.split(" ", -1)).stream()
                        .anyMatch(signature ->
                                MessageDigest.isEqual(signature.getBytes(UTF_8), expected.getBytes(UTF_8))),
                "bad signature");
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("content-type"));
        require(type.matches("application/(cloudevents\\+)?json; ?charset=utf-8"), "content type " + type);
        return new Request(id, at, exchange.getRequestURI().getRawQuery(), JSON.readTree(body), null, null);
    }

    private String hmac(String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(content.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void require(boolean held, String complaint) {
        if (!held) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
