package dev.turnpike.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A forward proxy as companies have them: it alone knows where hosts are, takes {@code CONNECT} for TLS and whole URLs
 * for the rest, and where it wants a password, it closes the connection on whoever does not bring it at once.
 */
public final class StrictProxy implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Integer> hosts = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch accepting = new CountDownLatch(1);
    private final String authorization;

    private StrictProxy(String authorization) throws IOException {
        this.authorization = authorization;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    public static StrictProxy open() throws IOException {
        return new StrictProxy(null);
    }

    public static StrictProxy withPassword(String user, String password) throws IOException {
        String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return new StrictProxy("Basic " + pair);
    }

    /** Takes the sign-in of Windows alone. */
    public static StrictProxy ofWindows() throws IOException {
        return new StrictProxy("NTLM");
    }

    /** Makes a host known whose server is on a port of this machine; every other host is refused with 502. */
    public StrictProxy knows(String host, int port) {
        hosts.put(host, port);
        return this;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** What it was asked for: {@code CONNECT host:443} or {@code GET http://host/path}, refused or not. */
    public List<String> asked() {
        return asked;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException closed) {
            server.isClosed();
        } finally {
            accepting.countDown();
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            String[] first = head.lines().findFirst().orElseThrow().split(" ", 3);
            asked.add(first[0] + " " + first[1]);
            if (authorization != null && !head.contains("Proxy-Authorization: " + authorization + "\r\n")) {
                String schemes = authorization.startsWith("Basic")
                        ? "Proxy-Authenticate: Basic realm=\"corp\""
                        : "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM";
                say(client, "407 Proxy Authentication Required\r\n" + schemes);
                return;
            }
            boolean tunnel = first[0].equals("CONNECT");
            URI target = URI.create(tunnel ? "https://" + first[1] : first[1]);
            Integer port = hosts.get(String.valueOf(target.getHost()));
            if (port == null) {
                say(client, "502 Bad Gateway");
                return;
            }
            try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), port)) {
                open.add(upstream);
                if (tunnel) {
                    client.getOutputStream().write(bytes("HTTP/1.1 200 Connection established\r\n\r\n"));
                } else {
                    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
                    String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
                    upstream.getOutputStream()
                            .write(bytes(head.replaceFirst("^\\S+ \\S+", first[0] + " " + path + query)
                                    .replaceAll("(?m)^(Proxy-Authorization|Connection): .*\r\n", "")
                                    .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n")));
                }
                threads.execute(() -> pump(in, upstream));
                pump(upstream.getInputStream(), client);
            }
        } catch (IOException gone) {
            asked.remove(null);
        }
    }

    private static void say(Socket client, String status) throws IOException {
        client.getOutputStream()
                .write(bytes("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0) {
            head.write(next);
            if (next == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                break;
            }
            next = in.read();
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void pump(InputStream from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            to.isClosed();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            // it may take one more connection, which would then stay open for ever
            accepting.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
