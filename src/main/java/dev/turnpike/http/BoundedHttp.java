package dev.turnpike.http;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Creates HTTP clients with limits on time and size: a configurer for Camel's HTTP component, or a plain client. They
 * follow no redirects, keep no cookies and never send a request twice. Replies are read into byte arrays; of errors
 * only the first {@link HttpLimits#errorBytes()}.
 */
public final class BoundedHttp implements HttpClientConfigurer, Closeable {
    private static final Timeout CONNECT = Timeout.ofSeconds(5);
    private static final TimeValue IDLE = TimeValue.ofMilliseconds(100);
    private static final int CONNECTIONS = 50;
    private static final int CONNECTIONS_PER_HOST = 20;
    private static final int HEADER_LINE_BYTES = 32 * 1024;
    private static final int HEADER_LINES = 200;

    private final HttpLimits limits;
    private final String userAgent;
    private final Network network;
    /** Created in parallel to the rest of the start, since reading all authorities takes a tenth of it. */
    private final CompletableFuture<TlsSocketStrategy> tls;

    private final CallDeadlines deadlines;

    /**
     * Creates a factory of clients with these limits.
     *
     * @param userAgent value of {@code user-agent}, such as {@code turnpike/1.0}
     * @param network proxies, trusted certificates and client certificate
     */
    public BoundedHttp(HttpLimits limits, String userAgent, Network network) {
        this.limits = limits;
        this.userAgent = userAgent;
        this.network = network;
        this.tls = CompletableFuture.supplyAsync(
                () -> new DefaultClientTlsStrategy(Trust.context(network.authorities(), network.certificate())));
        this.deadlines = new CallDeadlines(limits.deadline());
    }

    public HttpLimits limits() {
        return limits;
    }

    /** A client with its own connections; the caller closes it. */
    public CloseableHttpClient newClient() {
        HttpClientBuilder builder = HttpClientBuilder.create();
        configureHttpClient(builder);
        return builder.build();
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        // the deadline ends a call; the socket's own timeout is a fallback and must not come first
        Timeout socket = Timeout.of(limits.deadline().multipliedBy(2));
        ProxyRouting routing = new ProxyRouting(network);
        if (network.hasProxies()) {
            builder.setRoutePlanner(routing.planner())
                    .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "proxy", routing::throughProxy)
                    .addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "after-proxy", routing::afterProxy);
        }
        builder.setUserAgent(userAgent)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                // set explicitly: the default would read the list of all public suffixes at each start
                .setDefaultCookieSpecRegistry(name -> null)
                .disableAuthCaching()
                .setConnectionManager(connections(routing, socket))
                .setConnectionManagerShared(false)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(CONNECT)
                        .setResponseTimeout(socket)
                        .setRedirectsEnabled(false)
                        .build())
                .addRequestInterceptorFirst((request, entity, context) -> keepTilde(request))
                .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "one-coding", (request, scope, chain) -> {
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    refuseNestedCodings(response.getEntity());
                    return response;
                })
                .addExecInterceptorFirst("bounded-reply", new BoundedReply(limits, deadlines));
    }

    /** For the end of the process: limits calls in flight and later ones to this time. */
    public void limitRemaining(Duration rest) {
        deadlines.shorten(rest);
    }

    /** Stops the thread of the deadlines; to be called after the clients are closed. */
    @Override
    public void close() {
        deadlines.close();
    }

    /**
     * Headers are limited as well. A connection that was idle is checked first, since a request is not repeated when the
     * server has closed its end; one that has served a call a moment ago is not, since the check waits for a millisecond.
     */
    private PoolingHttpClientConnectionManager connections(ProxyRouting routing, Timeout socket) {
        return routing.connections()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(HEADER_LINE_BYTES)
                                .setMaxHeaderCount(HEADER_LINES)
                                .build())
                        .build())
                .setTlsSocketStrategy((plain, target, port, attachment, context) ->
                        tls.join().upgrade(plain, target, port, attachment, context))
                .setSocketConfigResolver(route -> routing.socket(route, socket))
                .setDnsResolver(routing.names())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT)
                        .setSocketTimeout(socket)
                        .setValidateAfterInactivity(IDLE)
                        .setTimeToLive(TimeValue.ofMinutes(5))
                        .build())
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS_PER_HOST)
                .build();
    }

    /** Camel encodes the tilde in paths; it is an unreserved character, and the Codex CLI leaves it as it is. */
    private static void keepTilde(HttpRequest request) {
        String target = request.getPath();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (path.contains("%7E")) {
            request.setPath(path.replace("%7E", "~") + target.substring(path.length()));
        }
    }

    /** Compression within compression multiplies: a few kilobytes can keep a processor busy for hours. */
    private static void refuseNestedCodings(HttpEntity entity) throws ProtocolException {
        if (entity != null
                && entity.getContentEncoding() != null
                && entity.getContentEncoding().contains(",")) {
            throw new ProtocolException("the reply has more than one content encoding, at most one is read");
        }
    }
}
