package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.http.ForwardProxy;
import dev.turnpike.http.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proxies as Java programs are given them: on the command line of the JVM. */
class JvmProxyTest {
    private static final Map<String, String> OPTIONS = Map.of(
            "https.proxyHost", "secure.corp",
            "https.proxyPort", "3128",
            "http.proxyHost", "plain.corp",
            "http.nonProxyHosts", "localhost|*.corp|10.1.*|192.168.7.*|172.*");

    private static NetworkSettings settings(Map<String, String> variables, Map<String, String> jvm) {
        SettingsReader reader = new SettingsReader(null, variables, Map.of(), false);
        return new NetworkSettings(
                reader.read(), new EnvironmentVariables(variables, Path.of("").toAbsolutePath()), jvm);
    }

    private static String proxy(Network network, String scheme, String host) {
        return network.proxy(scheme, host).map(ForwardProxy::toString).orElse("none");
    }

    @Test
    void theOptionsOfTheJvmAreTaken() {
        NetworkSettings settings = settings(Map.of(), OPTIONS);
        Network network = settings.network();

        assertThat(proxy(network, "https", "chatgpt.com")).isEqualTo("http://secure.corp:3128");
        assertThat(proxy(network, "http", "chatgpt.com")).isEqualTo("http://plain.corp:80");
        assertThat(List.of("localhost", "a.corp", "10.1.2.3", "192.168.7.8", "172.16.0.1"))
                .allMatch(host -> proxy(network, "https", host).equals("none"));
        assertThat(List.of("10.2.2.3", "192.168.8.8", "corp.example"))
                .noneMatch(host -> proxy(network, "https", host).equals("none"));
        assertThat(settings.summary()).contains("http://secure.corp:3128 (JVM https.proxyHost)");
    }

    @Test
    void whatIsSaidToTurnpikeOrToEverybodyGoesOverThem() {
        Network network = settings(Map.of("HTTPS_PROXY", "env:1"), OPTIONS).network();
        assertThat(proxy(network, "https", "chatgpt.com")).isEqualTo("http://env:1");
        assertThat(proxy(network, "http", "chatgpt.com")).isEqualTo("http://plain.corp:80");

        network = settings(Map.of("TURNPIKE_HTTP_PROXY", "ours:2", "NO_PROXY", "a.b"), OPTIONS)
                .network();
        assertThat(proxy(network, "http", "chatgpt.com")).isEqualTo("http://ours:2");
        assertThat(proxy(network, "http", "a.b")).isEqualTo("none");
    }

    @Test
    void aSocksProxyOfTheJvmHasItsUserAndLeavesThisMachineAlone() {
        Map<String, String> options =
                Map.of("socksProxyHost", "::1", "java.net.socks.username", "ada", "java.net.socks.password", "s3cret");
        assertThat(settings(Map.of(), options).network().proxy("https", "a")).isEmpty();

        NetworkSettings settings = settings(
                Map.of(),
                Map.of("socksProxyHost", "px", "java.net.socks.username", "ada", "java.net.socks.password", "s3cret"));
        Network network = settings.network();
        ForwardProxy proxy = network.proxy("https", "chatgpt.com").orElseThrow();
        assertThat(proxy).hasToString("socks5h://***@px:1080").returns("s3cret", ForwardProxy::password);
        assertThat(proxy(network, "http", "127.0.0.1")).isEqualTo("none");
        assertThat(settings.summary()).containsExactly("socks5h://***@px:1080 (JVM socksProxyHost)");
    }
}
