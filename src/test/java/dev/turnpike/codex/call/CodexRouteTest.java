package dev.turnpike.codex.call;

import static dev.turnpike.http.HostileServer.endless;
import static dev.turnpike.http.HostileServer.json;
import static dev.turnpike.http.HostileServer.raw;
import static dev.turnpike.http.HostileServer.reply;
import static dev.turnpike.http.HostileServer.reset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.http.HostileServer;
import dev.turnpike.http.HostileServer.Answer;
import dev.turnpike.http.HostileServer.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The route file that ships, against a server that does everything wrong a server can do. */
class CodexRouteTest extends CodexRoute {
    CodexRouteTest() {
        super(Patience.LONGEST);
    }

    @Test
    void asksAsTheBearerSaysAndReadsTheReplyAsJsonInUtf8() {
        server.next(reply(
                200,
                headers(
                        "content-type: application/json; charset=iso-8859-1",
                        "date: Sun, 22 Nov 2026 09:59:58 GMT",
                        "set-cookie: a=b",
                        "CamelHttpUri: http://127.0.0.1:1/"),
                " {\"items\": [\"ü\"]}"));

        Exchange exchange = ask(list().with("cursor", "a+b #c:d/e=~"));

        assertThat(body(exchange)).isEqualTo("{\"items\":[\"ü\"]}");
        assertThat(exchange.getProperty("codexDate")).isEqualTo(Instant.parse("2026-11-22T09:59:58Z"));
        assertNothingOfTheCallIsLeft(exchange);
        Request request = server.requests().get(0);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.target()).isEqualTo("/backend-api/wham/tasks/list?limit=20&cursor=a%2Bb+%23c%3Ad%2Fe%3D%7E");
        assertThat(request.headers())
                .containsEntry("authorization", "Bearer " + TOKEN)
                .containsEntry("chatgpt-account-id", "workspace-1")
                .containsEntry("user-agent", "turnpike/test")
                .containsEntry("host", "127.0.0.1:" + server.port())
                .doesNotContainKeys("x-openai-fedramp", "content-type", "cookie");
        assertThat(observed).containsExactly("tasks/list ok");
    }

    @Test
    void aReadOfThreadsGoesToTheirHostAndSaysNothingOfItsSender() {
        CodexRequest request = CodexRequest.thread(
                        tokens, "workspace-1/user-1", "v2", "threads", "019aa111-2222", "turns")
                .with("limit", "20")
                .with("itemsView", "notLoaded");

        assertThat(body(ask(request))).isEqualTo("{}");

        Request sent = threads.requests().get(0);
        assertThat(sent.target()).isEqualTo("/threads/v2/threads/019aa111-2222/turns?limit=20&itemsView=notLoaded");
        assertThat(sent.headers())
                .containsEntry("authorization", "Bearer " + TOKEN)
                .containsEntry("chatgpt-account-id", "workspace-1")
                .containsEntry("accept", "application/json")
                .doesNotContainKeys("user-agent", "originator", "cookie", "x-openai-fedramp");
        assertThat(observed).containsExactly("v2/threads/*/turns ok");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | content-type: application/json | {\"error\":{\"code\":-32002,\"message\":\"rejected\"}} |"
                        + " FORBIDDEN",
                "403 | cf-mitigated: challenge        | <html>Just a moment</html>                           |"
                        + " CHALLENGE",
                "403 | content-type: application/json | {\"detail\":\"no\"}                              | FORBIDDEN",
            })
    void noRefusalOfThreadsCostsAToken(int status, String header, String body, Kind kind) {
        threads.next(reply(status, header + "\r\n", body));

        UpstreamException failure = failure(CodexRequest.thread(tokens, "workspace-1/user-1", "v1", "threads"));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.status()).isEqualTo(status);
        assertThat(tokens.asked).containsExactly("bearer");
        assertThat(threads.requests()).hasSize(1);
    }

    @Test
    void whatIsNoReadOfThreadsIsNotSentAndNoTokenIsAskedFor() {
        CodexRequest resume =
                CodexRequest.thread(tokens, "workspace-1/user-1", "v1", "threads", "019aa111-2222", "resume");
        CodexRequest post =
                new CodexRequest(tokens, "workspace-1/user-1", "POST", List.of("v1", "threads"), Map.of(), "{}", true);

        for (CodexRequest request : List.of(resume, post)) {
            assertThat(failure(request))
                    .hasMessageContaining("was not sent to codex.threads-url")
                    .extracting(UpstreamException::kind)
                    .isEqualTo(Kind.REJECTED);
        }

        assertThat(threads.requests()).isEmpty();
        assertThat(tokens.asked).isEmpty();
    }

    @Test
    void threadsAreNotAskedForWithoutAnAccountIdOrForFedRamp() {
        for (Bearer bearer :
                List.of(new Bearer(TOKEN, null, false, null), new Bearer(TOKEN, "workspace-1", true, null))) {
            tokens = new TokensForTests(bearer, refused -> refused, refused -> refused);

            assertThat(failure(CodexRequest.thread(tokens, "workspace-1/user-1", "v1", "threads"))
                            .kind())
                    .isEqualTo(Kind.REJECTED);
        }
        assertThat(threads.requests()).isEmpty();
    }

    @Test
    void turnIdsKeepTheirTildeAndNeitherIdsNorAccountsReachTheObserver() {
        tokens = new TokensForTests(new Bearer(TOKEN, null, true, null), refused -> refused, refused -> refused);

        Exchange exchange = ask(
                CodexRequest.get(tokens, "a", "tasks", "task_e_1", "turns", "task_e_1~assttrn_e_2", "sibling_turns"));

        assertThat(body(exchange)).isEqualTo("{}");
        assertThat(exchange.getProperty("codexDate")).isNull();
        assertThat(server.requests().get(0).target())
                .isEqualTo("/backend-api/wham/tasks/task_e_1/turns/task_e_1~assttrn_e_2/sibling_turns");
        assertThat(server.requests().get(0).headers())
                .containsEntry("x-openai-fedramp", "true")
                .doesNotContainKey("chatgpt-account-id");
        assertThat(observed).containsExactly("tasks/*/turns/*/sibling_turns ok");
    }

    @Test
    void aPostCarriesItsJsonAsUtf8() {
        server.next(json(201, "{\"task\":{}}"));

        assertThat(body(ask(create()))).isEqualTo("{\"task\":{}}");

        Request request = server.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/backend-api/wham/tasks");
        assertThat(request.headers()).containsEntry("content-type", "application/json");
        assertThat(request.body()).isEqualTo("{\"new_task\":\"ü\"}");
    }

    @Test
    void nothingGoesFromTheCallerOrFromOneCallToTheNext() {
        server.next(reply(200, "x-evil: 1\r\nAuthorization: Bearer evil\r\n", "{}"), json(200, "[]"));
        Exchange exchange = exchange(create());
        exchange.getIn().setHeader("x-of-the-caller", "private");
        exchange.getIn().setHeader(Exchange.HTTP_PATH, "/elsewhere");
        exchange.getIn().setHeader(Exchange.HTTP_QUERY, "private=1");

        template().send("direct:codex", exchange);
        ExchangeHelper.prepareOutToIn(exchange);
        exchange.getIn().setBody(CodexRequest.get(TokensForTests.of("other"), "b", "usage"));
        template().send("direct:codex", exchange);

        assertThat(body(exchange)).isEqualTo("[]");
        assertNothingOfTheCallIsLeft(exchange);
        assertThat(server.requests().get(0).headers()).doesNotContainKey("x-of-the-caller");
        Request second = server.requests().get(1);
        assertThat(second.method()).isEqualTo("GET");
        assertThat(second.target()).isEqualTo("/backend-api/wham/usage");
        assertThat(second.headers())
                .containsEntry("authorization", "Bearer other")
                .doesNotContainKeys("x-evil", "content-type", "content-length");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "403 | content-type: text/html  | <html>Just a moment</html>            | CHALLENGE",
                "403 | -                        | <!DOCTYPE html>                       | CHALLENGE",
                "403 | cf-mitigated: challenge  | {}                                    | CHALLENGE",
                "403 | -                        | {\"detail\":\"no\"}                   | FORBIDDEN",
                "403 | -                        | ''                                    | FORBIDDEN",
                "404 | -                        | {\"detail\":\"Invalid task ID\"}      | NOT_FOUND",
                "404 | content-type: text/html  | <html>                                | NOT_FOUND",
                "429 | -                        | slow down                             | RATE_LIMITED",
                "400 | -                        | {\"error\":{\"message\":\"bad\"}}     | REJECTED",
                "409 | -                        | {\"detail\":{\"message\":\"bad\"}}    | REJECTED",
                "422 | -                        | {{{                                   | REJECTED",
                "500 | -                        | {\"error\":\"bad\"}                   | SERVER_ERROR",
                "503 | content-type: text/html  | <html>                                | SERVER_ERROR",
                "599 | -                        | {}                                    | SERVER_ERROR",
                "304 | -                        | ''                                    | REDIRECT",
                "200 | content-type: application/json | <html>with 200</html>           | MALFORMED",
                "200 | -                        | ''                                    | MALFORMED",
                "200 | -                        | ' '                                   | MALFORMED",
                "200 | -                        | hello                                 | MALFORMED",
            })
    void everyReplyHasItsKind(int status, String header, String body, Kind kind) {
        server.next(reply(status, header == null ? "" : header + "\r\n", body));

        UpstreamException failure = failure(list());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure).hasMessageStartingWith("GET /tasks/list: " + status).hasNoCause();
        assertThat(observed).containsExactly("tasks/list " + kind.label());
        assertThat(server.requests()).hasSize(1);
        assertThat(tokens.asked).containsExactly("bearer");
    }

    @Test
    void aReplyWithoutABodyIsNoJson() {
        server.next((request, socket) -> HostileServer.write(socket, "HTTP/1.1 204 No Content\r\n\r\n"));

        assertThat(failure(list()))
                .hasMessage("GET /tasks/list: 204 with nothing instead of JSON")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.MALFORMED);
    }

    @Test
    void whatUpstreamSaysIsReportedShortOnOneLineAndWithoutSecrets() {
        String jwt = "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0";
        server.next(json(400, "{\"detail\":\"bad\\r\\ntoken " + jwt + " \\u001b[31m" + "x".repeat(500) + "\"}"));

        assertThat(failure(list()).getMessage())
                .startsWith("GET /tasks/list: 400: bad token *** [31mxxx")
                .hasSize("GET /tasks/list: 400: ".length() + 300);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "429 | 7                             | PT7S",
                "503 | 7                             | PT7S",
                "429 | 0                             | PT0S",
                "429 | -                             | -",
                "429 | -5                            | -",
                "429 | soon                          | -",
                "429 | 99999999999999999999999999    | PT8760H",
                "429 | Sun, 22 Nov 2026 10:01:00 GMT | PT2M",
                "429 | Sun, 22 Nov 2020 10:01:00 GMT | PT0S",
                "404 | 7                             | -",
            })
    void retryAfterIsReadAgainstUpstreamsClock(int status, String value, Duration wait) {
        String date = "date: Sun, 22 Nov 2026 09:59:00 GMT\r\n";
        server.next(reply(status, value == null ? "" : date + "retry-after: " + value + "\r\n", ""));

        assertThat(failure(list()).retryAfter().orElse(null)).isEqualTo(wait);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"429", "503", "500", "408"})
    void aPostIsSentOnce(int status) {
        server.next(reply(status, "retry-after: 0\r\n", ""));

        failure(create());

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aPostWhoseConnectionIsResetIsSentOnce() {
        server.next(reset(""));

        assertThat(failure(create()).kind()).isEqualTo(Kind.NETWORK);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aTokenThatIsRefusedIsFollowedByTheOneInTheFileThenByARefreshedOne() {
        server.next(json(401, "{\"detail\":\"no\"}"), json(401, "{}"), json(200, "{\"a\":1}"));

        Exchange exchange = ask(create());

        assertThat(body(exchange)).isEqualTo("{\"a\":1}");
        assertNothingOfTheCallIsLeft(exchange);
        assertThat(server.requests())
                .extracting(
                        request -> request.method() + " " + request.headers().get("authorization"))
                .containsExactly(
                        "POST Bearer " + TOKEN,
                        "POST Bearer " + TOKEN + "-reread",
                        "POST Bearer " + TOKEN + "-reread-refreshed");
        assertThat(server.requests()).extracting(Request::body).containsOnly("{\"new_task\":\"ü\"}");
        assertThat(server.requests()).extracting(Request::target).containsOnly("/backend-api/wham/tasks");
        assertThat(tokens.asked).containsExactly("bearer", "reread " + TOKEN, "refresh " + TOKEN + "-reread");
        assertThat(observed).containsExactly("tasks unauthorized", "tasks unauthorized", "tasks ok");
        assertThat(server.connections()).isLessThanOrEqualTo(1);
    }

    @Test
    void afterTheThirdRefusalAPersonHasToSignIn() {
        Answer no = json(401, "{\"detail\":\"could not parse your authentication token\"}");
        server.next(no, no, no);

        Exchange exchange = ask(list());

        assertThat(exchange.getException())
                .isInstanceOf(AuthRequiredException.class)
                .hasMessage("GET /tasks/list: 401: could not parse your authentication token");
        assertThat(((AuthRequiredException) exchange.getException()).reason()).isEqualTo("unauthorized");
        assertNothingOfTheCallIsLeft(exchange);
        assertThat(server.requests()).hasSize(3);
        assertThat(exchange.getMessage().getBody()).isInstanceOf(CodexRequest.class);
    }

    @Test
    void whenNoTokenIsToBeHadNothingIsSent() {
        AuthRequiredException gone = new AuthRequiredException("reused", "sign in again");
        tokens = new TokensForTests(new Bearer(TOKEN, null, false, null), refused -> refused, refused -> {
            throw gone;
        });
        server.next(json(401, "{}"), json(401, "{}"));

        Exchange exchange = ask(list());

        assertThat(exchange.getException()).isSameAs(gone);
        assertThat(server.requests()).hasSize(2);
        assertThat(tokens.asked).containsExactly("bearer", "reread " + TOKEN, "refresh " + TOKEN);
        assertThat(observed).containsExactly("tasks/list unauthorized", "tasks/list unauthorized");
    }

    @Test
    void aRefusalAfterARefusedTokenIsNotTakenForTheToken() {
        server.next(json(401, "{}"), reply(403, "cf-mitigated: challenge\r\n", "<html>"));

        assertThat(failure(list()).kind()).isEqualTo(Kind.CHALLENGE);

        assertThat(tokens.asked).containsExactly("bearer", "reread " + TOKEN);
    }

    @ParameterizedTest
    @CsvSource({"429", "503", "400"})
    void aPostWithAnotherTokenIsNotRepeatedForAnythingButA401(int status) {
        server.next(json(401, "{}"), json(status, "{}"));

        assertThat(failure(create()).status()).isEqualTo(status);

        assertThat(server.requests()).hasSize(2);
        assertThat(tokens.asked).containsExactly("bearer", "reread " + TOKEN);
    }

    @Test
    void aTokenThatCannotBeReadAgainEndsTheCall() {
        AuthRequiredException gone = new AuthRequiredException("missing", "no file");
        tokens = new TokensForTests(
                new Bearer(TOKEN, null, false, null),
                refused -> {
                    throw gone;
                },
                refused -> refused);
        server.next(json(401, "{}"));

        assertThat(ask(list()).getException()).isSameAs(gone);

        assertThat(server.requests()).hasSize(1);
        assertThat(tokens.asked).containsExactly("bearer", "reread " + TOKEN);
    }

    @Test
    void aRedirectIsNotFollowedAndTheTokenStays() throws IOException {
        try (HostileServer other = new HostileServer()) {
            server.next(reply(302, "location: " + other.url() + "/steal\r\n", ""));

            assertThat(failure(list()).kind()).isEqualTo(Kind.REDIRECT);

            assertThat(other.connections()).isZero();
            assertThat(server.requests()).hasSize(1);
        }
    }

    private static final String CHUNKED =
            "HTTP/1.1 %d X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final byte[] CHUNK = ("4000\r\n" + " ".repeat(0x4000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SPACES = " ".repeat(0x4000).getBytes(StandardCharsets.US_ASCII);

    static List<Arguments> attacks() {
        return List.of(
                attack("endless chunks", Kind.TOO_LARGE, endless(CHUNKED.formatted(200), CHUNK, 0)),
                attack("an endless body", Kind.TOO_LARGE, endless("HTTP/1.1 200 X\r\n\r\n", SPACES, 0)),
                attack("an endless header", Kind.TOO_LARGE, endless("HTTP/1.1 200 X\r\na:", SPACES, 0)),
                attack(
                        "endless headers",
                        Kind.TOO_LARGE,
                        endless("HTTP/1.1 200 X\r\n", "a: b\r\n".getBytes(StandardCharsets.US_ASCII), 0)),
                attack("a gzip bomb", Kind.TOO_LARGE, raw(gzipped("gzip", bomb()))),
                attack("a bomb within a bomb", Kind.MALFORMED, raw(gzipped("gzip, gzip", gzip(bomb())))),
                attack(
                        "what is no gzip",
                        Kind.MALFORMED,
                        raw(gzipped("gzip", "hello, here is no gzip".getBytes(StandardCharsets.US_ASCII)))),
                attack("half a gzip", Kind.NETWORK, raw(gzipped("gzip", Arrays.copyOf(bomb(), 1000)))),
                attack(
                        "what is no HTTP",
                        Kind.NETWORK,
                        raw("SSH-2.0-OpenSSH\r\n\r\n".getBytes(StandardCharsets.US_ASCII))),
                attack("a reset before the reply", Kind.NETWORK, reset("")),
                attack(
                        "a reset within the reply",
                        Kind.NETWORK,
                        reset("HTTP/1.1 200 X\r\ncontent-length: 50\r\n\r\n{")),
                attack("the end before the reply", Kind.NETWORK, raw(new byte[0])),
                attack(
                        "the end within the reply",
                        Kind.NETWORK,
                        raw("HTTP/1.1 200 X\r\ncontent-length: 50\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII))),
                attack(
                        "the end within a chunk",
                        Kind.NETWORK,
                        raw((CHUNKED.formatted(200) + "10\r\n{").getBytes(StandardCharsets.US_ASCII))),
                attack("an error without end", Kind.SERVER_ERROR, endless(CHUNKED.formatted(500), CHUNK, 0)),
                attack("a page without end", Kind.CHALLENGE, endless("HTTP/1.1 403 X\r\n\r\n<", SPACES, 0)));
    }

    private static Arguments attack(String name, Kind kind, Answer answer) {
        return Arguments.argumentSet(name, kind, answer);
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] bomb() {
        return gzip(new byte[4 * REPLY_BYTES]);
    }

    private static byte[] gzipped(String coding, byte[] body) {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        reply.writeBytes(("HTTP/1.1 200 X\r\nconnection: close\r\ncontent-encoding: " + coding + "\r\ncontent-length: "
                        + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        reply.writeBytes(body);
        return reply.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void noServerHoldsACallUpOrFillsTheMemory(Kind kind, Answer answer) {
        server.next(answer);
        // some go on for as long as they are listened to
        UpstreamException failure = failure(list());

        assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
        assertThat(server.requests()).hasSize(1);
        assertThat(observed).containsExactly("tasks/list " + kind.label());
        // the connection is gone, the next call gets a new one and works
        int connections = server.connections();
        assertThat(body(ask(list()))).isEqualTo("{}");
        assertThat(server.connections()).isEqualTo(connections + 1);
        await().until(() -> server.openConnections() <= 1);
    }

    @Test
    void goodRepliesAndShortErrorsKeepTheirConnection() throws IOException {
        server.next(json(200, "{}"), json(404, "{}"), raw(new byte[0]));
        ask(list());
        failure(list());

        assertThat(server.connections()).isLessThanOrEqualTo(1);
        assertThat(failure(list()).kind()).isEqualTo(Kind.NETWORK);
    }

    @Test
    void gzipIsDecodedAndAReplyOfExactlyTheLimitPasses() {
        String large = "[\"" + "x".repeat(REPLY_BYTES - 4) + "\"]";
        server.next(raw(gzipped("gzip", gzip(large.getBytes(StandardCharsets.US_ASCII)))), json(200, large + " "));

        assertThat(body(ask(list()))).isEqualTo(large);
        assertThat(failure(list()).kind()).isEqualTo(Kind.TOO_LARGE);
        assertThat(server.requests().get(0).headers().get("accept-encoding")).contains("gzip");
    }

    @Test
    void callsOfDifferentAccountsDoNotMix() throws Exception {
        List<Callable<Exchange>> calls = new ArrayList<>();
        Answer refusesSome = (request, socket) -> {
            boolean refuse = request.headers().get("authorization").matches(".*[369]");
            (refuse ? json(401, "{}") : json(200, "{}")).to(request, socket);
        };
        for (int i = 0; i < 100; i++) {
            String account = "account-" + i;
            server.next(refusesSome, refusesSome);
            calls.add(() -> ask(CodexRequest.get(TokensForTests.of(account), account, "tasks", account)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            for (Future<Exchange> call : threads.invokeAll(calls)) {
                assertThat(body(call.get())).isEqualTo("{}");
            }
        } finally {
            threads.shutdown();
        }
        assertThat(server.requests())
                .hasSize(130)
                .allSatisfy(request -> assertThat(request.headers().get("authorization") + "-")
                        .startsWith("Bearer " + request.target().replaceFirst(".*/", "") + "-"));
    }

    @Test
    void aCallerCatchesTheFailureWhereItStands() {
        server.next(json(404, "{}"));

        assertThat(template().requestBody("direct:caller", list())).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void aPathThatLeavesItsPlaceIsNotAsked() {
        UpstreamException failure = failure(CodexRequest.get(tokens, "a", "tasks", "..", "secret"));

        assertThat(failure).hasRootCauseMessage("path segment '..' is no id");
        assertThat(server.requests()).isEmpty();
        assertThat(tokens.asked).isEmpty();
    }
}
