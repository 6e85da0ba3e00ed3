package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token endpoint: every refresh token is good once. */
class TokenRotationTest {
    @TempDir
    private Path home;

    private SandboxBackend backend;
    private SandboxClient client;
    private Path authJson;

    @BeforeEach
    void start() throws Exception {
        backend = SandboxBackend.builder().start();
        authJson = backend.writeCodexHome(home);
        client = new SandboxClient(backend).with(authJson);
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void aRefreshTokenIsGoodOnce() throws Exception {
        JsonNode first = SandboxClient.body(refresh(refreshToken()));
        assertThat(first.path("refresh_token").asText()).isNotEqualTo(refreshToken());
        assertThat(refresh(refreshToken()).body()).contains("refresh_token_reused");
        assertThat(refresh(first.path("refresh_token").asText()).statusCode()).isEqualTo(200);
        assertThat(client.with(first.path("access_token").asText())
                        .get("/backend-api/wham/usage")
                        .statusCode())
                .isEqualTo(200);
        assertThat(backend.tokens().counts()).containsEntry("refreshed", 2L).containsEntry("refresh_token_reused", 1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"refresh_token_expired", "refresh_token_reused", "refresh_token_invalidated"})
    void refreshTokensAreRefusedForEveryReason(String code) throws Exception {
        backend.tokens().refuseRefreshTokens("a1", code);
        HttpResponse<String> refused = refresh(refreshToken());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(SandboxClient.body(refused).at("/error/code").asText()).isEqualTo(code);
    }

    @Test
    void anotherProcessRotates() throws Exception {
        String ours = refreshToken();
        backend.tokens().rotateElsewhere("a1", home);
        assertThat(refreshToken()).isNotEqualTo(ours);
        assertThat(refresh(ours).body()).contains("refresh_token_reused");
        assertThat(refresh(refreshToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void accessTokensCanBeRevoked() throws Exception {
        backend.tokens().expireAccessTokens("a1");
        assertThat(client.get("/backend-api/wham/usage").statusCode()).isEqualTo(401);
        String fresh =
                SandboxClient.body(refresh(refreshToken())).path("access_token").asText();
        assertThat(client.with(fresh).get("/backend-api/wham/usage").statusCode())
                .isEqualTo(200);
    }

    @Test
    void personalTokensNameTheirOwner() throws Exception {
        client.with(backend.tokens().personalToken("a1"));
        JsonNode whoami = client.json("/api/accounts/v1/user-auth-credential/whoami");
        assertThat(whoami.path("chatgpt_user_id").asText()).isEqualTo("user-sandbox-1");
        assertThat(client.get("/backend-api/wham/usage").statusCode()).isEqualTo(200);
        assertThat(client.with("at-stranger")
                        .get("/api/accounts/v1/user-auth-credential/whoami")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void requestsThatAreNoRefreshAreRefused() throws Exception {
        String good = "{\"client_id\":\"app_EMoamEEZ73f0CkXaXp7hrann\",\"grant_type\":\"refresh_token\","
                + "\"refresh_token\":\"" + refreshToken() + "\"}";
        for (String bad : new String[] {
            good.replace("app_EMoamEEZ73f0CkXaXp7hrann", "app_other"),
            good.replace("\"refresh_token\",", "\"password\","),
            good.replace(refreshToken(), ""),
            "grant_type=refresh_token"
        }) {
            assertThat(client.post("/oauth/token", bad).statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(client.post("/oauth/token", good).statusCode()).isEqualTo(200);
    }

    @Test
    void theFileIsItsOwnersAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(authJson)))
                .isEqualTo("rw-------");
    }

    private String refreshToken() throws Exception {
        return SandboxClient.tokens(authJson).path("refresh_token").asText();
    }

    private HttpResponse<String> refresh(String token) throws Exception {
        return client.post(
                "/oauth/token",
                "{\"client_id\":\"app_EMoamEEZ73f0CkXaXp7hrann\",\"grant_type\":\"refresh_token\",\"refresh_token\":\""
                        + token + "\"}");
    }
}
