package dev.turnpike.http;

import dev.turnpike.FreePort;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/1.1 server that answers byte by byte as it is scripted; everything else it answers well. */
public final class HostileServer implements AutoCloseable {

    /** What happens to one request. Returning keeps the connection open for the next one; throwing closes it. */
    @FunctionalInterface
    public interface Answer {
        void to(Request request, Socket socket) throws IOException;
    }

    /** What was asked, header names in lower case. */
    public record Request(String method, String target, Map<String, String> headers, String body) {}

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch accepting = new CountDownLatch(1);

    public HostileServer() throws IOException {
        server = new ServerSocket(FreePort.any(), 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Answers for the next requests, in this order. */
    public void next(Answer... more) {
        answers.addAll(List.of(more));
    }

    public List<Request> requests() {
        return requests;
    }

    public int connections() {
        return connections.get();
    }

    /** How many connections nobody has closed yet. */
    public int openConnections() {
        return open.size();
    }

    public void forget() {
        answers.clear();
        requests.clear();
        connections.set(0);
    }

    /**
     * From now on connections are refused; those that are open are served to their end. The port is listened to until the
     * thread that accepts has left the system's call, and a connection made before that would be served.
     */
    public void refuse() throws IOException {
        server.close();
        try {
            accepting.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException closed) {
            threads.shutdown();
        } finally {
            accepting.countDown();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                Answer answer = answers.poll();
                (answer == null ? json(200, "{}") : answer).to(request, socket);
            }
        } catch (IOException gone) {
            // the other side has had enough, which is what most tests are about
            connections.get();
        } finally {
            open.remove(socket);
        }
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String[] parts = first.split(" ", -1);
        return new Request(parts[0], parts[1], headers, new String(body, StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString(StandardCharsets.ISO_8859_1).strip();
            }
            line.write(next);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        refuse();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }

    public static void write(Socket socket, String text) throws IOException {
        write(socket, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void write(Socket socket, byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** A whole reply. */
    public static Answer reply(int status, String headers, String body) {
        return (request, socket) -> write(
                socket,
                "HTTP/1.1 " + status + " Said\r\n" + headers + "content-length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    public static Answer json(int status, String body) {
        return reply(status, "content-type: application/json\r\n", body);
    }

    /** Exactly these bytes, and the end of the connection. */
    public static Answer raw(byte[] bytes) {
        return (request, socket) -> {
            write(socket, bytes);
            socket.shutdownOutput();
            throw new IOException("done");
        };
    }

    /** First this text, then these bytes again and again until the other side closes. */
    public static Answer endless(String first, byte[] again, int pauseMillis) {
        return (request, socket) -> {
            write(socket, first);
            while (true) {
                write(socket, again);
                pause(socket, pauseMillis);
            }
        };
    }

    /** Nothing at all, until the other side closes. */
    public static Answer silence() {
        return (request, socket) -> {
            while (socket.getInputStream().read() >= 0) {
                connections(socket);
            }
            throw new IOException("closed by the other side");
        };
    }

    /** First this text, then a reset. */
    public static Answer reset(String first) {
        return (request, socket) -> {
            write(socket, first);
            socket.setSoLinger(true, 0);
            socket.close();
            throw new IOException("reset");
        };
    }

    private static void connections(Socket socket) {
        if (socket.isClosed()) {
            throw new IllegalStateException("read from a closed socket");
        }
    }

    /** Waits without sleeping: nothing is sent to us, so the read runs into its time-out. */
    private static void pause(Socket socket, int millis) throws IOException {
        if (millis == 0) {
            return;
        }
        socket.setSoTimeout(millis);
        try {
            if (socket.getInputStream().read() < 0) {
                throw new IOException("closed by the other side");
            }
        } catch (java.net.SocketTimeoutException waited) {
            socket.setSoTimeout(0);
        }
    }
}
