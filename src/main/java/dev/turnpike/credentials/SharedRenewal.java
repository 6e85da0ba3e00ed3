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
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redeems refresh tokens beside the Codex CLI and other runtimes without spending one twice: under the CLI's own lock,
 * adopting what others got, and with the place for the new tokens prepared before the old one is spent.
 *
 * <p>One window stays open: killed between the endpoint's reply and the rename, the new tokens are gone.
 */
final class SharedRenewal implements Renewal {
    private static final Logger log = LoggerFactory.getLogger(SharedRenewal.class);
    private static final Duration FOR_THE_LOCK = Duration.ofSeconds(5);
    private static final Duration FOR_A_NEWER_TOKEN = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);

    private final AuthFile file;
    private final SharedFile shared;
    private final TokenEndpoint endpoint;
    private final Clock clock;
    private final Pause pause;
    private final ReentrantLock flight = new ReentrantLock();
    private Setback setback;

    SharedRenewal(AuthFile file, TokenEndpoint endpoint, Clock clock, Pause pause) {
        this.file = file;
        this.shared = new SharedFile(file, clock, pause);
        this.endpoint = endpoint;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * The last failure, for as long as the same sign-in would meet it again.
     *
     * @param reason null where time may help
     */
    private record Setback(SignIn signIn, String reason, String message, Instant until) {

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
        if (flight.tryLock()) {
            try {
                shared.saveAgain();
            } finally {
                flight.unlock();
            }
        }
        return shared.newest(inFile);
    }

    @Override
    public boolean busy() {
        return flight.isLocked();
    }

    @Override
    public Optional<String> restriction() {
        return shared.restriction();
    }

    @Override
    public SignIn renew(SignIn spent) {
        flight.lock();
        try {
            SignIn now = shared.newest(file.read().signIn());
            if (!now.sameTokens(spent)) {
                return now;
            }
            if (setback != null && setback.holds(spent, clock.instant())) {
                throw setback.again();
            }
            if (spent.refreshToken() == null) {
                throw setback(
                        spent, "unusable", file.path() + " holds no refresh token: sign in again by `codex login`");
            }
            return attempt(spent);
        } finally {
            flight.unlock();
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
            setback = new Setback(spent, stale.reason(), stale.getMessage(), afterAWhile());
            throw stale;
        } catch (CredentialsUnavailableException e) {
            log.warn("Credentials not renewed account={} reason=\"{}\"", account(spent), e.getMessage());
            setback = new Setback(spent, null, e.getMessage(), afterAWhile());
            throw e;
        }
    }

    private SignIn locked(SignIn spent) throws IOException, RefreshRefusedException {
        try (FlockLock lock = shared.refreshLock(FOR_THE_LOCK).orElseThrow(this::lockBusy)) {
            log.debug("Renewing credentials account={} lock={}", account(spent), lock);
            SignIn inFile = file.read(SharedFile.WITHIN_LOCK).signIn();
            SignIn now = shared.newest(inFile);
            if (!now.sameTokens(spent)) {
                log.info("Credentials renewed by another process account={}", account(now));
                return now;
            }
            try (Replacement place = shared.prepare()) {
                shared.possible();
                TokenReply tokens = endpoint.redeem(spent.refreshToken()).over(spent);
                return used(shared.save(new SharedFile.RenewedTokens(inFile, tokens, clock.instant()), place));
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

    /** Reads without the lock: the process that spent the token needs it to save the new tokens. */
    private Optional<SignIn> newerThan(SignIn spent, Duration patience) {
        for (Duration waited = Duration.ZERO; ; waited = waited.plus(AuthFile.STEP)) {
            SignIn now = file.read().signIn();
            if (!now.sameTokens(spent)) {
                log.info("Credentials renewed by another process account={}", account(now));
                return Optional.of(now);
            }
            if (waited.compareTo(patience) >= 0) {
                return Optional.empty();
            }
            pause.sleep(AuthFile.STEP);
        }
    }

    private AuthRequiredException refused(SignIn spent, Reason reason) {
        return setback(
                spent,
                reason.word(),
                "The sign-in in " + file.path() + " cannot be renewed: " + reason.sentence()
                        + ". Sign in again by `codex login`; the new sign-in is picked up by itself");
    }

    /** Remembered for good: the same sign-in will not be accepted later. */
    private AuthRequiredException setback(SignIn spent, String reason, String message) {
        log.warn("Credentials cannot be renewed account={} file={} reason={}", account(spent), file.path(), reason);
        setback = new Setback(spent, reason, message, Instant.MAX);
        return new AuthRequiredException(reason, message);
    }

    private Instant afterAWhile() {
        return clock.instant().plus(BETWEEN_TRIES);
    }

    private static String account(SignIn signIn) {
        return signIn.personal() ? "unknown" : signIn.identity().account();
    }
}
