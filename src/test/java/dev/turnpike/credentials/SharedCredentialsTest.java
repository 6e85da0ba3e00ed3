package dev.turnpike.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.MovableClock;
import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real files, a real server with single-use tokens; only the clock and the pauses are the test's. */
class SharedCredentialsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(Instant.now());
    private final AtomicReference<Runnable> duringPause = new AtomicReference<>(SharedCredentialsTest::aMoment);
    private final List<Credentials> open = new ArrayList<>();
    private final CloseableHttpClient http =
            new BoundedHttp(CredentialsFactory.LIMITS, "test", Network.plain()).newClient();
    private StrictTokenServer server;
    private LogCapture logs;
    private Path path;
    private int pauses;

    @BeforeEach
    void start() throws IOException {
        server = new StrictTokenServer("ws-1", "user-1");
        logs = new LogCapture();
        path = folder.resolve("auth.json");
    }

    @AfterEach
    void everySecretStayedSecret() throws IOException {
        // what saves in the background would write into a folder that is being removed
        duringPause.set(SharedCredentialsTest::aMoment);
        open.forEach(Credentials::close);
        assertThat(String.join("\n", logs.lines())).doesNotContain(TestTokens.MARK, "eyJ");
        logs.close();
        server.close();
        http.close();
    }

    private Credentials credentials() {
        return credentials(RefreshMode.SHARED);
    }

    private Credentials credentials(RefreshMode mode) {
        Credentials credentials = new CredentialsFactory(http, server.url(), server.url(), clock)
                .ofFile(path, mode, new TokenEndpoint(http, server.url()), length -> {
                    pauses++;
                    duringPause.get().run();
                });
        open.add(credentials);
        return credentials;
    }

    /** A real pause: in one that takes no time, whoever saves in the background would not let go of a lock. */
    private static void aMoment() {
        LockSupport.parkNanos(AuthFile.STEP.toNanos());
    }

    /** Writes a sign-in whose access token has so long left. */
    private String signIn(Duration left) throws IOException {
        return signIn("user-1", left, server.issue());
    }

    private String signIn(String user, Duration left, String refreshToken) throws IOException {
        Instant refreshed = clock.instant().minus(Duration.ofDays(1));
        String content = TestTokens.authJson("ws-1", user, clock.instant().plus(left), refreshToken, refreshed);
        Files.writeString(path, content);
        return content;
    }

    private JsonNode file() throws IOException {
        return JSON.readTree(path.toFile());
    }

    private String accessTokenInFile() throws IOException {
        return file().path("tokens").path("access_token").asText();
    }

    private static String reason(Throwable thrown) {
        assertThat(thrown).isInstanceOf(AuthRequiredException.class);
        assertThat(thrown.getMessage()).doesNotContain(TestTokens.MARK);
        return ((AuthRequiredException) thrown).reason();
    }

    @Test
    void leavesATokenAloneThatLastsLongerThanAMinute() throws Exception {
        String before = signIn(Duration.ofSeconds(62));
        Credentials credentials = credentials();
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(server.requests()).isEmpty();
        assertThat(Files.readString(path)).isEqualTo(before);
    }

    @Test
    void spendsOneRefreshTokenAnHourWhereTheClockIsAheadOfEveryToken() throws Exception {
        clock.move(Duration.ofDays(20));
        signIn(Duration.ofDays(-1));
        Credentials credentials = credentials();

        for (int call = 0; call < 10; call++) {
            assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
            assertThat(credentials().bearer().token()).as("of another process").isEqualTo(accessTokenInFile());
        }
        assertThat(server.redeemed()).isEqualTo(1);
        assertThat(logs.lines())
                .filteredOn(line -> line.contains("check the clock"))
                .hasSize(1);

        clock.move(Duration.ofHours(1));
        credentials.bearer();
        assertThat(server.redeemed()).isEqualTo(2);
    }

    @Test
    void spendsOneRefreshTokenAnHourWhereTheReplyBringsNoAccessToken() throws Exception {
        signIn(Duration.ofSeconds(-1));
        server.answer(200, "{}");
        Credentials credentials = credentials();

        for (int call = 0; call < 10; call++) {
            assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void refreshesWithinTheLastMinuteInTheWordsOfTheCli() throws Exception {
        signIn(Duration.ofSeconds(59));
        String spent = file().path("tokens").path("refresh_token").asText();
        String token = credentials().bearer().token();
        assertThat(server.requests()).hasSize(1);
        assertThat(server.requests().get(0))
                .isEqualTo(JSON.createObjectNode()
                        .put("client_id", "app_EMoamEEZ73f0CkXaXp7hrann")
                        .put("grant_type", "refresh_token")
                        .put("refresh_token", spent));
        assertThat(server.headers())
                .contains("content-type: application/json", "originator: codex_cli_rs")
                .noneMatch(header -> header.startsWith("authorization"));
        assertThat(token).isEqualTo(accessTokenInFile());
        assertThat(file().path("tokens").path("refresh_token").asText()).isNotEqualTo(spent);
        assertThat(Instant.parse(file().path("last_refresh").asText())).isEqualTo(clock.instant());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(leftOvers()).isEmpty();
        assertThat(credentials().bearer().token()).isEqualTo(token);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"7, 0", "9, 1"})
    void goesByTheLastRefreshWhereTheTokenDoesNotSayWhenItEnds(int days, int requests) throws Exception {
        Files.writeString(
                path,
                TestTokens.authJson(
                        "ws-1", "user-1", null, server.issue(), clock.instant().minus(Duration.ofDays(days))));
        assertThat(credentials().bearer().token()).isNotEmpty();
        assertThat(server.requests()).hasSize(requests);
    }

    @Test
    void redeemsOnceForManyThreadsAndInstances() throws Exception {
        signIn(Duration.ofSeconds(-1));
        List<Credentials> two = List.of(credentials(), credentials());
        String spent = accessTokenInFile();
        duringPause.set(() -> {
            // however long the other takes for it
            Awaitility.await().until(() -> !accessTokenInFile().equals(spent));
            aMoment();
        });
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> tokens = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> two.get(i % 2).bearer().token()))
                    .toList();
            for (Future<String> token : tokens) {
                assertThat(token.get(Patience.SECONDS, TimeUnit.SECONDS)).isEqualTo(accessTokenInFile());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void letsRequestsGoOnWithTheOldTokenWhileItIsRefreshed() throws Exception {
        signIn(Duration.ofSeconds(30));
        String old = accessTokenInFile();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        server.whenAsked = () -> {
            asked.countDown();
            await(answer);
        };
        Credentials credentials = credentials();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<String> refreshing = thread.submit(() -> credentials.bearer().token());
            await(asked);
            assertThat(credentials.bearer().token()).isEqualTo(old);
            answer.countDown();
            assertThat(refreshing.get(Patience.SECONDS, TimeUnit.SECONDS)).isNotEqualTo(old);
        } finally {
            thread.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void adoptsWhatAnotherProcessGotWithoutARequest() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials credentials = credentials();
        try (FlockLock cli = FlockLock.tryLock(folder.resolve("auth.lock")).orElseThrow()) {
            duringPause.set(() -> refreshedByTheCli(cli));
            assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        }
        assertThat(server.requests()).isEmpty();
    }

    private void refreshedByTheCli(FlockLock lock) {
        try {
            signIn(Duration.ofHours(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lock.close();
        duringPause.set(() -> {});
    }

    /** Another process that holds a lock until Enter is pressed. */
    static TurnpikeProcess flock(Path lock) throws IOException {
        TurnpikeProcess holder = TurnpikeProcess.start(
                "flock", Map.of(), List.of("flock", lock.toString(), "sh", "-c", "echo held; read x"));
        holder.printed("held");
        return holder;
    }

    @Test
    void waitsFiveSecondsForALockAndThenTriesLater() throws Exception {
        signIn(Duration.ofSeconds(-1));
        duringPause.set(() -> {});
        Credentials credentials = credentials();
        try (TurnpikeProcess cli = flock(folder.resolve("auth.lock"))) {
            assertThatThrownBy(credentials::bearer)
                    .isInstanceOf(CredentialsUnavailableException.class)
                    .hasMessageContaining("auth.lock");
            assertThat(pauses).isEqualTo(50);
            assertThat(credentials.isRetryDue()).isTrue();
            cli.enter();
            cli.awaitEnd();
        }
        clock.move(Duration.ofSeconds(10));
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
    }

    @Test
    void discardsItsOwnTokensWhenTheFileChangedMeanwhile() throws Exception {
        signIn(Duration.ofSeconds(-1));
        AtomicReference<String> theirs = new AtomicReference<>();
        server.whenRedeemed = () -> {
            try {
                theirs.set(signIn(Duration.ofHours(2)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        assertThat(credentials().bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(Files.readString(path)).isEqualTo(theirs.get());
        assertThat(logs.lines()).anyMatch(line -> line.contains("discarded"));
    }

    @Test
    void neverWritesIntoTheSignInOfAnotherUser() throws Exception {
        String refreshToken = server.issue();
        signIn("user-1", Duration.ofSeconds(-1), refreshToken);
        server.whenRedeemed = () -> {
            try {
                signIn("user-2", Duration.ofHours(2), refreshToken); // even with the very token that was spent
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        Credentials credentials = credentials();
        assertThat(credentials.identity().account()).isEqualTo("ws-1/user-1");
        Bearer bearer = credentials.bearer();
        assertThat(bearer.account()).isEqualTo("ws-1/user-2");
        assertThat(bearer.token()).isEqualTo(accessTokenInFile());
        assertThat(credentials.identity().account()).isEqualTo("ws-1/user-2");
        assertThat(file().path("tokens").path("refresh_token").asText()).isEqualTo(refreshToken);
    }

    @Test
    void keepsKeysOfOthersThatCameMeanwhile() throws Exception {
        signIn(Duration.ofSeconds(-1));
        server.whenRedeemed = () -> {
            try {
                Files.writeString(path, Files.readString(path).replaceFirst("\\{", "{\"new_key\": [1],"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        credentials().bearer();
        assertThat(file().path("new_key").path(0).asInt()).isEqualTo(1);
        assertThat(file().fieldNames().next()).isEqualTo("new_key");
        assertThat(credentials().bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(server.redeemed()).isEqualTo(1);
    }

    @Test
    void keepsASymlinkAndReplacesTheFileBehindIt() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path real = elsewhere.resolve("real.json");
        signIn(Duration.ofSeconds(-1));
        Files.move(path, real);
        Files.createSymbolicLink(path, real);
        String token = credentials().bearer().token();
        assertThat(Files.isSymbolicLink(path)).isTrue();
        assertThat(Files.isRegularFile(real)).isTrue();
        assertThat(accessTokenInFile()).isEqualTo(token);
        assertThat(folder.resolve("auth.lock")).exists();
        assertThat(elsewhere.resolve("real.json.lock")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "400, refresh_token_expired, expired",
        "401, refresh_token_invalidated, revoked",
        "401, REFRESH_TOKEN_EXPIRED, expired",
        "401, something_new, rejected",
    })
    void remembersARefusalUntilTheFileChanges(int status, String code, String reason) throws Exception {
        String before = signIn(Duration.ofSeconds(-1));
        server.answer(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + TestTokens.MARK + "\"}}");
        Credentials credentials = credentials();
        assertThatThrownBy(credentials::bearer)
                .hasMessageContaining("codex login")
                .satisfies(e -> assertThat(reason(e)).isEqualTo(reason));
        assertThat(credentials.isRetryDue()).isFalse();
        clock.move(Duration.ofDays(1));
        assertThatThrownBy(credentials::bearer)
                .satisfies(e -> assertThat(reason(e)).isEqualTo(reason));
        assertThat(server.requests()).hasSize(1);
        assertThat(Files.readString(path)).isEqualTo(before);
        assertThat(credentials.isRetryDue()).isFalse();

        signIn(Duration.ofHours(1));
        assertThat(credentials.isRetryDue()).isTrue();
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
    }

    @Test
    void usesTheOldTokenToItsEndAfterARefusal() throws Exception {
        signIn(Duration.ofSeconds(30));
        server.answer(400, "{\"error\":\"refresh_token_expired\"}");
        Credentials credentials = credentials();
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(credentials.isRetryDue()).isTrue();
        clock.move(Duration.ofSeconds(31));
        assertThatThrownBy(credentials::bearer)
                .satisfies(e -> assertThat(reason(e)).isEqualTo("expired"));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void waitsFiveSecondsForTheTokenOfWhoeverSpentOurs() throws Exception {
        signIn("user-1", Duration.ofSeconds(-1), "rt_used_before");
        Credentials credentials = credentials();
        duringPause.set(() -> {
            if (pauses == 49) {
                try (FlockLock writer =
                        FlockLock.tryLock(folder.resolve("auth.lock")).orElseThrow()) {
                    assertThat(writer).isNotNull();
                    signIn(Duration.ofHours(1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void asksForASignInWhenNobodyBringsANewerToken() throws Exception {
        signIn("user-1", Duration.ofSeconds(-1), "rt_used_before");
        duringPause.set(() -> {});
        Credentials credentials = credentials();
        assertThatThrownBy(credentials::bearer)
                .satisfies(e -> assertThat(reason(e)).isEqualTo("reused"));
        assertThat(AuthFile.STEP.multipliedBy(pauses)).isEqualTo(Duration.ofSeconds(5));
        assertThat(credentials.isRetryDue()).isFalse();
    }

    static Stream<StrictTokenServer.Canned> passingFailures() {
        return Stream.of(
                new StrictTokenServer.Canned(400, "application/json", "{\"error\":\"invalid_grant\"}"),
                new StrictTokenServer.Canned(403, "text/html", "<html>" + TestTokens.MARK + "</html>"),
                new StrictTokenServer.Canned(503, "text/plain", TestTokens.MARK),
                new StrictTokenServer.Canned(302, "text/plain", ""),
                new StrictTokenServer.Canned(200, "text/html", "<html>"),
                new StrictTokenServer.Canned(200, "application/json", "[]"),
                new StrictTokenServer.Canned(500, "text/plain", "x".repeat(5_000_000)));
    }

    @ParameterizedTest
    @MethodSource("passingFailures")
    void usesTheOldTokenThroughAPassingFailureAndTriesAgain(StrictTokenServer.Canned failure) throws Exception {
        String before = signIn(Duration.ofSeconds(30));
        server.answer(failure);
        Credentials credentials = credentials();
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(server.requests()).hasSize(1);
        assertThat(Files.readString(path)).isEqualTo(before);
        assertThat(leftOvers()).isEmpty();
        clock.move(Duration.ofSeconds(10));
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        assertThat(server.requests()).hasSize(2);
        assertThat(server.redeemed()).isEqualTo(1);
    }

    @Test
    void isUnavailableNotSignedOutWhenTheTokenEndsDuringAnOutage() throws Exception {
        signIn(Duration.ofSeconds(-1));
        server.answer(503, "{\"error\":\"invalid_grant\"}");
        Credentials credentials = credentials();
        assertThatThrownBy(credentials::bearer)
                .isInstanceOf(CredentialsUnavailableException.class)
                .hasMessageContaining("status=503 with invalid_grant");
        assertThat(credentials.isRetryDue()).isTrue();
    }

    @Test
    void givesUpOnAnEndpointThatHangs() throws Exception {
        signIn(Duration.ofSeconds(-1));
        CountDownLatch end = new CountDownLatch(1);
        server.whenAsked = () -> await(end);
        CloseableHttpClient hasty = new BoundedHttp(
                        CredentialsFactory.LIMITS.withDeadline(Duration.ofMillis(300)), "test", Network.plain())
                .newClient();
        FileCredentials credentials = (FileCredentials) new CredentialsFactory(http, server.url(), server.url(), clock)
                .ofFile(path, RefreshMode.SHARED, new TokenEndpoint(hasty, server.url()), length -> {});
        // it answers only after that
        assertThatThrownBy(credentials::bearer)
                .isInstanceOf(CredentialsUnavailableException.class)
                .hasMessageContaining("300 ms");
        end.countDown();
    }

    @Test
    void keepsNewTokensInMemoryWhileTheyCannotBeSaved() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials credentials = credentials();
        try (TurnpikeProcess writer = flock(Path.of(path + ".lock"))) {
            String old = accessTokenInFile();
            String token = credentials.bearer().token();
            assertThat(token).isNotEqualTo(old);
            assertThat(accessTokenInFile()).isEqualTo(old);
            assertThat(credentials.bearer().token()).isEqualTo(token);
            writer.enter();
            writer.awaitEnd();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(accessTokenInFile()).isEqualTo(token));
            assertThat(credentials.bearer().token()).isEqualTo(token);
        }
        assertThat(server.requests()).hasSize(1);
        Awaitility.await().untilAsserted(() -> assertThat(leftOvers()).isEmpty());
    }

    @Test
    void leavesTokensThatCannotBeSavedToTheNextProcessInAFileForItsOwnerAlone() throws Exception {
        signIn(Duration.ofSeconds(-1));
        String token;
        try (TurnpikeProcess writer = flock(Path.of(path + ".lock"))) {
            token = credentials().bearer().token();
            assertThat(leftOvers()).hasSize(1);
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(leftOvers().get(0))))
                    .isEqualTo("rw-------");
            // as long as nobody saves them, they are no rubbish
            clock.move(Duration.ofMinutes(30));
            Credentials next = credentials();
            assertThat(next.bearer().token()).isEqualTo(token);
            writer.enter();
            writer.awaitEnd();
        }
        Awaitility.await().untilAsserted(() -> assertThat(accessTokenInFile()).isEqualTo(token));
        Awaitility.await().untilAsserted(() -> assertThat(leftOvers()).isEmpty());
        assertThat(server.redeemed()).isEqualTo(1);
    }

    @Test
    void savesAtTheEndWhatCouldNotBeSavedBefore() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials credentials = credentials();
        FlockLock writer = FlockLock.tryLock(Path.of(path + ".lock")).orElseThrow();
        String token = credentials.bearer().token();
        assertThat(accessTokenInFile()).isNotEqualTo(token);
        duringPause.set(() -> {
            duringPause.set(SharedCredentialsTest::aMoment);
            writer.close();
        });

        credentials.close();

        assertThat(accessTokenInFile()).isEqualTo(token);
        assertThat(leftOvers()).isEmpty();
    }

    @Test
    void endsWithoutTheLockAndSaysWhereTheTokensAre() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials credentials = credentials();
        try (FlockLock writer = FlockLock.tryLock(Path.of(path + ".lock")).orElseThrow()) {
            credentials.bearer();
            credentials.close();
            assertThat(writer).isNotNull();
        }
        assertThat(leftOvers()).hasSize(1);
        assertThat(logs.lines())
                .filteredOn(line -> line.contains("the next start saves them"))
                .singleElement()
                .asString()
                .contains("account=ws-1/user-1", leftOvers().get(0).toString());
    }

    @Test
    void letsARefreshInProgressEndBeforeItIsClosed() throws Exception {
        signIn(Duration.ofSeconds(-1));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        server.whenAsked = () -> {
            asked.countDown();
            await(answer);
        };
        Credentials credentials = credentials();
        ExecutorService refreshing = Executors.newSingleThreadExecutor();
        AtomicReference<String> saved = new AtomicReference<>();
        Thread closing = new Thread(() -> {
            credentials.close();
            try {
                saved.set(accessTokenInFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            Future<String> token = refreshing.submit(() -> credentials.bearer().token());
            await(asked);
            closing.start();
            Awaitility.await()
                    .until(() -> closing.getState() == Thread.State.TIMED_WAITING
                            || closing.getState() == Thread.State.TERMINATED);
            answer.countDown();
            closing.join(Patience.LONGEST.toMillis());
            assertThat(saved.get()).isEqualTo(token.get(Patience.SECONDS, TimeUnit.SECONDS));
        } finally {
            refreshing.shutdownNow();
        }
    }

    @Test
    void adoptsBeforeItRedeemsWhatAnotherProcessCouldNotSave() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials other = credentials();
        try (TurnpikeProcess writer = flock(Path.of(path + ".lock"))) {
            String token = credentials().bearer().token();
            assertThat(other.bearer().token()).isEqualTo(token);
            assertThat(server.requests()).hasSize(1);
            writer.enter();
            writer.awaitEnd();
        }
    }

    @Test
    void savesTheLastOfAChainOfTokensWhoeverOfTwoInstancesSaves() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials first = credentials();
        Credentials second = credentials();
        FlockLock writer = FlockLock.tryLock(Path.of(path + ".lock")).orElseThrow();
        Bearer fromFirst = first.bearer();
        assertThat(second.bearer()).as("adopted").isEqualTo(fromFirst);
        Bearer fromSecond = second.refresh(fromFirst);
        assertThat(server.redeemed()).isEqualTo(2);
        duringPause.set(() -> {
            duringPause.set(SharedCredentialsTest::aMoment);
            writer.close();
        });

        first.close();

        assertThat(accessTokenInFile()).isEqualTo(fromSecond.token());
        second.close();
        assertThat(accessTokenInFile()).isEqualTo(fromSecond.token());
        assertThat(second.bearer()).isEqualTo(fromSecond);
        assertThat(leftOvers()).isEmpty();
    }

    @Test
    void savesTheLastOfAChainOverOneOfItThatAnotherInstanceHasSavedMeanwhile() throws Exception {
        signIn(Duration.ofSeconds(-1));
        FlockLock writer = FlockLock.tryLock(Path.of(path + ".lock")).orElseThrow();
        Bearer fromFirst = credentials().bearer();
        RefreshedTokens first = PendingTokens.of(path).get(0).refreshed();
        Credentials second = credentials();
        Bearer fromSecond = second.refresh(fromFirst);
        Files.write(
                path,
                new AuthFile(path, length -> {}).read().with(first.signIn()).bytes());
        assertThat(second.bearer()).isEqualTo(fromSecond);
        // whichever of the others saves just now has the lock without which nothing is adopted
        Awaitility.await("the next process")
                .untilAsserted(() -> assertThat(credentials().bearer()).isEqualTo(fromSecond));

        writer.close();
        second.close();

        Awaitility.await().untilAsserted(() -> assertThat(accessTokenInFile()).isEqualTo(fromSecond.token()));
        Awaitility.await().untilAsserted(() -> assertThat(leftOvers()).isEmpty());
    }

    @Test
    void leavesNewerAccessTokensAloneWhereTheRefreshTokenStays() throws Exception {
        signIn(Duration.ofSeconds(-1));
        for (int refresh = 1; refresh <= 2; refresh++) {
            Instant end = clock.instant().plus(Duration.ofHours(refresh));
            server.answer(200, "{\"access_token\":\"" + TestTokens.jwt("ws-1", "user-1", end) + "\"}");
        }
        Credentials first = credentials();
        byte[] aside;
        Bearer fromFirst;
        try (FlockLock writer = FlockLock.tryLock(Path.of(path + ".lock")).orElseThrow()) {
            fromFirst = first.bearer();
            aside = Files.readAllBytes(leftOvers().get(0));
            assertThat(writer).isNotNull();
        }
        first.close();
        assertThat(accessTokenInFile()).isEqualTo(fromFirst.token());
        Bearer newer = credentials().refresh(fromFirst);

        Files.write(folder.resolve(".auth-turnpike-killed-before-it-was-removed"), aside);

        assertThat(credentials().bearer()).isEqualTo(newer);
        assertThat(accessTokenInFile()).isEqualTo(newer.token());
        assertThat(leftOvers()).isEmpty();
    }

    @Test
    void findsTheTokensThatOneWithAnotherHomeGotForTheSameRefreshTokenAndCouldNotSave() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Path link = Files.createDirectory(folder.resolve("home")).resolve("auth.json");
        Credentials credentials = credentials();
        path = Files.createSymbolicLink(link, path);
        Credentials other = credentials();
        AtomicReference<Bearer> theirs = new AtomicReference<>();
        server.whenAsked = () -> {
            server.whenAsked = () -> {};
            theirs.set(other.bearer());
        };
        try (FlockLock writer =
                FlockLock.tryLock(folder.resolve("auth.json.lock")).orElseThrow()) {
            assertThat(credentials.bearer()).isEqualTo(theirs.get());
            assertThat(writer).isNotNull();
        }
        assertThat(server.requests()).hasSize(2);
        assertThat(server.redeemed()).isEqualTo(1);
    }

    @Test
    void setsTokensAsideAgainWhereThatFailed() throws Exception {
        signIn(Duration.ofSeconds(-1));
        server.whenRedeemed = this::removePreparedFiles;
        String token;
        try (FlockLock writer =
                FlockLock.tryLock(folder.resolve("auth.json.lock")).orElseThrow()) {
            token = credentials().bearer().token();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(PendingTokens.of(path))
                            .singleElement()
                            .satisfies(aside -> assertThat(
                                            aside.refreshed().signIn().accessToken())
                                    .isEqualTo(token)));
            assertThat(accessTokenInFile()).as("while %s is held", writer).isNotEqualTo(token);
        }
        Awaitility.await().untilAsserted(() -> assertThat(leftOvers()).isEmpty());
        assertThat(accessTokenInFile()).isEqualTo(token);
    }

    private void removePreparedFiles() {
        try {
            for (Path prepared : PreparedFile.temporaries(path)) {
                Files.delete(prepared);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void redeemsNothingOnceItIsClosed() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Credentials credentials = credentials();
        credentials.close();
        assertThatThrownBy(credentials::bearer)
                .isInstanceOf(CredentialsUnavailableException.class)
                .hasMessageContaining("stopping");
        assertThat(server.requests()).isEmpty();
        assertThat(leftOvers()).isEmpty();
    }

    @Test
    void sharesBesideWhatItCannotRead() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Files.createDirectory(folder.resolve(".auth-turnpike-odd"));
        String token = credentials().bearer().token();
        assertThat(accessTokenInFile()).isEqualTo(token);
    }

    @Test
    void takesTokensThatAreSetAsideAfterARefusal() throws Exception {
        signIn("user-1", Duration.ofSeconds(-1), "rt_used_before");
        duringPause.set(() -> {});
        Credentials credentials = credentials();
        assertThatThrownBy(credentials::bearer)
                .satisfies(e -> assertThat(reason(e)).isEqualTo("reused"));

        SignIn spent = new AuthFile(path, length -> {}).read().signIn();
        String token = TestTokens.jwt("ws-1", "user-1", clock.instant().plus(Duration.ofHours(1)));
        RefreshedTokens late = RefreshedTokens.of(
                spent, null, new TokenEndpoint.TokenReply(token, token, server.issue()).over(spent, clock.instant()));
        Files.write(folder.resolve(".auth-turnpike-late"), PendingTokens.content(path, late));
        clock.move(Duration.ofMinutes(1));

        assertThat(credentials.isRetryDue()).isTrue();
        assertThat(credentials.bearer().token()).isEqualTo(token);
        Awaitility.await().untilAsserted(() -> assertThat(accessTokenInFile()).isEqualTo(token));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void dropsTokensThatWereSetAsideForASignInThatIsNoMore() throws Exception {
        signIn(Duration.ofSeconds(-1));
        try (TurnpikeProcess writer = flock(Path.of(path + ".lock"))) {
            credentials().bearer();
            String newer = signIn(Duration.ofHours(1));
            // each start looks once, and not while the one that has them tries to save
            Awaitility.await().untilAsserted(() -> {
                credentials();
                assertThat(leftOvers()).isEmpty();
            });
            assertThat(Files.readString(path)).isEqualTo(newer);
            writer.enter();
            writer.awaitEnd();
        }
    }

    @Test
    void leavesTokensAloneThatWereSetAsideForAnotherFileOfTheFolder() throws Exception {
        signIn(Duration.ofSeconds(-1));
        Path theirs = Files.copy(path, folder.resolve("theirs.json"));
        try (TurnpikeProcess writer = flock(Path.of(path + ".lock"))) {
            credentials().bearer();
            path = theirs;
            credentials();
            assertThat(leftOvers()).hasSize(1);
            writer.enter();
            writer.awaitEnd();
        }
    }

    @Test
    void climbsTheLadderAfter401() throws Exception {
        signIn(Duration.ofHours(1));
        Credentials credentials = credentials();
        Bearer first = credentials.bearer();
        assertThat(credentials.reread(first)).isEqualTo(first);
        signIn(Duration.ofHours(1));
        Bearer second = credentials.reread(first);
        assertThat(second.token()).isEqualTo(accessTokenInFile()).isNotEqualTo(first.token());
        assertThat(credentials.refresh(first)).isEqualTo(second);
        assertThat(server.requests()).isEmpty();
        Bearer third = credentials.refresh(second);
        assertThat(third.token()).isEqualTo(accessTokenInFile()).isNotEqualTo(second.token());
        assertThat(server.requests()).hasSize(1);

        credentials.refused(third);
        assertThat(credentials.isRetryDue()).isFalse();
        clock.move(Duration.ofMinutes(16));
        assertThat(credentials.isRetryDue()).isTrue();
        credentials.refused(third);
        assertThat(credentials.isRetryDue()).isFalse();
        signIn(Duration.ofHours(1));
        assertThat(credentials.isRetryDue()).isTrue();
        credentials.refused(third);
        assertThat(credentials.isRetryDue())
                .as("a token that is not in the file any more")
                .isTrue();
    }

    @Test
    void picksUpAFirstSignIn() throws Exception {
        Credentials credentials = credentials();
        assertThatThrownBy(credentials::identity)
                .satisfies(e -> assertThat(reason(e)).isEqualTo("missing"));
        assertThat(credentials.isRetryDue()).isFalse();
        signIn(Duration.ofHours(1));
        assertThat(credentials.isRetryDue()).isTrue();
        assertThat(credentials.identity()).isEqualTo(new Identity("ws-1/user-1", "pro"));
    }

    @Test
    void readOnlyNeverRedeemsAndTakesWhatOthersBring() throws Exception {
        signIn(Duration.ofSeconds(30));
        Credentials credentials = credentials(RefreshMode.READ_ONLY);
        assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
        clock.move(Duration.ofSeconds(31));
        assertThatThrownBy(credentials::bearer)
                .hasMessageContaining("read-only")
                .satisfies(e -> assertThat(reason(e)).isEqualTo("stale"));
        assertThat(credentials.isRetryDue()).isFalse();
        signIn(Duration.ofHours(1));
        assertThat(credentials.isRetryDue()).isTrue();
        Bearer bearer = credentials.bearer();
        assertThat(bearer.token()).isEqualTo(accessTokenInFile());
        assertThatThrownBy(() -> credentials.refresh(bearer))
                .satisfies(e -> assertThat(reason(e)).isEqualTo("stale"));
        assertThat(server.requests()).isEmpty();
        assertThat(folder.resolve("auth.lock")).doesNotExist();
    }

    @Test
    void becomesReadOnlyInAFolderThatCannotBeWrittenAndWarnsOnce() throws Exception {
        assumeThat(System.getProperty("user.name")).isNotEqualTo("root");
        signIn(Duration.ofSeconds(30));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            Credentials credentials = credentials();
            assertThat(credentials.bearer().token()).isEqualTo(accessTokenInFile());
            assertThat(credentials.status().refresh()).isEqualTo(RefreshMode.READ_ONLY);
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertThat(logs.count("WARN")).isEqualTo(1);
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sweepsUpAfterKilledProcessesButNotAfterLivingOnes(boolean old) throws Exception {
        signIn(Duration.ofHours(1));
        Path left = Files.writeString(folder.resolve(".auth-turnpike-123"), "left");
        Instant age = clock.instant().minus(old ? Duration.ofHours(1) : Duration.ofSeconds(1));
        Files.setLastModifiedTime(left, FileTime.from(age));
        credentials();
        assertThat(Files.exists(left)).isEqualTo(!old);
    }

    private List<Path> leftOvers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".auth"))
                    .toList();
        }
    }
}
