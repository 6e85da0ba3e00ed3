package dev.turnpike.credentials;

import dev.turnpike.credentials.AuthFile.Pause;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.TokenEndpoint.RefreshRefusedException;
import dev.turnpike.credentials.TokenEndpoint.RefreshRefusedException.Reason;
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
 * Refreshes the tokens of a sign-in. In the mode {@code SHARED} it redeems refresh tokens as the Codex CLI and other
 * runtimes do, each only once: under the CLI's own lock, adopting tokens that others got, and with the next version of
 * the file prepared before. In the mode {@code READ_ONLY} it never redeems one, and reads the file again.
 *
 * <p>One gap remains: when the process is killed after the endpoint's reply and before the new tokens are in a pending
 * file, they are lost.
 */
final class TokenRefresh {
    private static final Logger log = LoggerFactory.getLogger(TokenRefresh.class);
    private static final Duration FOR_THE_LOCK = Duration.ofSeconds(5);
    private static final Duration FOR_A_NEWER_TOKEN = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_SAVES = Duration.ofMillis(500);
    /** For each of two locks, while a whole stop takes 20 seconds at most. */
    private static final Duration AT_THE_END = Duration.ofSeconds(1);
    /** The deadline of a token call, and a moment to save what it brings. */
    private static final Duration FOR_A_REFRESH =
            CredentialsFactory.LIMITS.deadline().plusSeconds(1);

    private final AuthFile file;
    private final SharedFile shared;
    private final RefreshMode mode;
    private final TokenEndpoint endpoint;
    private final Clock clock;
    private final Pause pause;
    private final ReentrantLock flight = new ReentrantLock();
    private final AtomicBoolean saving = new AtomicBoolean();
    private volatile boolean closed;
    private Failed last;

    TokenRefresh(AuthFile file, RefreshMode mode, TokenEndpoint endpoint, Clock clock, Pause pause) {
        this.file = file;
        this.mode = mode;
        this.shared = new SharedFile(file, clock, pause);
        this.endpoint = endpoint;
        this.clock = clock;
        this.pause = pause;
    }

    /** The last failure, kept while the same sign-in would fail again. */
    private record Failed(SignIn signIn, RuntimeException failure, Instant until) {}

