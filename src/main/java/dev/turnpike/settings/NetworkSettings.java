package dev.turnpike.settings;

import dev.turnpike.http.CertificateBundle;
import dev.turnpike.http.ForwardProxy;
import dev.turnpike.http.Network;
import dev.turnpike.http.NoProxy;
import java.io.File;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Resolves proxies and certificates: from the {@code http.*} settings, else from the variables that the Codex CLI
 * reads, in its order, else from the options of the JVM. Of a variable in both cases the upper case is used, even when
 * it is empty.
 */
final class NetworkSettings {
    static final String PROXY = "http.proxy";
    static final String NO_PROXY = "http.no-proxy";
    static final String CA_FILE = "http.ca-file";

    private static final String HOSTS_OF_JVM = "http.nonProxyHosts";
    private static final String HOSTS_OF_EVERY_JVM = "localhost|127.*|[::1]";

    private final Map<String, Value> values;
    private final EnvironmentVariables environment;
    private final Map<String, String> jvm;
    private final Set<String> summary = new LinkedHashSet<>();
    private boolean usesJvm;

    /**
     * @param environment without any variable where the environment does not apply
     * @param jvm properties of the JVM, likewise
     */
    NetworkSettings(Map<String, Value> values, EnvironmentVariables environment, Map<String, String> jvm) {
        this.values = values;
        this.environment = environment;
        this.jvm = jvm;
    }

    /** Each part with its origin, for {@code doctor}; empty before {@link #network()} and without any. */
    List<String> summary() {
        return List.copyOf(summary);
    }

    Network network() {
        ForwardProxy http;
        ForwardProxy https;
        Value chosen = values.get(PROXY);
        if (chosen.parsed() instanceof ForwardProxy proxy) {
            summary.add(part(chosen));
            http = proxy;
            https = proxy;
        } else {
            Optional<ForwardProxy> all = proxy("ALL_PROXY");
            https = proxy("HTTPS_PROXY").or(() -> all).or(() -> ofJvm("https")).orElse(null);
            http = proxy("HTTP_PROXY").or(() -> all).or(() -> ofJvm("http")).orElse(null);
        }
        Value direct = values.get(NO_PROXY);
        if (!direct.text().isEmpty() && (http != null || https != null)) {
            summary.add(part(direct));
        }
        String hosts =
                direct.text().isEmpty() && usesJvm ? jvm.getOrDefault(HOSTS_OF_JVM, HOSTS_OF_EVERY_JVM) : direct.text();
        return new Network(http, https, NoProxy.parse(hosts), authorities(), null);
    }

    private static String part(Value value) {
        return value.setting().name() + " = " + value.shown() + " (" + value.origin() + ")";
    }

    /** Of the setting, else, as rustls and OpenSSL do, of the folders of SSL_CERT_DIR. */
    private List<X509Certificate> authorities() {
        Value file = values.get(CA_FILE);
        if (file.parsed() != null) {
            summary.add(part(file));
            return CertificateBundle.read((Path) file.parsed());
        }
        return environment.variable("SSL_CERT_DIR").map(this::inFolders).orElse(List.of());
    }

    private List<X509Certificate> inFolders(String folders) {
        String origin = " (environment SSL_CERT_DIR)";
        Set<X509Certificate> found = new LinkedHashSet<>();
        for (String folder : folders.split(File.pathSeparator, -1)) {
            try {
                if (!folder.isBlank()) {
                    found.addAll(CertificateBundle.readFolder(Path.of(folder)));
                }
            } catch (IllegalArgumentException e) {
                environment.ignore("folder " + folder + origin, e.getMessage());
            }
        }
        if (!found.isEmpty()) {
            summary.add(found.size() + " certificates of " + folders + origin);
        }
        return List.copyOf(found);
    }

    /** The JVM's own options for proxies, which the JVM's clients read and ours do not. */
    private Optional<ForwardProxy> ofJvm(String scheme) {
        String named = jvm.containsKey(scheme + ".proxyHost") ? scheme + ".proxy" : "socksProxy";
        String host = jvm.get(named + "Host");
        if (host == null || host.isBlank()) {
            return Optional.empty();
        }
        String usual = named.equals("https.proxy") ? "443" : named.equals("http.proxy") ? "80" : "1080";
        String port = jvm.getOrDefault(named + "Port", usual);
        boolean socks = named.equals("socksProxy");
        String user = socks ? jvm.get("java.net.socks.username") : null;
        Optional<ForwardProxy> found = proxy("JVM " + named + "Host", () -> {
            ForwardProxy proxy = ForwardProxy.parse((socks ? "socks5h://" : "http://") + host + ":" + port);
            String password = jvm.getOrDefault("java.net.socks.password", "");
            return user == null ? proxy : new ForwardProxy(proxy.scheme(), proxy.host(), proxy.port(), user, password);
        });
        usesJvm |= found.isPresent();
        return found;
    }

    private Optional<ForwardProxy> proxy(String name) {
        return environment.shared(name).flatMap(given -> proxy(given.origin(), () -> ForwardProxy.parse(given.text())));
    }

    private Optional<ForwardProxy> proxy(String label, Supplier<ForwardProxy> read) {
        try {
            ForwardProxy proxy = read.get();
            summary.add(proxy + " (" + label + ")");
            return Optional.of(proxy);
        } catch (IllegalArgumentException e) {
            // as the CLI does
            environment.ignore(label, "no proxy: " + e.getMessage());
            return Optional.empty();
        }
    }
}
