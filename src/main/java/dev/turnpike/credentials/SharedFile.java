package dev.turnpike.credentials;

import dev.turnpike.credentials.AuthFile.Pause;
import dev.turnpike.credentials.TokenEndpoint.TokenReply;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the credentials file that is shared with the CLI: under its locks, and only while the file still holds the
 * tokens that were renewed. Tokens that cannot be saved are kept in memory and tried again.
 */
final class SharedFile {
    private static final Logger log = LoggerFactory.getLogger(SharedFile.class);
    /** Short, since the lock is held: with the deadline of the token call for less than ten seconds in all. */
    static final Duration WITHIN_LOCK = Duration.ofMillis(400);

    private static final Duration BETWEEN_SAVES = Duration.ofSeconds(10);

    private final AuthFile file;
    private final Clock clock;
    private final Pause pause;
    private volatile RenewedTokens unsaved;
    private Instant nextSave = Instant.MIN;
    private String restriction;

    SharedFile(AuthFile file, Clock clock, Pause pause) {
        this.file = file;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * The CLI's lock for refreshes.
     *
     * @return empty when another process holds it for longer than the patience
     * @throws IOException when there is no such lock on this file system
     */
    Optional<FlockLock> refreshLock(Duration patience) throws IOException {
        return lock(file.refreshLock(), patience);
    }

    private Optional<FlockLock> lock(Path at, Duration patience) throws IOException {
        return pause.poll(patience, () -> FlockLock.tryLock(at));
    }

    /** The sign-in in force: the file's, or a newer one that is not saved yet. */
    SignIn newest(SignIn inFile) {
        RenewedTokens ours = unsaved;
        return ours != null && inFile.awaits(ours.spent()) ? ours.signIn() : inFile;
    }

    /** Prepares the next version of the file. */
    Replacement prepare() throws IOException {
        return Replacement.of(file.real());
    }

    /**
     * Writes tokens to the file, or discards them when it has changed and so holds newer ones, or those of another
     * account. The CLI's lock for writing is held as briefly as possible, since the CLI drops its own rotated token
     * when it waits for that lock too long; it is the only lock of a CLI with another home folder and a link to the
     * same file.
     *
     * @return the sign-in in force afterwards
     */
    SignIn save(RenewedTokens ours, Replacement place) {
        unsaved = ours;
        nextSave = clock.instant().plus(BETWEEN_SAVES);
        String account = ours.spent().identity().account();
        try (FlockLock lock = lock(file.writeLock(), WITHIN_LOCK).orElseThrow(() -> busy(file.path()))) {
            log.debug("Writing credentials account={} lock={}", account, lock);
            AuthDocument now = file.read(WITHIN_LOCK);
            if (!now.signIn().awaits(ours.spent())) {
                unsaved = null;
                log.info("Renewed credentials discarded, the file has changed meanwhile account={}", account);
                return now.signIn();
            }
            place.commit(now.with(ours.tokens(), ours.at()).bytes());
            unsaved = null;
            log.info(
                    "Credentials renewed account={} expires={}",
                    account,
                    ours.signIn().expiresAt());
        } catch (IOException | AuthRequiredException | CredentialsUnavailableException e) {
            log.warn(
                    "Failed to save renewed credentials, kept in memory only account={} file={} reason=\"{}\"",
                    account,
                    file.path(),
                    reason(e));
        }
        return ours.signIn();
    }

    private static CredentialsUnavailableException busy(Path path) {
        return new CredentialsUnavailableException("the lock for writing " + path + " is held by another process");
    }

    /** Retries to save tokens; does nothing when there are none, or the last try was recent. */
    void saveAgain() {
        RenewedTokens ours = unsaved;
        if (ours == null || clock.instant().isBefore(nextSave)) {
            return;
        }
        nextSave = clock.instant().plus(BETWEEN_SAVES);
        try (FlockLock lock = refreshLock(Duration.ZERO).orElseThrow(() -> busy(file.path()));
                Replacement place = prepare()) {
            log.debug(
                    "Retrying to save credentials account={} lock={}",
                    ours.spent().identity().account(),
                    lock);
            save(ours, place);
        } catch (IOException | CredentialsUnavailableException e) {
            log.debug("Credentials still not saved file={} reason=\"{}\"", file.path(), reason(e));
        }
    }

    /** Checks whether the file can be replaced safely; empty when it can, or does not exist. */
    synchronized Optional<String> restriction() {
        if (!Files.exists(file.path())) {
            return Optional.empty();
        }
        try (FlockLock lock = refreshLock(Duration.ZERO).orElse(null)) {
            if (lock != null) {
                Replacement.sweep(file.real(), clock.instant());
            }
            prepare().close();
            possible();
        } catch (IOException e) {
            impossible(e);
        }
        return Optional.ofNullable(restriction);
    }

    /** Logs once that sharing works again. */
    synchronized void possible() {
        if (restriction != null) {
            log.info("Credentials are shared again file={}", file.path());
        }
        restriction = null;
    }

    /** Logs once per reason that sharing does not work. */
    synchronized String impossible(IOException e) {
        String reason = reason(e);
        if (!reason.equals(restriction)) {
            log.warn(
                    "Credentials are used read-only, the file cannot be shared safely file={} reason=\"{}\"",
                    file.path(),
                    reason);
        }
        restriction = reason;
        return reason;
    }

    private static String reason(Exception e) {
        return e instanceof FileSystemException ? e.toString() : e.getMessage();
    }

    /**
     * New tokens that are still to be saved in the file.
     *
     * @param spent the sign-in in the file that they replace
     * @param tokens the whole set
     * @param at when they were got
     */
    record RenewedTokens(SignIn spent, TokenReply tokens, Instant at) {

        SignIn signIn() {
            return new SignIn(
                    tokens.idToken(), tokens.accessToken(), tokens.refreshToken(), spent.accountId(), at, null);
        }
    }
}
