package dev.turnpike.credentials;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exclusive {@code flock(2)} on a lock file. The CLI locks this way, and Java's own file locks are {@code fcntl}
 * locks, which the CLI does not see. The kernel releases the lock when the process dies; the file stays.
 */
final class FlockLock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FlockLock.class);
    private static final int O_RDWR = 2;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int EINTR = 4;
    private static final int EACCES = 13;

    /** The calls of the C library. */
    interface LibC extends Library {
        LibC INSTANCE = Native.load("c", LibC.class);

        int open(String path, int flags) throws LastErrorException;

        int flock(int descriptor, int operation) throws LastErrorException;

        int close(int descriptor) throws LastErrorException;
    }

    private final Path file;
    private final int descriptor;

    private FlockLock(Path file, int descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    /**
     * Tries to take the lock without waiting. Two locks in one process exclude each other as well.
     *
     * @param file created empty, for its owner alone, when it is not there
     * @return empty when it is held elsewhere
     * @throws IOException when there is no such lock on this file system
     */
    static Optional<FlockLock> tryLock(Path file) throws IOException {
        create(file);
        try {
            int descriptor = LibC.INSTANCE.open(file.toString(), O_RDWR);
            if (taken(descriptor)) {
                return Optional.of(new FlockLock(file, descriptor));
            }
            return Optional.empty();
        } catch (LastErrorException e) {
            throw new IOException(
                    e.getErrorCode() == EACCES
                            ? "this user may not open the lock file " + file + ", which belongs to "
                                    + Files.getOwner(file).getName() + ": give it to this user (chown), or delete it"
                                    + " while no Codex CLI runs"
                            : "flock on " + file + " fails with errno " + e.getErrorCode(),
                    e);
        } catch (LinkageError e) {
            log.debug("JNA not available", e);
            // without the error's message, which differs the second time
            throw new IOException(
                    "JNA, which calls flock, cannot unpack or load its native library: give it a folder that can be"
                            + " written and that programs may be loaded from, with"
                            + " TURNPIKE_JAVA_OPTS=-Djna.tmpdir=FOLDER",
                    e);
        }
    }

    private static boolean taken(int descriptor) {
        while (true) {
            try {
                LibC.INSTANCE.flock(descriptor, LOCK_EX | LOCK_NB);
                return true;
            } catch (LastErrorException e) {
                if (e.getErrorCode() == EINTR) {
                    continue;
                }
                LibC.INSTANCE.close(descriptor);
                if (e.getErrorCode() == wouldBlock()) {
                    return false;
                }
                throw e;
            }
        }
    }

    private static int wouldBlock() {
        return Platform.isLinux() ? 11 : 35; // EWOULDBLOCK
    }

    private static void create(Path file) throws IOException {
        if (!Files.exists(file)) {
            FileChannel.open(
                            file,
                            EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                    .close();
        }
    }

    @Override
    public void close() {
        try {
            LibC.INSTANCE.close(descriptor);
        } catch (LastErrorException e) {
            log.warn("Failed to close lock file file={} errno={}", file, e.getErrorCode());
        }
    }
}
