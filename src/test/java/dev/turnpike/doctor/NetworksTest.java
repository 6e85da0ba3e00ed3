package dev.turnpike.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.turnpike.FreePort;
import dev.turnpike.http.CompanyAuthority;
import dev.turnpike.http.StrictProxy;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says from other people's networks: behind a proxy, behind a company's certificate, without name service. */
class NetworksTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final String HOST = "codex.example.test";

    @TempDir
    private Path home;

    private SandboxBackend backend;
    private StrictProxy proxy;

    @BeforeEach
    void start() throws IOException {
        backend = SandboxBackend.builder().start();
        proxy = StrictProxy.withPassword("ada", "s3cret")
                .knows(HOST, backend.baseUri().getPort());
    }

    @AfterEach
    void stop() throws IOException {
        backend.close();
        proxy.close();
    }

    private String url(String password) {
        return "http://ada:" + password + "@127.0.0.1:" + proxy.port();
    }

    @Test
    void everyCallThatLeavesTakesTheProxyOfTheEnvironment() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofHours(-3));

        List<Check> checks = examine(Map.of("ALL_PROXY", url("s3cret"), "NO_PROXY", "localhost"), true);

        assertThat(checks).extracting(Check::state).containsOnly(Check.State.OK);
        assertThat(proxy.asked())
                .contains("POST http://" + HOST + "/oauth/token", "GET http://" + HOST + "/backend-api/wham/usage");
    }

    @Test
    void whoseAPersonalAccessTokenIsIsAskedThroughTheProxyToo() throws Exception {
        examine(Map.of("http_proxy", url("s3cret"), "CODEX_ACCESS_TOKEN", "at-nobody"), false);

        assertThat(proxy.asked())
                .containsExactly("GET http://" + HOST + "/api/accounts/v1/user-auth-credential/whoami");
    }

    @Test
    void theSettingGoesOverTheVariables() throws Exception {
        backend.writeCodexHome(home);

        List<Check> checks =
                examine(Map.of("HTTP_PROXY", "http://127.0.0.1:1", "TURNPIKE_HTTP_PROXY", url("s3cret")), false);

        assertThat(checks).extracting(Check::state).containsOnly(Check.State.OK);
    }

    @Test
    void aProxyThatWantsAnotherPasswordIsNamedWithTheSetting() throws Exception {
        backend.writeCodexHome(home);

        Check api = examine(Map.of("HTTP_PROXY", url("wrong")), false).get(1);

        assertThat(api.state()).isEqualTo(Check.State.FAILED);
        assertThat(api.finding())
                .isEqualTo("network: GET /usage: proxy authentication, proxy 127.0.0.1:" + proxy.port()
                        + " refuses the call with 407");
        assertThat(api.advice()).contains("http.proxy", "HTTPS_PROXY", "user:password");
    }

    @Test
    void aTokenThatCannotBeRefreshedForTheProxysSakeSaysSo() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofHours(-3));

        Check api = examine(Map.of("HTTP_PROXY", url("wrong")), true).get(1);

        assertThat(api.finding()).contains(HOST + "/oauth/token", "proxy authentication", "407");
        assertThat(api.advice()).contains("http.proxy");
    }

    @Test
    void anUnknownHostIsNoProxyMatter() throws Exception {
        backend.writeCodexHome(home);

        Check api = examine(Map.of(), false).get(1);

        assertThat(api.finding())
                .startsWith("network: GET /usage: unknown host, ")
                .contains(HOST);
        assertThat(api.advice()).contains("codex.base-url", "http.proxy");
    }

    @Test
    void aPortThatNobodyListensOnIsRefused() throws Exception {
        backend.writeCodexHome(home);

        Check api = examine(Map.of("CODEX_BASE_URL", "http://127.0.0.1:" + FreePort.any() + "/backend-api"), false)
                .get(1);

        assertThat(api.finding()).startsWith("network: GET /usage: ").contains("refused");
    }

    @Test
    @Tag("thorough")
    void aCompanysCertificateIsNamedByItsIssuerAndTrustedWhenGiven() throws Exception {
        backend.writeCodexHome(home);
        CompanyAuthority company = CompanyAuthority.in(home, "ip:127.0.0.1");
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
        server.setHttpsConfigurator(new HttpsConfigurator(company.server()));
        server.createContext("/", exchange -> {
            byte[] usage = "{\"plan_type\":\"pro\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, usage.length);
            exchange.getResponseBody().write(usage);
            exchange.close();
        });
        server.start();
        String base = "https://127.0.0.1:" + server.getAddress().getPort() + "/backend-api";
        try {
            Check api = examine(Map.of("CODEX_BASE_URL", base), false).get(1);
            assertThat(api.finding())
                    .isEqualTo("network: GET /usage: untrusted certificate, of CN=server, issued by "
                            + CompanyAuthority.NAME);
            assertThat(api.advice()).contains("http.ca-file", "CODEX_CA_CERTIFICATE");

            for (String name : List.of("SSL_CERT_FILE", "CODEX_CA_CERTIFICATE", "TURNPIKE_HTTP_CA_FILE")) {
                Map<String, String> given = new HashMap<>(Map.of("CODEX_BASE_URL", base, "SSL_CERT_FILE", "/nowhere"));
                given.put(name, company.pem().toString());
                assertThat(examine(given, false).get(1).state()).as(name).isEqualTo(Check.State.OK);
            }

            Path folder = Files.createDirectory(home.resolve("certs"));
            Files.copy(company.pem(), folder.resolve("company.crt"));
            Files.writeString(folder.resolve("README"), "no certificate");
            Map<String, String> given = Map.of("CODEX_BASE_URL", base, "SSL_CERT_DIR", folder.toString());
            assertThat(examine(given, false).get(1).state()).isEqualTo(Check.State.OK);
            assertThat(Settings.load(null, given, Map.of()).networkSummary())
                    .containsExactly("1 certificates of " + folder + " (environment SSL_CERT_DIR)");

            Path empty = Files.createDirectory(home.resolve("empty"));
            Settings two = Settings.load(null, Map.of("SSL_CERT_DIR", empty + File.pathSeparator + folder), Map.of());
            assertThat(two.network().authorities())
                    .as("a folder without certificates costs no other one")
                    .hasSize(1);
            assertThat(two.notices())
                    .containsExactly("folder " + empty + " (environment SSL_CERT_DIR) is ignored: " + empty
                            + " holds no certificate");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theSandboxHearsNothingOfTheEnvironment() throws Exception {
        Path broken = Files.writeString(home.resolve("broken.pem"), "no certificate");
        Map<String, String> environment = Map.of(
                "HTTP_PROXY",
                url("s3cret"),
                "ALL_PROXY",
                url("s3cret"),
                "http_proxy",
                url("s3cret"),
                "TURNPIKE_HTTP_PROXY",
                url("s3cret"),
                "SSL_CERT_FILE",
                broken.toString());

        Settings settings = Settings.loadForSandbox(null, environment, Map.of());

        assertThat(settings.network().proxy("http", "127.0.0.1")).isEmpty();
        assertThat(settings.network().proxy("https", "chatgpt.com")).isEmpty();
        assertThat(settings.network().authorities()).isEmpty();
        assertThat(settings.networkSummary()).isEmpty();
    }

    @Test
    void whereTheProxyComesFromIsSaidWithoutItsPassword() {
        Settings settings = Settings.load(
                null,
                Map.of(
                        "HTTPS_PROXY",
                        "http://ada:s3cret@proxy:3128",
                        "https_proxy",
                        "http://other:1",
                        "no_proxy",
                        "a.b"),
                Map.of());

        assertThat(settings.networkSummary())
                .containsExactly(
                        "http://***@proxy:3128 (environment HTTPS_PROXY)",
                        "http.no-proxy = a.b (environment no_proxy)");
        assertThat(settings.network().proxy("http", "a")).isEmpty();
        assertThat(settings.network().proxy("https", "x.a.b")).isEmpty();
        assertThat(settings.network().proxy("https", "a")).isPresent();
        assertThat(Settings.load(null, Map.of("HTTPS_PROXY", "ftp://u:s3cret@x"), Map.of())
                        .notices())
                .singleElement()
                .asString()
                .contains("environment HTTPS_PROXY is ignored")
                .doesNotContain("s3cret");
    }

    private List<Check> examine(Map<String, String> environment, boolean refresh) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "CODEX_BASE_URL", "http://" + HOST + "/backend-api",
                "CODEX_TOKEN_URL", "http://" + HOST + "/oauth/token",
                "CODEX_AUTHAPI_BASE_URL", "http://" + HOST + "/api/accounts",
                "CODEX_AUTH_FILES", home.resolve("auth.json").toString(),
                // ends a hang
                "CODEX_CALL_DEADLINE", "5m"));
        variables.putAll(environment);
        Settings settings = Settings.load(null, variables, Map.of());
        try (AccountProbes accounts = new AccountProbes(settings, refresh, CLOCK)) {
            return new AccountChecks(CLOCK, refresh).of(accounts.probes().get(0));
        }
    }
}
