package dev.turnpike;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for something that comes back to it after a kill. Below the range from which the system takes ports for
 * outgoing connections, or one of those could sit on it in the meantime.
 */
public final class FreePort {
    private FreePort() {}

    public static int any() {
        return ThreadLocalRandom.current()
                .ints(100, 15_000, 30_000)
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no free port between 15000 and 30000"));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
