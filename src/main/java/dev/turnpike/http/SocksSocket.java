package dev.turnpike.http;

import dev.turnpike.http.ForwardProxy.ProxyException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.HttpStatus;

/**
 * A connection through a SOCKS 5 proxy (RFC 1928), with user and password where the proxy asks for them (RFC 1929): the
 * JDK's own sockets support only one user and password per process.
 */
final class SocksSocket extends Socket {
    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int USER_AND_PASSWORD = 2;
    private static final int NOTHING_ACCEPTABLE = 0xff;
    private static final int CONNECT = 1;
    private static final int NAME = 3;

    private final ForwardProxy proxy;

    SocksSocket(ForwardProxy proxy) {
        this.proxy = proxy;
    }

    /** @param endpoint what the proxy connects to; it resolves the name of one that is unresolved */
    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        try {
            super.connect(proxy.socketAddress(), timeout);
        } catch (ConnectException | UnknownHostException | NoRouteToHostException | SocketTimeoutException e) {
            throw new ProxyException(proxy.hostAndPort(), 0, ProxyException.unreachable(e), e);
        }
        int usual = getSoTimeout();
        setSoTimeout(timeout);
        try {
            DataInputStream in = new DataInputStream(getInputStream());
            negotiate(in, getOutputStream());
            request((InetSocketAddress) endpoint, in, getOutputStream());
        } catch (EOFException | SocketTimeoutException e) {
            throw refused("does not answer as a SOCKS 5 proxy does", e);
        } finally {
            setSoTimeout(usual);
        }
    }

    private void negotiate(DataInputStream in, OutputStream out) throws IOException {
        boolean known = proxy.user() != null;
        out.write(
                known
                        ? new byte[] {VERSION, 2, NO_AUTHENTICATION, USER_AND_PASSWORD}
                        : new byte[] {VERSION, 1, NO_AUTHENTICATION});
        expectVersion(in);
        int method = in.readUnsignedByte();
        if (method == NOTHING_ACCEPTABLE) {
            throw unauthenticated(known ? "accepts no user and password" : "asks for user and password");
        }
        if (method == USER_AND_PASSWORD && known) {
            byte[] user = proxy.user().getBytes(StandardCharsets.UTF_8);
            byte[] password = proxy.password().getBytes(StandardCharsets.UTF_8);
            ByteBuffer message = ByteBuffer.allocate(3 + user.length + password.length)
                    .put((byte) 1)
                    .put((byte) user.length)
                    .put(user)
                    .put((byte) password.length)
                    .put(password);
            out.write(message.array());
            in.readUnsignedByte();
            if (in.readUnsignedByte() != 0) {
                throw unauthenticated("refuses user and password");
            }
        } else if (method != NO_AUTHENTICATION) {
            throw refused("chose authentication method " + method + ", which was not offered", null);
        }
    }

    private void request(InetSocketAddress endpoint, DataInputStream in, OutputStream out) throws IOException {
        byte[] host = endpoint.isUnresolved()
                ? endpoint.getHostString().getBytes(StandardCharsets.US_ASCII)
                : endpoint.getAddress().getAddress();
        ByteBuffer message = ByteBuffer.allocate(7 + host.length)
                .put(new byte[] {VERSION, CONNECT, 0})
                .put((byte) (endpoint.isUnresolved() ? NAME : addressType(host.length)));
        if (endpoint.isUnresolved()) {
            message.put((byte) host.length);
        }
        message.put(host).putShort((short) endpoint.getPort());
        out.write(message.array(), 0, message.position());
        expectVersion(in);
        int reply = in.readUnsignedByte();
        if (reply != 0) {
            throw refused("refuses the call: " + reason(reply), null);
        }
        in.readUnsignedByte();
        int type = in.readUnsignedByte();
        in.readFully(new byte[(type == NAME ? in.readUnsignedByte() : type == 1 ? 4 : 16) + 2]);
    }

    private void expectVersion(DataInputStream in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw refused("does not answer as a SOCKS 5 proxy does", null);
        }
    }

    private static int addressType(int length) {
        return length == 4 ? 1 : 4;
    }

    private static String reason(int reply) {
        return switch (reply) {
            case 2 -> "not allowed by its rules";
            case 3 -> "network unreachable";
            case 4 -> "host unreachable";
            case 5 -> "connection refused";
            case 6 -> "time to live expired";
            case 7 -> "command not supported";
            case 8 -> "address type not supported";
            default -> "reply " + reply;
        };
    }

    private ProxyException unauthenticated(String what) {
        return new ProxyException(proxy.hostAndPort(), HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED, what, null);
    }

    private ProxyException refused(String what, IOException cause) {
        return new ProxyException(proxy.hostAndPort(), 0, what, cause);
    }
}
