package dev.turnpike.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.Identity;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of real accounts, on a backend that answers in every way. */
class AccountProbesTest {
    private static final String ACCOUNT = "00000001-2222-4333-8444-555555555555/user-sandbox-1";
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path home;

    private SandboxBackend backend;
    private final Map<String, String> more = new HashMap<>();

    @BeforeEach
    void start() throws IOException {
        backend = SandboxBackend.builder().start();
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void aGoodSignInIsReportedAndTheApiAnswers() throws Exception {
        backend.writeCodexHome(home);

        List<Check> checks = examine();

        assertThat(checks).extracting(Check::state).containsExactly(Check.State.OK, Check.State.OK, Check.State.OK);
        assertThat(checks.get(0).finding())
                .matches("\\Q" + home.resolve("auth.json") + ": account " + ACCOUNT
                        + ", plan pro\\E, expires in (59m\\d+s|1h), refresh shared");
        assertThat(checks.get(1).finding()).isEqualTo("answers, plan pro, 8 % of 5h used, 15 % of 7d used");
        assertThat(checks.get(2).finding())
                .matches("[1-9]\\d* in Legacy Codex Cloud, which is what this API serves; new ones may not appear"
                        + " there");
        assertThat(backend.requests().count(SandboxEndpoint.USAGE)).isEqualTo(1);
        assertThat(backend.tokens().counts()).isEmpty();
        assertNoSecretIn(checks);
    }

    @Test
    void anExpiredTokenIsNotRefreshedByLooking() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofHours(-3));
        String before = Files.readString(home.resolve("auth.json"));

        List<Check> checks = examine();