    /** The sign-in to use: the file's, unless newer tokens could not be saved yet. */
    SignIn newest(SignIn inFile) {
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

    /** Lets a refresh in progress end, since its tokens would be lost, and tries a last time to save what is unsaved. */
    void close() {
        closed = true;
        if (!ended()) {
            log.warn("Credentials are still being refreshed file={}", file.path());
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
            return flight.tryLock(FOR_A_REFRESH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return flight.tryLock();
        }
    }

    /** Whether another thread is refreshing now. */
    boolean busy() {
        return flight.isLocked();
    }

    /** Finds out why tokens cannot be refreshed here, although they are to be; empty when they can, or the file is not there. */
    Optional<String> restriction() {
        if (mode == RefreshMode.READ_ONLY) {
            return Optional.empty();
        }
        Optional<String> restriction = shared.restriction();
        saveSoon();
        return restriction;
    }

    /**
     * Returns the next tokens.
     *
     * @param spent the sign-in as it was read
     * @return another sign-in: refreshed by us, or by another process in the meantime
     * @throws AuthRequiredException when none is available
     * @throws CredentialsUnavailableException when none is available now
     */
    SignIn refresh(SignIn spent) {
        if (mode == RefreshMode.READ_ONLY) {
            return Optional.of(file.read().signIn())
                    .filter(now -> !now.sameTokens(spent))
                    .orElseThrow(() -> stale("codex.refresh is read-only"));
        }
        flight.lock();
        try {
            SignIn now = shared.latest();
            if (!now.sameTokens(spent)) {
                return now;
            }
            if (last != null && last.signIn().equals(spent) && clock.instant().isBefore(last.until())) {
                throw last.failure();
            }
            if (spent.refreshToken() == null) {
                throw refused(
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
            Reason reason = e.reason();
            return newerThan(spent, reason == Reason.REUSED ? FOR_A_NEWER_TOKEN : Duration.ZERO)
                    .orElseThrow(() -> refused(
                            spent,
                            reason.label(),
                            "The sign-in in " + file.path() + " cannot be refreshed: " + reason.sentence()
                                    + ". Sign in again by `codex login`; the new sign-in is picked up by itself"));
        } catch (IOException e) {
            throw failed(spent, stale("it cannot be shared safely (" + shared.sharingFailed(e) + ")"), nextTry());
        } catch (CredentialsUnavailableException e) {
            log.warn("Credentials not refreshed account={} reason=\"{}\"", account(spent), e.getMessage());
            throw failed(spent, e, nextTry());
        }
    }

    private SignIn locked(SignIn spent) throws IOException, RefreshRefusedException {
        try (FlockLock lock = shared.refreshLock(FOR_THE_LOCK).orElseThrow(this::lockBusy)) {
            log.debug("Refreshing credentials account={} lock={}", account(spent), lock);
            shared.adopt();
            SignIn now = shared.newest(file.read(SharedFile.WITHIN_LOCK).signIn());
            if (!now.sameTokens(spent)) {
                log.info("Credentials refreshed by another process account={}", account(now));
                return now;
            }
            try (PreparedFile next = shared.prepare();
                    PreparedFile spare = shared.prepare()) {
                shared.sharingRestored();
                if (closed) {
                    throw new CredentialsUnavailableException("stopping, so no refresh token is redeemed any more");
                }
                SignIn refreshed = endpoint.redeem(spent.refreshToken()).over(spent, clock.instant());
                return used(shared.save(spent, refreshed, next, spare));
            }
        }
    }

    private SignIn used(SignIn refreshed) {
        Instant now = clock.instant();
        if (refreshed.expired(now)) {
            log.warn(
                    "Refreshed access token seems to have expired, using it: check the clock of this machine"
                            + " account={} expiresAt={} now={}",
                    account(refreshed),
                    refreshed.expiresAt(),
                    now);
        }
        return refreshed;
    }

    private CredentialsUnavailableException lockBusy() {
        return new CredentialsUnavailableException(
                file.refreshLock() + " has been held by another process for " + FOR_THE_LOCK.toSeconds() + " s");
    }

    /** Holds no lock meanwhile: the process that redeemed the token needs it to save the new ones, or leaves them in a pending file. */
    private Optional<SignIn> newerThan(SignIn spent, Duration patience) {
        Optional<SignIn> newer =
                pause.poll(patience, () -> Optional.of(shared.latest()).filter(now -> !now.sameTokens(spent)));
        newer.ifPresent(now -> log.info("Credentials refreshed by another process account={}", account(now)));
        return newer;
    }

    /** Kept permanently: the same sign-in will never be accepted again. */
    private AuthRequiredException refused(SignIn spent, String reason, String message) {
        log.warn("Credentials cannot be refreshed account={} file={} reason={}", account(spent), file.path(), reason);
        return failed(spent, new AuthRequiredException(reason, message), Instant.MAX);
    }

    private <E extends RuntimeException> E failed(SignIn spent, E failure, Instant until) {
        last = new Failed(spent, failure, until);
        return failure;
    }

    /** The token has expired, and was not refreshed. */
    private AuthRequiredException stale(String because) {
        return new AuthRequiredException(
                "stale",
                "The access token in " + file.path() + " is no longer valid and is not refreshed here, since " + because
                        + ": run any `codex` command there to refresh it, or `codex login`");
    }

    private Instant nextTry() {
        return clock.instant().plus(BETWEEN_TRIES);
    }

    private static String account(SignIn signIn) {
        return signIn.personal() ? "unknown" : signIn.identity().account();
    }
}
