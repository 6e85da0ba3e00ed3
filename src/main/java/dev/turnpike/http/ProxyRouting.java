package dev.turnpike.http;

import dev.turnpike.http.ForwardProxy.ProxyException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;

/** Routes each call through its proxy of the {@link Network}. */
record ProxyRouting(Network network) {
    private static final String AFTER_PROXY = "turnpike.after-proxy";

    DefaultRoutePlanner planner() {
        return new DefaultRoutePlanner(null) {
            @Override
            protected HttpHost determineProxy(HttpHost target, HttpContext context) {
                return network.proxy(target.getSchemeName(), target.getHostName(), target.getPort())
                        .filter(proxy -> !proxy.isSocks())
                        .map(ForwardProxy::httpHost)
                        .orElse(null);
            }
        };
    }

    /** Opens the sockets; the default ignores user and password of a SOCKS proxy. */
    PoolingHttpClientConnectionManagerBuilder connections() {
        return new PoolingHttpClientConnectionManagerBuilder() {
            @Override
            protected HttpClientConnectionOperator createConnectionOperator(
                    SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
                DetachedSocketFactory sockets = new DetachedSocketFactory() {
                    @Override
                    public Socket create(Proxy socks) {
                        return new Socket();
                    }

                    @Override
                    public Socket create(String scheme, Proxy socks) {
                        return socks == null ? new Socket() : new SocksSocket(network.proxy(scheme));
                    }
                };
                return new DefaultHttpClientConnectionOperator(
                        sockets,
                        ports,
                        names,
                        RegistryBuilder.<TlsSocketStrategy>create()
                                .register(URIScheme.HTTPS.id, tls)
                                .build());
            }
        };
    }

    /** A SOCKS proxy is not a hop of the route but part of the socket. */
    SocketConfig socket(HttpRoute route, Timeout timeout) {
        SocketConfig.Builder config = SocketConfig.custom().setSoTimeout(timeout);
        HttpHost target = route.getTargetHost();
        network.proxy(target.getSchemeName(), target.getHostName(), target.getPort())
                .filter(ForwardProxy::isSocks)
                .ifPresent(proxy -> config.setSocksProxyAddress(proxy.socketAddress()));
        return config.build();
    }

    /** A {@code socks5h} proxy resolves the host names itself. */
    SystemDefaultDnsResolver names() {
        return new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                boolean remote = network.proxy("https", host)
                        .or(() -> network.proxy("http", host))
                        .filter(proxy -> proxy.scheme().equals("socks5h"))
                        .isPresent();
                return remote ? null : super.resolve(host);
            }
        };
    }

    /** A proxy's answer must not be taken for the receiver's. */
    ClassicHttpResponse throughProxy(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpHost hop = scope.route.getProxyHost();
        if (hop == null) {
            return chain.proceed(request, scope);
        }
        authenticate(hop, scope);
        ClassicHttpResponse response;
        try {
            response = chain.proceed(request, scope);
        } catch (ConnectException | ConnectTimeoutException | UnknownHostException | NoRouteToHostException e) {
            throw new ProxyException(hop.toHostString(), 0, ProxyException.unreachable(e), e);
        }
        boolean refused = response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
                || (scope.route.isTunnelled() && scope.clientContext.getAttribute(AFTER_PROXY) == null);
        if (refused) {
            String schemes = otherSchemes(response);
            throw new ProxyException(
                    hop.toHostString(),
                    schemes.isEmpty() ? response.getCode() : 0,
                    "refuses the call with " + response.getCode() + schemes,
                    null);
        }
        return response;
    }

    /** Companies' proxies may take the sign-in of Windows alone. */
    private static String otherSchemes(ClassicHttpResponse refusal) {
        List<String> schemes = Arrays.stream(refusal.getHeaders(HttpHeaders.PROXY_AUTHENTICATE))
                .map(header -> header.getValue().strip().split("[\\s,]", 2)[0])
                .toList();
        return schemes.isEmpty() || schemes.stream().anyMatch("Basic"::equalsIgnoreCase)
                ? ""
                : ", it takes " + String.join(" or ", schemes) + " and no password in a URL: put a proxy that signs"
                        + " in to it, such as cntlm, before it, and name that one in http.proxy";
    }

    /** Runs behind the link that builds the tunnel, so the tunnel is there. */
    ClassicHttpResponse afterProxy(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.setAttribute(AFTER_PROXY, true);
        return chain.proceed(request, scope);
    }

    /**
     * Sends authentication with the first request, since some proxies close the connection instead of asking for it.
     */
    private void authenticate(HttpHost hop, ExecChain.Scope scope) {
        HttpHost target = scope.route.getTargetHost();
        network.proxy(target.getSchemeName(), target.getHostName(), target.getPort())
                .filter(proxy -> proxy.user() != null)
                .ifPresent(proxy -> {
                    BasicScheme basic = new BasicScheme();
                    basic.initPreemptive(new UsernamePasswordCredentials(
                            proxy.user(), proxy.password().toCharArray()));
                    AuthExchange exchange = scope.clientContext.getAuthExchange(hop);
                    exchange.reset();
                    exchange.select(basic);
                });
    }
}
