package dev.turnpike.credentials;

import dev.turnpike.credentials.AuthFile.Pause;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the sign-in file that is shared with the CLI: under its locks, and only while the file still holds the
 * tokens that were refreshed. Tokens that cannot be saved are kept in memory and in a pending file, and tried again.
 */
final class SharedFile {
    private static final Logger log = LoggerFactory.getLogger(SharedFile.class);
    /** Short, since the lock is held: with the deadline of the token call for less than ten seconds in all. */
    static final Duration WITHIN_LOCK = Duration.ofMillis(400);

    private final AuthFile file;
    private final Clock clock;
    private final Pause pause;
    private volatile RefreshedTokens unsaved;
    /** The pending file they are in; null when in none. */
    private volatile Path pendingFile;

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
        RefreshedTokens ours = unsaved;
        return ours != null && ours.replaces(inFile) ? ours.signIn() : inFile;
    }

    /**
     * The sign-in in force, after reading what others have left in pending files: the lock of one with another home folder does
     * not keep us out.
     *
     * @throws AuthRequiredException when there is no usable one
     */
    SignIn latest() {
        try (FlockLock lock = refreshLock(Duration.ZERO).orElse(null)) {
            if (lock != null) {
                adopt();
            }
        } catch (IOException e) {
            log.debug("Failed to check for pending credentials file={} reason=\"{}\"", file.path(), reason(e));
        }
        return newest(file.read().signIn());
    }

    /** Prepares the next version of the file. */
    PreparedFile prepare() throws IOException {
        return PreparedFile.of(file.real());
    }

    /** Whether there are tokens that are not in the file yet. */
    boolean isUnsaved() {
        return unsaved != null;
    }

    /**
     * Saves new tokens: at once in a pending file, which outlives this process, and then in the sign-in file. The
     * refresh lock is held.
     *
     * @param spent whose refresh token was redeemed: the {@link #newest} sign-in
     * @param refreshed what replaces it
     * @param next the next version of the sign-in file
     * @param spare the pending file
     * @return the sign-in in force afterwards
     */
    SignIn save(SignIn spent, SignIn refreshed, PreparedFile next, PreparedFile spare) {
        RefreshedTokens before = unsaved;
        boolean chained = before != null && before.signIn().sameTokens(spent);
        RefreshedTokens ours = RefreshedTokens.of(spent, chained ? before : null, refreshed);
        unsaved = ours;
        writePending(ours, spare);
        try {
            return write(ours, next, WITHIN_LOCK);
        } catch (IOException | AuthRequiredException | CredentialsUnavailableException e) {
            log.warn(
                    "Failed to save refreshed credentials, trying again account={} file={} reason=\"{}\"",
                    ours.account(),
                    file.path(),
                    reason(e));
            return ours.signIn();
        }
    }

    private void writePending(RefreshedTokens ours, PreparedFile spare) {
        try {
            setPendingFile(spare.keep(PendingTokens.content(file.real(), ours)));
        } catch (IOException e) {
            pendingFile = null;
            log.warn(
                    "Failed to write pending credentials file, tokens are lost if the process is killed now"
                            + " account={} file={} reason=\"{}\"",
                    ours.account(),
                    file.path(),
                    reason(e));
        }
    }

    /**
     * Writes tokens to the file, or discards them when it has changed and so holds newer ones, or those of another
     * account. The CLI's lock for writing is held as briefly as possible, since the CLI drops its own rotated token
     * when it waits for that lock too long; it is the only lock of a CLI with another home folder and a link to the
     * same file.
     */
    private SignIn write(RefreshedTokens ours, PreparedFile next, Duration patience) throws IOException {
        try (FlockLock lock = lock(file.writeLock(), patience).orElseThrow(() -> busy(file.path()))) {
            log.debug("Writing credentials account={} lock={}", ours.account(), lock);
            AuthDocument now = file.read(patience);
            if (!ours.replaces(now.signIn())) {
                log.info("Refreshed credentials discarded, the file has changed meanwhile account={}", ours.account());
                clearUnsaved();
                return now.signIn();
            }
            next.replace(now.with(ours.signIn()).bytes());
            log.info(
                    "Credentials refreshed account={} expiresAt={}",
                    ours.account(),
                    ours.signIn().expiresAt());
            clearUnsaved();
            return ours.signIn();
        }
    }

    private void clearUnsaved() {
        unsaved = null;
        setPendingFile(null);
    }

    /** Replaces the pending file by another, or by none where null; the one before is removed. */
    private void setPendingFile(Path file) {
        Path before = pendingFile;
        pendingFile = file;
        try {
            if (before != null) {
                Files.deleteIfExists(before);
            }
        } catch (IOException e) {
            log.warn("Failed to remove pending credentials file file={} reason=\"{}\"", before, reason(e));
        }
    }

    private static CredentialsUnavailableException busy(Path path) {
        return new CredentialsUnavailableException("the lock for writing " + path + " is held by another process");
    }

    /**
     * Tries again to save tokens; does nothing when there are none.
     *
     * @param patience how long to wait for each lock
     */
    void saveAgain(Duration patience) {
        if (!isUnsaved()) {
            return;
        }
        try (FlockLock lock = refreshLock(patience).orElseThrow(() -> busy(file.path()))) {
            adopt();
            RefreshedTokens ours = unsaved;
            log.debug("Retrying to save credentials account={} lock={}", ours.account(), lock);
            if (pendingFile == null) {
                try (PreparedFile spare = prepare()) {
                    writePending(ours, spare);
                }
            }
            // no file is prepared while the lock is busy
            lock(file.writeLock(), patience)
                    .orElseThrow(() -> busy(file.path()))
                    .close();
            try (PreparedFile next = prepare()) {
                write(ours, next, patience);
            }
        } catch (IOException | AuthRequiredException | CredentialsUnavailableException e) {
            log.debug("Credentials still not saved file={} reason=\"{}\"", file.path(), reason(e));
        }
    }

    /** The last try, and what happens to tokens that still cannot be saved. */
    void saveAtEnd(Duration patience) {
        saveAgain(patience);
        RefreshedTokens ours = unsaved;
        if (ours != null) {
            log.warn(
                    "Refreshed credentials not saved, {} account={} file={} pending={}",
                    pendingFile == null ? "sign in again with codex login" : "the next start saves them",
                    ours.account(),
                    file.path(),
                    pendingFile);
        }
    }

    /**
     * Takes over the tokens that another process got and could not save, whose refresh token is the only one that still
     * works, and removes those that are of no use any more. Which are the newest, their chain says, and no clock. The
     * refresh lock is held.
     *
     * @throws IOException when the folder cannot be read
     */
    void adopt() throws IOException {
        List<PendingTokens> left = PendingTokens.of(file.real());
        SignIn inFile = left.isEmpty() ? null : file.read(WITHIN_LOCK).signIn();
        for (PendingTokens tokens : left) {
            RefreshedTokens theirs = tokens.refreshed();
            if (tokens.file().equals(pendingFile)) {
                continue;
            }
            if (theirs.replaces(inFile) && theirs.replaces(newest(inFile))) {
                log.info("Adopting refreshed credentials that were not saved account={}", theirs.account());
                unsaved = theirs;
                setPendingFile(tokens.file());
            } else {
                Files.deleteIfExists(tokens.file());
            }
        }
    }

    /** Checks whether the file can be replaced safely; empty when it can, or does not exist. */
    synchronized Optional<String> restriction() {
        if (!Files.exists(file.path())) {
            return Optional.empty();
        }
        try (FlockLock lock = refreshLock(Duration.ZERO).orElse(null)) {
            if (lock != null) {
                adoptReadable();
                PreparedFile.sweep(file.real(), clock.instant());
            }
            prepare().close();
            sharingRestored();
        } catch (IOException e) {
            sharingFailed(e);
        }
        return Optional.ofNullable(restriction);
    }

    private void adoptReadable() throws IOException {
        try {
            adopt();
        } catch (AuthRequiredException e) {
            log.debug("No sign-in to adopt tokens for file={} reason={}", file.path(), e.reason());
        }
    }

    /** Logs once that sharing works again. */
    synchronized void sharingRestored() {
        if (restriction != null) {
            log.info("Credentials are shared again file={}", file.path());
        }
        restriction = null;
    }

    /** Logs once per reason that sharing does not work. */
    synchronized String sharingFailed(IOException e) {
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
}
