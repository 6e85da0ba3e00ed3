package dev.turnpike;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for something that comes back to it after a kill, or on which nobody is to listen. Below the range from which the
 * system takes ports for outgoing connections, and those that an embedded broker takes for itself, or one of these could
 * sit on it in the meantime; and no test of this machine is given the same, for as long as this JVM runs.
 */
public final class FreePort {
    /** The lock on a byte is the reservation of the port of that number; it ends with this JVM, however that ends. */
    private static final FileChannel RESERVATIONS = open();

    private FreePort() {}

    private static FileChannel open() {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "ports-" + System.getProperty("user.name"));
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int any() {
        return ThreadLocalRandom.current()
                .ints(1_000, 10_000, 15_000)
                .filter(FreePort::isReserved)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no free port from 10000 to 14999"));
    }

    private static boolean isReserved(int port) {
        try {
            FileLock lock = RESERVATIONS.tryLock(port, 1, false);
            if (lock != null && !isFree(port)) {
                lock.release();
                return false;
            }
            return lock != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
