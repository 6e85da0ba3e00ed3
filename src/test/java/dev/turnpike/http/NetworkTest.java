package dev.turnpike.http;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.turnpike.FreePort;
import dev.turnpike.http.ForwardProxy.ProxyException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls from a network that lets nothing out but through its proxy, and breaks TLS with a certificate of its own. */
@Tag("thorough")
class NetworkTest {
    private static final String SECURE = "https://codex.example.test";
    private static final String PLAIN = "http://codex.example.test/a?b=c";

    @TempDir
    private static Path folder;

    private static CompanyAuthority company;
    private static HttpsServer secure;
    private static HttpServer plain;

    @BeforeAll
    static void start() throws Exception {
        company = CompanyAuthority.in(folder, "dns:codex.example.test");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        secure = HttpsServer.create(any, 20);
        secure.setHttpsConfigurator(new HttpsConfigurator(company.server()));
        plain = HttpServer.create(any, 20);
        for (HttpServer server : List.of(secure, plain)) {
            server.createContext("/", exchange -> {
                byte[] body = (exchange.getRequestURI() + " "
                                + exchange.getRequestHeaders().getFirst("proxy-authorization"))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }
    }

    @AfterAll
    static void stop() {
        secure.stop(0);
        plain.stop(0);
    }

    private static StrictProxy known(StrictProxy proxy) {
        return proxy.knows("codex.example.test", secure.getAddress().getPort());
    }

    private static Network through(String proxy, List<X509Certificate> authorities) {
        ForwardProxy parsed = ForwardProxy.parse(proxy);
        return new Network(parsed, parsed, NoProxy.parse(""), authorities, null);
    }

    private static List<X509Certificate> authorities() {
        return CertificateBundle.read(company.pem());
    }

    private static String ask(Network network, String url) throws IOException {
        HttpLimits limits = HttpLimits.standard().withDeadline(Duration.ofMinutes(1));
        try (BoundedHttp http = new BoundedHttp(limits, "turnpike/test", network);
                CloseableHttpClient client = http.newClient()) {
            return client.execute(
                    new HttpGet(url),
                    response -> response.getCode() + " " + EntityUtils.toString(response.getEntity()));
        }
    }

    @Test
    void tlsGoesThroughTheProxyWhichAloneResolvesTheHost() throws IOException {
        try (StrictProxy proxy = known(StrictProxy.withPassword("ada", "p@ss:wörd"))) {
            String url = "http://ada:p%40ss:w%C3%B6rd@127.0.0.1:" + proxy.port();

            assertThat(ask(through(url, authorities()), SECURE)).isEqualTo("200 / null");

            assertThat(proxy.asked()).containsExactly("CONNECT codex.example.test:443");
        }
    }

    @Test
    void plainHttpIsAskedOfTheProxyByItsWholeUrl() throws IOException {
        try (StrictProxy proxy = StrictProxy.withPassword("ada", "secret")
                .knows("codex.example.test", plain.getAddress().getPort())) {
            String url = "ada:secret@127.0.0.1:" + proxy.port();

            assertThat(ask(through(url, List.of()), PLAIN)).isEqualTo("200 /a?b=c null");

            assertThat(proxy.asked()).containsExactly("GET " + PLAIN);
        }
    }

    @Test
    void aProxyThatWantsAnotherPasswordIsNoAnswerOfTheServer() throws IOException {
        try (StrictProxy proxy = known(StrictProxy.withPassword("ada", "secret"))) {
            for (String url : List.of(SECURE, PLAIN)) {
                Throwable refused = catchThrowable(
                        () -> ask(through("http://ada:wrong@127.0.0.1:" + proxy.port(), authorities()), url));

                assertThat(refused)
                        .isInstanceOf(ProxyException.class)
                        .hasMessage("proxy 127.0.0.1:" + proxy.port() + " refuses the call with 407");
                assertThat(NetworkFailure.of(refused)).isEqualTo(NetworkFailure.PROXY_AUTHENTICATION);
            }
            assertThat(proxy.asked()).hasSize(2);
        }
    }

    @Test
    void aProxyThatCannotBeConnectedToInTimeIsNamed() {
        HttpHost target = new HttpHost("http", "codex.example.test", 80);
        HttpRoute route = new HttpRoute(target, null, new HttpHost("http", "127.0.0.1", 3128), false);
        HttpGet get = new HttpGet(PLAIN);
        ExecRuntime unused = (ExecRuntime) Proxy.newProxyInstance(
                ExecRuntime.class.getClassLoader(), new Class<?>[] {ExecRuntime.class}, (proxy, method, args) -> null);
        ExecChain.Scope scope = new ExecChain.Scope("1", route, get, unused, HttpClientContext.create());

        Throwable failed =
                catchThrowable(() -> new ProxyRouting(Network.plain()).throughProxy(get, scope, (sent, on) -> {
                    throw new ConnectTimeoutException("Connect timed out");
                }));

        assertThat(failed).hasMessage("proxy 127.0.0.1:3128 cannot be reached: time-out");
        assertThat(NetworkFailure.of(failed)).isEqualTo(NetworkFailure.PROXY);
    }

    @Test
    void aProxyThatTakesNoPasswordIsNamedWithWhatItTakes() throws IOException {
        try (StrictProxy proxy = known(StrictProxy.ofWindows())) {
            for (String url : List.of(SECURE, PLAIN)) {
                Throwable refused = catchThrowable(
                        () -> ask(through("http://ada:secret@127.0.0.1:" + proxy.port(), authorities()), url));

                assertThat(refused)
                        .isInstanceOf(ProxyException.class)
                        .hasMessage(
                                "proxy 127.0.0.1:" + proxy.port()
                                        + " refuses the call with 407, it takes Negotiate or NTLM and no password in a URL: put a"
                                        + " proxy that signs in to it, such as cntlm, before it, and name that one in http.proxy");
                assertThat(NetworkFailure.of(refused)).isEqualTo(NetworkFailure.PROXY);
            }
        }
    }

    @Test
    void aTrustStoreThatCannotBeReadIsNamed() throws IOException {
        Path store = Files.writeString(folder.resolve("trust.jks"), "not a store");
        String before = System.setProperty("javax.net.ssl.trustStore", store.toString());
        try {
            assertThatThrownBy(() -> Trust.context(List.of(), null))
                    .hasMessageContaining("the trust store of this Java, " + store + ", cannot be read");
        } finally {
            if (before == null) {
                System.clearProperty("javax.net.ssl.trustStore");
            } else {
                System.setProperty("javax.net.ssl.trustStore", before);
            }
        }
    }

    @Test
    void aProxyThatIsGoneOrDoesNotKnowTheHostIsNamed() throws IOException {
        try (StrictProxy proxy = StrictProxy.open()) {
            assertThatThrownBy(() -> ask(through("http://127.0.0.1:" + proxy.port(), List.of()), SECURE))
                    .isInstanceOf(ProxyException.class)
                    .hasMessage("proxy 127.0.0.1:" + proxy.port() + " refuses the call with 502");
        }
        int gone = FreePort.any();
        assertThatThrownBy(() -> ask(through("http://127.0.0.1:" + gone, List.of()), SECURE))
                .isInstanceOf(ProxyException.class)
                .hasMessage("proxy 127.0.0.1:" + gone + " cannot be reached: no connection");
        assertThatThrownBy(() -> ask(through("http://proxy.invalid:3128", List.of()), SECURE))
                .isInstanceOf(ProxyException.class)
                .hasMessage("proxy proxy.invalid:3128 cannot be reached: unknown host");
    }

    @Test
    void aCertificateOfTheCompanyIsUntrustedUntilItsAuthorityIsGiven() throws IOException {
        try (StrictProxy proxy = known(StrictProxy.open())) {
            Throwable refused =
                    catchThrowable(() -> ask(through("http://127.0.0.1:" + proxy.port(), List.of()), SECURE));

            assertThat(NetworkFailure.of(refused)).isEqualTo(NetworkFailure.UNTRUSTED_CERTIFICATE);
            assertThat(NetworkFailure.message(refused))
                    .isEqualTo("untrusted certificate, of CN=server, issued by " + CompanyAuthority.NAME);
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefusedEvenOfATrustedAuthority() {
        Network direct = new Network(null, null, NoProxy.parse(""), authorities(), null);

        Throwable refused = catchThrowable(
                () -> ask(direct, "https://127.0.0.1:" + secure.getAddress().getPort()));

        assertThat(NetworkFailure.of(refused)).isEqualTo(NetworkFailure.BAD_CERTIFICATE);
    }

    @Test
    void theJdksOwnAuthoritiesStayTrusted() {
        assertThat(Trust.context(authorities(), null).getSupportedSSLParameters())
                .isNotNull();
        assertThat(CertificateBundle.read(company.pem())).hasSize(1);
        assertThatThrownBy(() -> CertificateBundle.read(folder)).hasMessageStartingWith("cannot be read");
    }

    /** As Windows exports one, and a list of some. */
    @Test
    void authoritiesMayBeInDerAndInListsAndAmongWhatOpensslPrints() throws Exception {
        List<X509Certificate> authority = CertificateBundle.read(company.pem());
        assertThat(authority).hasSize(1);
        Path der = Files.write(folder.resolve("company.cer"), authority.get(0).getEncoded());
        assertThat(CertificateBundle.read(der)).isEqualTo(authority);
        byte[] list = CertificateFactory.getInstance("X.509")
                .generateCertPath(List.of(authority.get(0), authority.get(0)))
                .getEncoded("PKCS7");
        assertThat(CertificateBundle.read(Files.write(folder.resolve("company.p7b"), list)))
                .isEqualTo(List.of(authority.get(0), authority.get(0)));
        String listed =
                "-----BEGIN PKCS7-----\n" + Base64.getMimeEncoder().encodeToString(list) + "\n-----END PKCS7-----\n";
        assertThat(CertificateBundle.read(Files.writeString(folder.resolve("list.pem"), listed)))
                .hasSize(2);
        // PowerShell's own encoding, and a text that had to go through a variable
        String pem = Files.readString(company.pem());
        assertThat(CertificateBundle.read(Files.write(folder.resolve("wide.pem"), ("\ufeff" + pem).getBytes(UTF_16LE))))
                .isEqualTo(authority);
        Path without = Files.writeString(folder.resolve("without.pem"), "#" + pem.replace("\n", "\n# "));
        assertThatThrownBy(() -> CertificateBundle.read(without)).hasMessage("holds no certificate");
        assertThat(CertificateBundle.read(Files.writeString(folder.resolve("line.pem"), pem.replace("\n", "\\r\\n"))))
                .isEqualTo(authority);
        assertThatThrownBy(() -> CertificateBundle.read(company.store())).hasMessageContaining("damaged");
        Path printed = Files.writeString(
                folder.resolve("printed.pem"),
                "0 s:CN=a\n" + Files.readString(company.pem()).replace("\n", "\r\n"));
        assertThat(CertificateBundle.read(printed)).isEqualTo(authority);
    }

    @Test
    void hostsOfTheListAreCalledDirectly() throws IOException {
        try (StrictProxy proxy = known(StrictProxy.open())) {
            ForwardProxy parsed = ForwardProxy.parse("127.0.0.1:" + proxy.port());
            Network network = new Network(parsed, parsed, NoProxy.parse("10.0.0.0/8, 127.0.0.0/8"), List.of(), null);

            assertThat(ask(network, "http://127.0.0.1:" + plain.getAddress().getPort() + "/x"))
                    .isEqualTo("200 /x null");

            assertThat(proxy.asked()).isEmpty();
        }
    }

    @Test
    void aSocksProxyResolvesTheHostAsWell() throws IOException {
        try (SocksProxy proxy = new SocksProxy(secure.getAddress().getPort())) {
            assertThat(ask(through("socks5h://127.0.0.1:" + proxy.port(), authorities()), SECURE))
                    .isEqualTo("200 / null");

            assertThat(proxy.asked()).containsExactly("codex.example.test:443");
        }
    }

    @Test
    void aSocksProxyIsGivenUserAndPassword() throws IOException {
        try (SocksProxy proxy = new SocksProxy(secure.getAddress().getPort(), "ada", "p@ss:wörd")) {
            String address = "@127.0.0.1:" + proxy.port();

            assertThat(ask(through("socks5h://ada:p%40ss:w%C3%B6rd" + address, authorities()), SECURE))
                    .isEqualTo("200 / null");
            assertThat(proxy.asked()).containsExactly("codex.example.test:443");
        }
    }

    @Test
    void aSocksProxyThatResolvesNothingGetsAddresses() throws IOException {
        int port = plain.getAddress().getPort();
        try (SocksProxy proxy = new SocksProxy(port, "ada", "s3cret")) {
            assertThat(ask(
                            through("socks5://ada:s3cret@127.0.0.1:" + proxy.port(), List.of()),
                            "http://localhost:" + port + "/x"))
                    .isEqualTo("200 /x null");

            assertThat(proxy.asked()).containsExactly("127.0.0.1:" + port);
        }
    }

    @Test
    void aSocksProxyThatWantsAnotherPasswordOrOneAtAllIsNamed() throws IOException {
        try (SocksProxy proxy = new SocksProxy(secure.getAddress().getPort(), "ada", "secret")) {
            for (String user : List.of("ada:wrong@", "")) {
                Throwable refused = catchThrowable(
                        () -> ask(through("socks5h://" + user + "127.0.0.1:" + proxy.port(), authorities()), SECURE));

                assertThat(NetworkFailure.of(refused)).isEqualTo(NetworkFailure.PROXY_AUTHENTICATION);
                assertThat(refused)
                        .hasMessage("proxy 127.0.0.1:" + proxy.port()
                                + (user.isEmpty() ? " asks for user and password" : " refuses user and password"));
            }
        }
    }

    @Test
    void aSocksProxyThatIsNoneOrReachesNothingIsNamed() throws IOException {
        try (SocksProxy proxy = new SocksProxy(0)) {
            assertThatThrownBy(() -> ask(through("socks5h://127.0.0.1:" + proxy.port(), List.of()), SECURE))
                    .isInstanceOf(ProxyException.class)
                    .hasMessage("proxy 127.0.0.1:" + proxy.port() + " refuses the call: host unreachable");
        }
        int port = plain.getAddress().getPort();
        assertThatThrownBy(() -> ask(through("socks5h://127.0.0.1:" + port, List.of()), SECURE))
                .isInstanceOf(ProxyException.class)
                .hasMessage("proxy 127.0.0.1:" + port + " does not answer as a SOCKS 5 proxy does");
        assertThatThrownBy(() -> ask(through("socks5h://proxy.invalid:1080", List.of()), SECURE))
                .isInstanceOf(ProxyException.class)
                .hasMessage("proxy proxy.invalid:1080 cannot be reached: unknown host");
    }
}
