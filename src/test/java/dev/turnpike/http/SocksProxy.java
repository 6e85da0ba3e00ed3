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

/** As much of RFC 1928 and RFC 1929 as a client needs; every host is the one server. */
final class SocksProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final int target;
    private final String user;
    private final String password;

    /** @param target the port of that server; 0: none can be reached */
    SocksProxy(int target) throws IOException {
        this(target, null, null);
    }

    /** Lets nobody through without this user and password. */
    SocksProxy(int target, String user, String password) throws IOException {
        this.target = target;
        this.user = user;
        this.password = password;
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
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            if (!isLetIn(in, client.getOutputStream())) {
                return;
            }
            in.readNBytes(3);
            boolean name = in.readByte() == 3;
            byte[] host = in.readNBytes(name ? in.readUnsignedByte() : 4);
            asked.add((name
                            ? new String(host, StandardCharsets.US_ASCII)
                            : InetAddress.getByAddress(host).getHostAddress())
                    + ":" + in.readUnsignedShort());
            if (target == 0) {
                client.getOutputStream().write(new byte[] {5, 4, 0, 1, 0, 0, 0, 0, 0, 0});
                return;
            }
            try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
                // a reply with a name has another length
                client.getOutputStream().write(new byte[] {5, 0, 0, 3, 2, 'a', 'b', 0, 0});
                threads.execute(() -> pump(in, upstream));
                pump(upstream.getInputStream(), client);
            }
        } catch (IOException gone) {
            client.isClosed();
        }
    }

    private boolean isLetIn(DataInputStream in, OutputStream out) throws IOException {
        in.readByte();
        boolean offered = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.ISO_8859_1).indexOf(2) >= 0;
        if (user == null) {
            out.write(new byte[] {5, 0});
            return true;
        }
        out.write(new byte[] {5, (byte) (offered ? 2 : 0xff)});
        if (!offered) {
            return false;
        }
        in.readByte();
        String given = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8) + ":"
                + new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
        boolean same = given.equals(user + ":" + password);
        out.write(new byte[] {1, (byte) (same ? 0 : 1)});
        return same;
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
