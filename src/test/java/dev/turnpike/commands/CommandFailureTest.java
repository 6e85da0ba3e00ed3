package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.retry.Pauses;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be sent again, and what never. */
class CommandFailureTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final TaskCommand COMMAND = new TaskCommand(
            new TaskCommand.Key("", "c"),
            TaskCommand.Kind.CREATE,
            null,
            "p",
            false,
            false,
            null,
            "e",
            null,
            1,
            null,
            null,
            null,
            null);

    private final CommandExecutor executor = new CommandExecutor(
            run -> {},
            new Timings(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofDays(1)),
            new Pauses(),
            Clock.systemUTC());
    private final CommandRun run = CommandRun.fresh(COMMAND, NOW, null, 1);

    private Outcome attempted(RuntimeException failure) {
        run.attempting(NOW, NOW);
        return executor.failed(run, failure);
    }

    private static UpstreamException reply(Kind kind, int status) {
        return new UpstreamException(kind, status, null, "POST /tasks: " + status, null);
    }

    private static UpstreamException broken(Kind kind, Throwable cause) {
        return new UpstreamException(kind, 0, null, "POST /tasks: " + cause, cause);
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_ERROR, 500", "SERVER_ERROR, 502", "SERVER_ERROR, 503", "MALFORMED, 200", "REDIRECT, 302",
        "REJECTED, 409", "REJECTED, 413", "TIMEOUT, 0", "NETWORK, 0", "TOO_LARGE, 200"
    })
    void afterAnythingThatLeavesTheEffectOpenItIsNeverSentAgain(Kind kind, int status) {
        assertThat(attempted(reply(kind, status))).isInstanceOf(Outcome.Again.class);

        assertThat(run.isInDoubt()).isTrue();
        assertThat(executor.failed(run, reply(Kind.REJECTED, 400)))
                .as("whatever a later search meets")
                .isInstanceOf(Outcome.Again.class);
        assertThat(executor.failed(run, new CommandRejectedException("unknown-account", "x", "y")))
                .isInstanceOf(Outcome.Again.class);
    }

    @Test
    void aResetConnectionLeavesTheEffectOpen() {
        attempted(broken(Kind.NETWORK, new SocketException("Connection reset")));

        assertThat(run.isInDoubt()).isTrue();
    }

    @Test
    void anythingUnheardOfLeavesTheEffectOpen() {
        attempted(new IllegalStateException("a fault of our own"));

        assertThat(run.isInDoubt()).isTrue();
    }

    @Test
    void whatNeverReachedUpstreamMayBeSentAgain() {
        assertThat(attempted(broken(Kind.NETWORK, new ConnectException("refused"))))
                .isInstanceOf(Outcome.Again.class);
        assertThat(run.isInDoubt()).isFalse();
        attempted(broken(Kind.NETWORK, new UnknownHostException("chatgpt.example")));
        assertThat(run.isInDoubt()).isFalse();
        attempted(new CredentialsUnavailableException("no token just now"));
        assertThat(run.isInDoubt()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"REJECTED, 400", "REJECTED, 422", "NOT_FOUND, 404"})
    void aRefusalIsAnswered(Kind kind, int status) {
        assertThat(attempted(reply(kind, status))).isInstanceOfSatisfying(CommandRejectedException.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo("refused");
            assertThat(rejected.isUnknown()).isFalse();
        });
    }

    @Test
    void aRateLimitAndAChallengePassAndForbiddenOnlyAFewTimes() {
        assertThat(attempted(reply(Kind.RATE_LIMITED, 429))).isInstanceOf(Outcome.Again.class);
        assertThat(attempted(reply(Kind.CHALLENGE, 403))).isInstanceOf(Outcome.Again.class);
        assertThat(attempted(reply(Kind.FORBIDDEN, 403))).isInstanceOf(Outcome.Again.class);
        assertThat(attempted(reply(Kind.FORBIDDEN, 403))).isInstanceOf(Outcome.Again.class);
        assertThat(attempted(reply(Kind.FORBIDDEN, 403))).isInstanceOf(CommandRejectedException.class);
        assertThat(run.isInDoubt()).isFalse();
    }

    @Test
    void aSignInIsWaitedFor() {
        assertThat(attempted(new AuthRequiredException("expired", "sign in again")))
                .isInstanceOfSatisfying(
                        CommandDeferredException.class,
                        deferred -> assertThat(deferred.reason()).isEqualTo("auth-required"));
    }
}