        assertThat(checks).extracting(Check::state).containsExactly(Check.State.WARNING, Check.State.FAILED);
        assertThat(checks.get(0).finding()).contains(", expired 3h ago, refresh shared");
        assertThat(checks.get(0).advice()).isEqualTo("run refreshes it at its first poll");
        assertThat(checks.get(1).finding())
                .isEqualTo("not called: the token has expired, and doctor redeems no refresh token without --refresh");
        assertThat(checks.get(1).advice()).isEqualTo("./turnpike doctor --refresh refreshes it, as run would");
        assertThat(backend.requests().count(SandboxEndpoint.USAGE)).isZero();
        assertThat(backend.tokens().counts()).isEmpty();
        assertThat(home.resolve("auth.json")).hasContent(before);
    }

    @Test
    void anExpiredTokenIsRefreshedWhenAskedTo() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofHours(-3));

        List<Check> checks = examine(true);

        assertThat(checks).extracting(Check::state).containsExactly(Check.State.OK, Check.State.OK, Check.State.OK);
        assertThat(checks.get(0).finding()).containsPattern("expires in (59m\\d+s|1h)");
        assertThat(backend.tokens().counts()).containsEntry("refreshed", 1L);
    }

    @Test
    void aSpentRefreshTokenIsReportedWhenAskedToRefresh() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofHours(-3));
        backend.tokens().refuseRefreshTokens("a1", "refresh_token_expired");

        Check api = examine(true).get(1);

        assertThat(api.state()).isEqualTo(Check.State.FAILED);
        assertThat(api.finding()).contains("cannot be refreshed");
        assertThat(api.advice()).isEqualTo("sign in with: codex login");
    }

    @Test
    void anExpiredTokenThatNobodyMayRefreshIsAFailure() throws Exception {
        more.put("codex.refresh", "read-only");
        backend.writeCodexHome(home, "a1", Duration.ofMinutes(-5));

        List<Check> checks = examine();

        assertThat(checks).extracting(Check::state).containsExactly(Check.State.FAILED, Check.State.SKIPPED);
        assertThat(checks.get(0).finding()).contains("expired 5m", "refresh read-only");
        assertThat(checks.get(0).advice()).startsWith("refresh it with any codex command");
    }

    @Test
    void aTokenThatIsRefusedIsNotRefreshedByLooking() throws Exception {
        backend.writeCodexHome(home);
        backend.tokens().expireAccessTokens("a1");

        List<Check> checks = examine();

        assertThat(checks.get(0).state()).isEqualTo(Check.State.OK);
        assertThat(checks.get(1).state()).isEqualTo(Check.State.FAILED);
        assertThat(checks.get(1).finding())
                .isEqualTo("refused the credentials: the token from " + home.resolve("auth.json")
                        + " is refused with 401, although it has not expired");
        assertThat(checks.get(1).advice()).contains("doctor --refresh", "codex login");
        assertThat(backend.tokens().counts()).doesNotContainKey("refreshed");
        assertNoSecretIn(checks);
    }

    @Test
    void aPersonalTokenThatIsRefusedIsNamedAsOne() {
        more.put("codex.access-token", backend.tokens().personalToken("a1"));
        more.put(
                "codex.authapi-base-url",
                backend.baseUri().resolve("/api/accounts").toString());

        backend.faults()
                .add(new FaultRule(Set.of(Fault.UNAUTHORIZED), 1, Set.of(SandboxEndpoint.USAGE), null, Long.MAX_VALUE));

        assertThat(examine().get(1).finding())
                .isEqualTo("refused the credentials: The personal access token from codex.access-token is refused by"
                        + " the Codex backend: create a new one and put it there");
    }

    @Test
    void aRefreshThatIsDueIsSaid() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofSeconds(45));

        List<Check> checks = examine();

        assertThat(checks.get(0).finding()).contains("refresh shared, a refresh is due");
        assertThat(checks.get(1).state()).isEqualTo(Check.State.OK);
        assertThat(backend.tokens().counts()).isEmpty();
    }

    @Test
    void aSharedFileThatCannotBeWrittenIsAWarning() throws Exception {
        backend.writeCodexHome(home);
        Path locked = Files.createSymbolicLink(home.resolve("auth.lock"), home.resolve("no/such/folder"));

        List<Check> checks = examine();

        assertThat(locked).isSymbolicLink();
        assertThat(checks)
                .extracting(Check::state)
                .containsExactly(Check.State.WARNING, Check.State.OK, Check.State.OK);
        assertThat(checks.get(0).finding()).contains("refresh read-only although codex.refresh is shared: ");
    }

    @Test
    void noFileIsAFailureThatSaysWhereItLooked() throws Exception {
        List<Check> checks = examine();

        assertThat(checks).extracting(Check::state).containsExactly(Check.State.FAILED, Check.State.SKIPPED);
        assertThat(checks.get(0).finding())
                .contains("there is no file " + home.resolve("auth.json"), "codex login", "codex.auth-files");
        assertThat(checks.get(0).advice()).isEmpty();
    }

    @Test
    void anAccountWithoutEnvironmentsIsAWarning() {
        Check environments = new AccountChecks(CLOCK, false).of(probe(() -> 0)).get(2);

        assertThat(environments.state()).isEqualTo(Check.State.WARNING);
        assertThat(environments.finding()).isEqualTo("none in Legacy Codex Cloud, which is what this API serves");
        assertThat(environments.advice()).contains("are not seen", "elsewhere");
    }

    @Test
    void environmentsThatCannotBeListedAreAWarningThatSaysWhy() throws Exception {
        backend.writeCodexHome(home);
        backend.faults()
                .add(new FaultRule(Set.of(Fault.HTML), 1, Set.of(SandboxEndpoint.ENVIRONMENTS), null, Long.MAX_VALUE));

        List<Check> checks = examine();

        assertThat(checks.get(1).state()).isEqualTo(Check.State.OK);
        assertThat(checks.get(2).state()).isEqualTo(Check.State.WARNING);
        assertThat(checks.get(2).finding())
                .isEqualTo("not listed, malformed: GET /environments: 200 with HTML instead of JSON");
    }

    private static AccountProbe probe(IntSupplier environments) {
        return new AccountProbe(
                "auth.json",
                () -> new AccountProbe.SignIn(
                        new Identity(ACCOUNT, "pro"),
                        new Credentials.Status("auth.json", RefreshMode.NEVER, null, null)),
                () -> "answers",
                environments,
                () -> {
                    throw new UnsupportedOperationException("no threads here");
                });
    }

    @Test
    void aChallengeIsNotTheSignInsFault() throws Exception {
        Check api = faulty(Fault.CHALLENGE);

        assertThat(api.finding()).startsWith("challenge, status 403: GET /usage: 403 with a challenge page");
        assertThat(api.advice()).startsWith("Cloudflare challenges this network, the sign-in is not affected");
    }

    @Test
    void aRateLimitSaysHowLong() throws Exception {
        Check api = faulty(Fault.RATE_LIMITED_RETRY_AFTER);

        assertThat(api.finding()).startsWith("rate_limited, status 429: GET /usage");
        assertThat(api.advice()).isEqualTo("wait 1s; the runtime does so by itself");
    }

    @Test
    void aPageInsteadOfTheApiIsSeen() throws Exception {
        assertThat(faulty(Fault.HTML).finding())
                .isEqualTo("malformed, status 200: GET /usage: 200 with HTML instead of JSON");
    }

    @Test
    void anUpstreamThatIsDownIsANetworkFailure() throws Exception {
        backend.writeCodexHome(home);
        URI gone = backend.baseUri();
        backend.close();

        Check api = examine(gone, false).get(1);

        assertThat(api.state()).isEqualTo(Check.State.FAILED);
        assertThat(api.finding()).startsWith("network: GET /usage: ").contains("refused");
        assertThat(api.advice())
                .isEqualTo("check host and port of codex.base-url and the firewall; behind a proxy set http.proxy");
    }

    @Test
    void aMissingRouteFileIsSaid() throws Exception {
        backend.writeCodexHome(home);
        more.put("routes", home.toString());

        Check api = examine().get(1);

        assertThat(api.state()).isEqualTo(Check.State.FAILED);
        assertThat(api.finding()).isEqualTo("the route of the calls is missing: " + home.resolve("codex.camel.yaml"));
    }

    private Check faulty(Fault fault) throws IOException {
        backend.writeCodexHome(home);
        backend.faults().add(FaultRule.mixed(Set.of(fault), 1));
        Check api = examine().get(1);
        assertThat(api.state()).isEqualTo(Check.State.FAILED);
        return api;
    }

    private List<Check> examine() {
        return examine(false);
    }

    private List<Check> examine(boolean refresh) {
        return examine(backend.baseUri(), refresh);
    }

    private List<Check> examine(URI base, boolean refresh) {
        Map<String, String> values = new HashMap<>(more);
        // ends a hang: on a busy machine the usual one would be a failure of its own
        values.put("codex.call-deadline", "5m");
        values.put("codex.base-url", base.toString());
        values.put("codex.token-url", base.resolve("/oauth/token").toString());
        values.put("codex.auth-files", home.resolve("auth.json").toString());
        try (AccountProbes accounts = new AccountProbes(Settings.of(values), refresh, CLOCK)) {
            assertThat(accounts.probes()).hasSize(1);
            return new AccountChecks(CLOCK, refresh).of(accounts.probes().get(0));
        }
    }

    private void assertNoSecretIn(List<Check> checks) throws IOException {
        JsonNode tokens =
                new ObjectMapper().readTree(home.resolve("auth.json").toFile()).path("tokens");
        for (String name : List.of("id_token", "access_token", "refresh_token")) {
            assertThat(checks.toString()).doesNotContain(tokens.path(name).asText());
        }
    }
}
