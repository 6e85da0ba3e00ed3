package dev.turnpike.http;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** As much of RFC 1928 as a client without a password needs; every host is the one server. */
final class SocksProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final int target;

    SocksProxy(int target) throws IOException {
        this.target = target;
        threads.execute(() -> {
            try {
                while (true) {
                    Socket client = server.accept();
                    threads.execute(() -> serve(client));
                }
            } catch (IOException closed) {
                server.isClosed();
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    /** Hosts by name and addresses as they came, with the port. */
    List<String> asked() {
        return asked;
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            in.readByte();
            in.readNBytes(in.readUnsignedByte());
            client.getOutputStream().write(new byte[] {5, 0});
            in.readNBytes(3);
            boolean name = in.readByte() == 3;
            byte[] host = in.readNBytes(name ? in.readUnsignedByte() : 4);
            asked.add((name
                            ? new String(host, StandardCharsets.US_ASCII)
                            : InetAddress.getByAddress(host).getHostAddress())
                    + ":" + in.readUnsignedShort());
            client.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            threads.execute(() -> pump(in, upstream));
            pump(upstream.getInputStream(), client);
        } catch (IOException gone) {
            client.isClosed();
        }
    }

    private static void pump(InputStream from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.transferTo(out);
        } catch (IOException gone) {
            to.isClosed();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
