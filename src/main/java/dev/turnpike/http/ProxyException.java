package dev.turnpike.http;

import java.io.IOException;
import java.net.SocketTimeoutException;

/** A call did not get past its proxy, so that its receiver never saw it. */
public class ProxyException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param proxy host and port, without user and password
     * @param status the proxy's answer, 0 without one
     */
    ProxyException(String proxy, int status, String what, Throwable cause) {
        super("proxy " + proxy + " " + what, cause);
        this.status = status;
    }

    /** Completes "proxy host:port ..." where no connection to it came about. */
    static String unreachable(IOException failure) {
        return "cannot be reached: "
                + (failure instanceof SocketTimeoutException
                        ? "time-out"
                        : NetworkFailure.of(failure).words());
    }

    /** 407 where it wants a user and password, or others; 0 where it could not be reached. */
    public int status() {
        return status;
    }
}
