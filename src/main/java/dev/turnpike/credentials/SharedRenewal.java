package dev.turnpike.credentials;

import dev.turnpike.credentials.AuthFile.Pause;
import dev.turnpike.credentials.Renewal.ReadOnlyRenewal;
import dev.turnpike.credentials.TokenEndpoint.RefreshRefusedException;
import dev.turnpike.credentials.TokenEndpoint.RefreshRefusedException.Reason;
import dev.turnpike.credentials.TokenEndpoint.TokenReply;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redeems refresh tokens beside the Codex CLI and other runtimes, each only once: under the CLI's own lock, adopting
 * tokens that others got, and with the replacement of the file prepared before.
 *
 * <p>One gap remains: when the process is killed after the endpoint's reply and before the new tokens are in a file of
 * their own, they are lost.
 */
final class SharedRenewal implements Renewal {
    private static final Logger log = LoggerFactory.getLogger(SharedRenewal.class);
    private static final Duration FOR_THE_LOCK = Duration.ofSeconds(5);
    private static final Duration FOR_A_NEWER_TOKEN = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_SAVES = Duration.ofMillis(500);
    /** For each of two locks, while a whole stop takes 20 seconds at most. */
    private static final Duration AT_THE_END = Duration.ofSeconds(1);
    /** The deadline of a token call, and a moment to save what it brings. */
    private static final Duration FOR_A_RENEWAL =
            CredentialsFactory.LIMITS.deadline().plusSeconds(1);

    private final AuthFile file;
    private final SharedFile shared;
    private final TokenEndpoint endpoint;
    private final Clock clock;
    private final Pause pause;
    private final ReentrantLock flight = new ReentrantLock();
    private final AtomicBoolean saving = new AtomicBoolean();
    private volatile boolean closed;
    private RefreshFailure lastFailure;

