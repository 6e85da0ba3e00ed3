package dev.turnpike.kafka;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The network between a client and a broker, as bad as a test wants it. What is held is delivered when it is released,
 * however late, and even where the client has hung up long before: as a network does that delays what it has taken.
 */
public final class KafkaProxy implements AutoCloseable {
    private static final byte[] END = {};

    private final ServerSocket server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Gate toBroker = new Gate();
    private final Gate toClient = new Gate();
    private volatile InetSocketAddress broker;
    private volatile Trap trap;
    private volatile boolean cut;

    /** A proxy on a free port of loopback, whose broker is still to be named. */
    public KafkaProxy() throws IOException {
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        thread(this::accept, "accept");
    }

    private record Trap(ApiKeys request, Gate gate, CountDownLatch sprung) {}

    public int port() {
        return server.getLocalPort();
    }

    void broker(int port) {
        broker = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Holds everything in both directions from now on. */
    public void hold() {
        toBroker.close();
        toClient.close();
    }

    /** Holds everything from the next request of this kind on, which does not reach the broker. */
    public CountDownLatch holdAt(ApiKeys request) {
        return set(new Trap(request, toBroker, new CountDownLatch(1)));
    }

    /** Holds what comes back from the next request of this kind on, which reaches the broker as the last one. */
    public CountDownLatch holdRepliesFrom(ApiKeys request) {
        return set(new Trap(request, toClient, new CountDownLatch(1)));
    }

    private CountDownLatch set(Trap next) {
        trap = next;
        return next.sprung();
    }

    /** Delivers what was held, and holds no more. */
    public void release() {
        toBroker.open();
        toClient.open();
    }

    /** Ends every connection, and refuses new ones. */
    public void cut() {
        cut = true;
        links.forEach(Link::close);
    }

    public void restore() {
        cut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                Socket upstream = new Socket();
                upstream.connect(broker);
                Link link = new Link(client, upstream);
                links.add(link);
                link.start();
                if (cut) {
                    // meanwhile, and what ended every connection may not have met this one
                    link.close();
                }
            } catch (IOException e) {
                // closed, or the broker is away: the client tries again
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        release();
        links.forEach(Link::close);
    }

    private static void thread(Runnable work, String name) {
        Thread thread = new Thread(work, "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets through, or has wait. */
    private static final class Gate {
        private boolean closed;

        synchronized void close() {
            closed = true;
        }

        synchronized void open() {
            closed = false;
            notifyAll();
        }

        synchronized void pass() {
            while (closed) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    /** One connection: in each direction one thread that takes, and one that delivers. */
    private final class Link {
        private final Socket client;
        private final Socket upstream;
        private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
        private final BlockingQueue<byte[]> replies = new LinkedBlockingQueue<>();

        Link(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void start() {
            thread(this::takeRequests, "requests");
            thread(() -> deliver(requests, upstream, toBroker), "to-broker");
            thread(this::takeReplies, "replies");
            thread(() -> deliver(replies, client, toClient), "to-client");
        }

        private void takeRequests() {
            try {
                DataInputStream in = new DataInputStream(client.getInputStream());
                while (true) {
                    byte[] frame = new byte[4 + in.readInt()];
                    ByteBuffer.wrap(frame).putInt(frame.length - 4);
                    in.readFully(frame, 4, frame.length - 4);
                    spring(ByteBuffer.wrap(frame).getShort(4));
                    requests.add(frame);
                }
            } catch (IOException e) {
                requests.add(END);
            }
        }

        private void spring(short api) {
            synchronized (KafkaProxy.this) {
                Trap set = trap;
                if (set != null && set.request().id == api) {
                    trap = null;
                    toClient.close();
                    set.gate().close();
                    set.sprung().countDown();
                }
            }
        }

        private void takeReplies() {
            byte[] buffer = new byte[65_536];
            try {
                InputStream in = upstream.getInputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    replies.add(Arrays.copyOf(buffer, read));
                }
            } catch (IOException e) {
                // closed: what came before is still delivered
                replies.add(END);
                return;
            }
            replies.add(END);
        }

        private void deliver(BlockingQueue<byte[]> from, Socket to, Gate gate) {
            try {
                OutputStream out = to.getOutputStream();
                for (byte[] next = from.take(); next != END; next = from.take()) {
                    gate.pass();
                    out.write(next);
                }
                gate.pass();
                to.shutdownOutput();
            } catch (IOException e) {
                // the other side has gone: what was for it is lost
                links.remove(this);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void close() {
            links.remove(this);
            try (client;
                    upstream) {
                requests.add(END);
                replies.add(END);
            } catch (IOException e) {
                throw new IllegalStateException("a socket cannot be closed", e);
            }
        }
    }
}
