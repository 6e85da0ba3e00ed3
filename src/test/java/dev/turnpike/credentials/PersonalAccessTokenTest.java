package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.MovableClock;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonalAccessTokenTest {
    private static final String TOKEN = "at-" + TestTokens.MARK;
    private static final String OWNER = """
            {"email": "robot@example.test", "chatgpt_user_id": "user-1", "chatgpt_account_id": "ws-1",
             "chatgpt_plan_type": "team", "chatgpt_account_is_fedramp": true}""";

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(Instant.now());
    private final CloseableHttpClient http =
            new BoundedHttp(CredentialsFactory.LIMITS, "test", Network.plain()).newClient();
    private final MockWebServer server = new MockWebServer();
    private LogCapture logs;

    @BeforeEach
    void start() throws Exception {
        server.start();
        logs = new LogCapture();
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(String.join("\n", logs.lines())).doesNotContain(TestTokens.MARK);
        logs.close();
        server.close();
        http.close();
    }

    private CredentialsFactory factory() {
        return new CredentialsFactory(
                http,
                server.url("/oauth/token").uri(),
                server.url("/api/accounts/").uri(),
                clock);
    }

    private void reply(int status, String body) {
        server.enqueue(new MockResponse.Builder().code(status).body(body).build());
    }

    @Test
    void asksOnceWhoseItIs() throws Exception {
        reply(200, OWNER);
        Credentials credentials = factory().ofToken(TOKEN, "CODEX_ACCESS_TOKEN");
        assertThat(credentials.identity()).isEqualTo(new Identity("ws-1/user-1", "team"));
        assertThat(credentials.bearer()).isEqualTo(new Bearer(TOKEN, "ws-1", true, "ws-1/user-1"));
        assertThat(credentials.reread(credentials.bearer())).isEqualTo(credentials.bearer());
        assertThat(server.getRequestCount()).isEqualTo(1);
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/api/accounts/v1/user-auth-credential/whoami");
        assertThat(request.getHeaders().get("authorization")).isEqualTo("Bearer " + TOKEN);
        assertThat(credentials.toString()).doesNotContain(TestTokens.MARK);
        assertThat(credentials.status().refresh()).isEqualTo(RefreshMode.NEVER);
    }

    @Test
    void isNotRefreshedWhenItIsRefused() {
        reply(200, OWNER);
        Credentials credentials = factory().ofToken(TOKEN, "CODEX_ACCESS_TOKEN");
        Bearer bearer = credentials.bearer();
        assertThatThrownBy(() -> credentials.refresh(bearer))
                .isInstanceOf(AuthRequiredException.class)
                .hasMessageContaining("CODEX_ACCESS_TOKEN")
                .hasMessageNotContaining(TestTokens.MARK);
        assertThat(credentials.isRetryDue()).isFalse();
        clock.move(Duration.ofMinutes(15));
        assertThat(credentials.isRetryDue()).isTrue();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void distinguishesARefusalFromAnOutage() {
        reply(503, TestTokens.MARK);
        reply(403, "<html>just a moment</html>");
        reply(200, "{}");
        reply(401, "{\"detail\":\"" + TestTokens.MARK + "\"}");
        Credentials credentials = factory().ofToken(TOKEN, "CODEX_ACCESS_TOKEN");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(credentials::identity).isInstanceOf(CredentialsUnavailableException.class);
            assertThat(credentials.isRetryDue()).isTrue();
        }
        assertThatThrownBy(credentials::identity)
                .isInstanceOf(AuthRequiredException.class)
                .hasMessageContaining("401")
                .hasMessageNotContaining(TestTokens.MARK);
        assertThat(credentials.isRetryDue()).isFalse();
    }

    @Test
    void isFoundInTheFileAndExchangedWithIt() throws Exception {
        Path path = folder.resolve("auth.json");
        Files.writeString(path, "{\"auth_mode\":\"personalAccessToken\",\"personal_access_token\":\"" + TOKEN + "\"}");
        reply(401, "{}");
        reply(200, OWNER);
        Credentials credentials = factory().ofFile(path, RefreshMode.SHARED);
        assertThatThrownBy(credentials::bearer).isInstanceOf(AuthRequiredException.class);
        assertThat(credentials.isRetryDue()).isFalse();
        Files.writeString(path, "{\"personal_access_token\":\"" + TOKEN + "-2\"}");
        assertThat(credentials.isRetryDue()).isTrue();
        assertThat(credentials.bearer().token()).isEqualTo(TOKEN + "-2");
        assertThat(credentials.status().refresh()).isEqualTo(RefreshMode.NEVER);
        assertThat(server.getRequestCount()).isEqualTo(2);
    }
}