    SharedRenewal(AuthFile file, TokenEndpoint endpoint, Clock clock, Pause pause) {
        this.file = file;
        this.shared = new SharedFile(file, clock, pause);
        this.endpoint = endpoint;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * The last failure, kept while the same sign-in would fail again.
     *
     * @param reason null where time may help
     */
    private record RefreshFailure(SignIn signIn, String reason, String message, Instant until) {

        boolean holds(SignIn other, Instant now) {
            return signIn.equals(other) && now.isBefore(until);
        }

        RuntimeException again() {
            return reason == null
                    ? new CredentialsUnavailableException(message)
                    : new AuthRequiredException(reason, message);
        }
    }

    @Override
    public SignIn newest(SignIn inFile) {
        return shared.newest(inFile);
    }

    /** Saves what is unsaved, half a second from now and then again: no call waits for it. */
    private void saveSoon() {
        if (shared.isUnsaved() && !closed && saving.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(BETWEEN_SAVES.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::saveAgain);
        }
    }

    private void saveAgain() {
        saving.set(false);
        try {
            if (!closed && flight.tryLock()) {
                try {
                    shared.saveAgain(Duration.ZERO);
                } finally {
                    flight.unlock();
                }
            }
        } finally {
            saveSoon();
        }
    }

    /** Lets a renewal in progress end, since its tokens would be lost, and tries a last time to save what is unsaved. */
    @Override
    public void close() {
        closed = true;
        if (!ended()) {
            log.warn("Credentials are still being renewed file={}", file.path());
            return;
        }
        try {
            shared.saveAtEnd(AT_THE_END);
        } finally {
            flight.unlock();
        }
    }

    private boolean ended() {
        try {
            return flight.tryLock(FOR_A_RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return flight.tryLock();
        }
    }

    @Override
    public boolean busy() {
        return flight.isLocked();
    }

    @Override
    public Optional<String> restriction() {
        Optional<String> restriction = shared.restriction();
        saveSoon();
        return restriction;
    }

    @Override
    public SignIn renew(SignIn spent) {
        flight.lock();
        try {
            SignIn now = shared.latest();
            if (!now.sameTokens(spent)) {
                return now;
            }
            if (lastFailure != null && lastFailure.holds(spent, clock.instant())) {
                throw lastFailure.again();
            }
            if (spent.refreshToken() == null) {
                throw remember(
                        spent, "unusable", file.path() + " holds no refresh token: sign in again by `codex login`");
            }
            return attempt(spent);
        } finally {
            flight.unlock();
            saveSoon();
        }
    }

    private SignIn attempt(SignIn spent) {
        try {
            return locked(spent);
        } catch (RefreshRefusedException e) {
            return newerThan(spent, e.reason() == Reason.REUSED ? FOR_A_NEWER_TOKEN : Duration.ZERO)
                    .orElseThrow(() -> refused(spent, e.reason()));
        } catch (IOException e) {
            String why = shared.impossible(e);
            AuthRequiredException stale = ReadOnlyRenewal.stale(file, "it cannot be shared safely (" + why + ")");
            lastFailure = new RefreshFailure(spent, stale.reason(), stale.getMessage(), nextTry());
            throw stale;
        } catch (CredentialsUnavailableException e) {
            log.warn("Credentials not renewed account={} reason=\"{}\"", account(spent), e.getMessage());
            lastFailure = new RefreshFailure(spent, null, e.getMessage(), nextTry());
            throw e;
        }
    }

    private SignIn locked(SignIn spent) throws IOException, RefreshRefusedException {
        try (FlockLock lock = shared.refreshLock(FOR_THE_LOCK).orElseThrow(this::lockBusy)) {
            log.debug("Renewing credentials account={} lock={}", account(spent), lock);
            shared.adopt();
            SignIn now = shared.newest(file.read(SharedFile.WITHIN_LOCK).signIn());
            if (!now.sameTokens(spent)) {
                log.info("Credentials renewed by another process account={}", account(now));
                return now;
            }
            try (Replacement place = shared.prepare();
                    Replacement aside = shared.prepare()) {
                shared.possible();
                if (closed) {
                    throw new CredentialsUnavailableException("stopping, so no refresh token is redeemed any more");
                }
                TokenReply tokens = endpoint.redeem(spent.refreshToken()).over(spent);
                return used(shared.save(spent, tokens, place, aside));
            }
        }
    }

    private SignIn used(SignIn renewed) {
        Instant now = clock.instant();
        if (renewed.expired(now)) {
            log.warn(
                    "Renewed access token seems to have expired, using it: check the clock of this machine"
                            + " account={} expiresAt={} now={}",
                    account(renewed),
                    renewed.expiresAt(),
                    now);
        }
        return renewed;
    }

    private CredentialsUnavailableException lockBusy() {
        return new CredentialsUnavailableException(
                file.refreshLock() + " has been held by another process for " + FOR_THE_LOCK.toSeconds() + " s");
    }

    /** Holds no lock meanwhile: the process that redeemed the token needs it to save the new ones, or sets them aside. */
    private Optional<SignIn> newerThan(SignIn spent, Duration patience) {
        Optional<SignIn> newer =
                pause.poll(patience, () -> Optional.of(shared.latest()).filter(now -> !now.sameTokens(spent)));
        newer.ifPresent(now -> log.info("Credentials renewed by another process account={}", account(now)));
        return newer;
    }

    private AuthRequiredException refused(SignIn spent, Reason reason) {
        return remember(
                spent,
                reason.word(),
                "The sign-in in " + file.path() + " cannot be renewed: " + reason.sentence()
                        + ". Sign in again by `codex login`; the new sign-in is picked up by itself");
    }

    /** Kept for good: the same sign-in will never be accepted again. */
    private AuthRequiredException remember(SignIn spent, String reason, String message) {
        log.warn("Credentials cannot be renewed account={} file={} reason={}", account(spent), file.path(), reason);
        lastFailure = new RefreshFailure(spent, reason, message, Instant.MAX);
        return new AuthRequiredException(reason, message);
    }

    private Instant nextTry() {
        return clock.instant().plus(BETWEEN_TRIES);
    }

    private static String account(SignIn signIn) {
        return signIn.personal() ? "unknown" : signIn.identity().account();
    }
}
