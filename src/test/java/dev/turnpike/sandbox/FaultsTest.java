package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Patience;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.faults.Faults;
import dev.turnpike.sandbox.world.TaskRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every fault is checked as it comes over the wire. */
class FaultsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIST = "/backend-api/wham/tasks/list?limit=2";

    @TempDir
    private Path home;

    private SandboxBackend backend;
    private SandboxClient client;
    private String token;

    @BeforeEach
    void start() throws Exception {
        backend = SandboxBackend.builder().drip(Duration.ofMillis(20)).start();
        Path authJson = backend.writeCodexHome(home);
        token = SandboxClient.tokens(authJson).path("access_token").asText();
        client = new SandboxClient(backend).with(authJson);
        for (int number = 0; number < 3; number++) {
            backend.world().create(TaskRequest.plain());
        }
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({
        "UNAUTHORIZED, 401, application/json, detail",
        "CHALLENGE, 403, text/html, Just a moment",
        "FORBIDDEN, 403, application/json, detail",
        "RATE_LIMITED, 429, application/json, detail",
        "INTERNAL_ERROR, 500, application/json, detail",
        "BAD_GATEWAY, 502, text/html, Bad Gateway",
        "UNAVAILABLE, 503, application/json, detail",
        "HTML, 200, text/html, <html>",
    })
    void repliesOfAnotherKind(Fault fault, int status, String type, String words) throws Exception {
        HttpResponse<String> response = once(fault);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith(type);
        assertThat(response.body()).contains(words);
        assertThat(response.headers().firstValue("retry-after")).isEmpty();
        assertThat(client.get(LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void headersThatSayMore() throws Exception {
        assertThat(once(Fault.RATE_LIMITED_RETRY_AFTER).headers().firstValue("retry-after"))
                .contains("1");
        assertThat(once(Fault.CHALLENGE).headers().firstValue("cf-mitigated")).contains("challenge");
        HttpResponse<String> redirect = once(Fault.REDIRECT);
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("location").orElseThrow()).startsWith("https://login.example.test");
    }

    @ParameterizedTest
    @EnumSource(names = {"TRUNCATED_JSON", "MALFORMED_JSON"})
    void repliesThatAreNoJson(Fault fault) throws Exception {
        HttpResponse<String> response = once(fault);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> JSON.readTree(response.body())).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void aMalformedItemStandsAmongTheGoodOnes() throws Exception {
        for (int time = 0; time < 20; time++) {
            JsonNode items = SandboxClient.body(once(Fault.MALFORMED_ITEM)).path("items");
            assertThat(items).hasSize(3);
            int good = 0;
            for (JsonNode item : items) {
                boolean whole =
                        item.path("id").isTextual() && item.path("updated_at").isNumber();
                good += whole ? 1 : 0;
            }
            assertThat(good).isEqualTo(2);
        }
    }

    @Test
    void damagedPages() throws Exception {
        List<String> ids = ids(client.json(LIST));
        assertThat(ids(SandboxClient.body(once(Fault.SHUFFLED_PAGE)))).containsExactly(ids.get(1), ids.get(0));
        assertThat(ids(SandboxClient.body(once(Fault.DAMAGED_ITEM)))).hasSizeLessThan(2);
        assertThat(once(Fault.UNKNOWN_STATUS).body()).contains("\"turn_status\":\"queued\"");
        assertThat(once(Fault.PAGE_WITHOUT_TIMES).body()).doesNotContain("updated_at");
        assertThat(SandboxClient.body(once(Fault.PAGE_WITHOUT_ITEMS)).has("items"))
                .isFalse();
    }

    @Test
    void aRepeatedCursorLeadsInACircle() throws Exception {
        String cursor = client.json(LIST).path("cursor").asText();
        backend.faults().add(FaultRule.next(1, Fault.REPEATED_CURSOR));
        assertThat(client.json(LIST).path("cursor").asText()).isEqualTo(cursor);
        assertThat(backend.faults().served()).isEmpty();
        String next = LIST + "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        assertThat(client.json(next).path("cursor").asText()).isEqualTo(cursor);
        assertThat(backend.faults().served()).containsExactly(Map.entry(Fault.REPEATED_CURSOR, 1L));
    }

    @Test
    void endpointsThatAreMissingOrFail() throws Exception {
        String task = "/backend-api/wham/tasks/" + ids(client.json(LIST)).get(0);
        backend.faults().add(FaultRule.mixed(Set.of(Fault.TURNS_MISSING, Fault.DETAILS_FAILING), 1));
        assertThat(client.get(task + "/turns").statusCode()).isEqualTo(404);
        assertThat(client.get(task).statusCode()).isEqualTo(500);
        assertThat(client.get(LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void aTruncatedBodyIsCutShort() throws Exception {
        String reply = whole(Fault.TRUNCATED_BODY);
        int announced = Integer.parseInt(reply.replaceAll("(?s).*content-length: (\\d+).*", "$1"));
        assertThat(reply.substring(reply.indexOf("\r\n\r\n") + 4)).hasSize(announced / 2);
    }

    @Test
    void aStalledReplyStopsHalfWayAndStaysOpen() throws Exception {
        assertThat(open(Fault.STALL, "\r\n\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aHungRequestGetsNotAByte() throws Exception {
        assertThat(open(Fault.HANG, "")).isEmpty();
    }

    @Test
    void aResetIsAReset() throws Exception {
        assertThatThrownBy(() -> whole(Fault.RESET)).isInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @CsvSource({"DRIPPING, HTTP/1.1 200", "DRIPPING_ERROR, HTTP/1.1 502"})
    void aDrippingReplyComesByteByByte(Fault fault, String head) throws Exception {
        backend.faults().add(FaultRule.next(1, fault));
        try (Socket socket = asked()) {
            socket.setSoTimeout((int) Patience.LONGEST.toMillis());
            InputStream in = socket.getInputStream();
            String reply = "";
            while (!reply.contains("\r\n\r\n")) {
                reply += (char) in.read();
            }
            assertThat(reply).startsWith(head);
            // a reader that is held up finds several at once, so the first ones need not come alone
            byte[] some = new byte[1024];
            for (int alone = 0; alone < 5; ) {
                int bytes = in.read(some);
                assertThat(bytes)
                        .as("%s bytes came alone before the end", alone)
                        .isPositive();
                alone += bytes == 1 ? 1 : 0;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ENDLESS, HTTP/1.1 200", "ENDLESS_ERROR, HTTP/1.1 500"})
    void anEndlessBodyGoesOnForAsLongAsOneReads(Fault fault, String head) throws Exception {
        backend.faults().add(FaultRule.next(1, fault));
        try (Socket socket = asked()) {
            byte[] much = socket.getInputStream().readNBytes(8 * 1024 * 1024);
            assertThat(much).hasSize(8 * 1024 * 1024);
            assertThat(new String(much, 0, 40, StandardCharsets.UTF_8)).startsWith(head);
        }
    }

    @Test
    void aGzipBombUnpacksToFarMoreThanItWeighs() throws Exception {
        backend.faults().add(FaultRule.next(1, Fault.GZIP_BOMB));
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(client.request(LIST).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(response.body()).hasSizeLessThan(1024 * 1024);
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(unpacked.skip(64 * 1024 * 1024)).isEqualTo(64 * 1024 * 1024);
        }
    }

    @Test
    void faultsKeepToTheirScopeAndNumber() throws Exception {
        backend.faults().add(FaultRule.next(2, Fault.UNAVAILABLE, SandboxEndpoint.USAGE));
        assertThat(client.get(LIST).statusCode()).isEqualTo(200);
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(503);
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(503);
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(200);
        assertThat(backend.faults().served()).containsExactly(Map.entry(Fault.UNAVAILABLE, 2L));
    }

    @Test
    void theTokenEndpointIsSparedUnlessItIsNamed() throws Exception {
        backend.faults().add(FaultRule.mixed(Set.of(Fault.UNAVAILABLE), 1));
        assertThat(client.post("/oauth/token", "{}").statusCode()).isEqualTo(400);
        backend.faults().add(FaultRule.next(1, Fault.UNAVAILABLE, SandboxEndpoint.TOKEN));
        assertThat(client.post("/oauth/token", "{}").statusCode()).isEqualTo(503);
    }

    /** Two requests at the same time must not both be given the only one; one to which it does not apply gives it back. */
    @Test
    void aFaultIsNotServedMoreOftenThanItsRuleSays() {
        backend.faults().add(FaultRule.next(1, Fault.REPEATED_CURSOR, SandboxEndpoint.LIST));

        Faults.Choice first = chosen();
        assertThat(backend.faults().choose(SandboxEndpoint.LIST, "a1")).isEmpty();
        first.served().accept(false);
        assertThat(backend.faults().served()).isEmpty();

        chosen().served().accept(true);
        assertThat(backend.faults().choose(SandboxEndpoint.LIST, "a1")).isEmpty();
        assertThat(backend.faults().served()).containsExactly(Map.entry(Fault.REPEATED_CURSOR, 1L));
    }

    private Faults.Choice chosen() {
        return backend.faults().choose(SandboxEndpoint.LIST, "a1").orElseThrow();
    }

    @Test
    void aMixtureFollowsFromTheSeed() throws Exception {
        assertThat(mixture(7)).isEqualTo(mixture(7)).isNotEqualTo(mixture(8));
    }

    private static List<Fault> mixture(long seed) throws IOException {
        try (SandboxBackend other = SandboxBackend.builder().seed(seed).start()) {
            other.faults().add(FaultRule.mixed(Fault.all(), 0.3));
            List<Fault> chosen = new ArrayList<>();
            for (int request = 0; request < 200; request++) {
                chosen.add(other.faults()
                        .choose(SandboxEndpoint.LIST, "a1")
                        .map(Faults.Choice::fault)
                        .orElse(null));
            }
            assertThat(chosen.stream().filter(fault -> fault != null).count()).isBetween(30L, 90L);
            return chosen;
        }
    }

    private HttpResponse<String> once(Fault fault) throws Exception {
        backend.faults().add(FaultRule.next(1, fault));
        return client.get(LIST);
    }

    /** All that comes until the connection ends. */
    private String whole(Fault fault) throws Exception {
        backend.faults().add(FaultRule.next(1, fault));
        try (Socket socket = asked()) {
            socket.setSoTimeout((int) Patience.LONGEST.toMillis());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What comes until this text and until nothing follows it for a while. */
    private String open(Fault fault, String until) throws Exception {
        backend.faults().add(FaultRule.next(1, fault));
        StringBuilder reply = new StringBuilder();
        try (Socket socket = asked()) {
            InputStream in = socket.getInputStream();
            int read = 0;
            do {
                socket.setSoTimeout(reply.indexOf(until) < 0 ? (int) Patience.LONGEST.toMillis() : 300);
                read = in.read();
                reply.append((char) read);
            } while (read >= 0);
            throw new AssertionError("closed after: " + reply);
        } catch (SocketTimeoutException e) {
            return reply.toString();
        }
    }

    private Socket asked() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), backend.baseUri().getPort());
        String request = "GET " + LIST + " HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer " + token + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        for (JsonNode item : page.path("items")) {
            if (item.path("id").isTextual()) {
                ids.add(item.path("id").asText());
            }
        }
        return ids;
    }
}
