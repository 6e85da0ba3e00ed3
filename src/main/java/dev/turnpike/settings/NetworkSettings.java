package dev.turnpike.settings;

import dev.turnpike.http.CertificateBundle;
import dev.turnpike.http.ForwardProxy;
import dev.turnpike.http.Network;
import dev.turnpike.http.NoProxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How calls leave this machine: the {@code http.*} settings, and where those are silent the variables that the Codex CLI
 * reads, in its order. Of a variable in both cases the upper case counts, even when it is empty.
 */
final class NetworkSettings {
    static final String PROXY = "http.proxy";
    static final String NO_PROXY = "http.no-proxy";
    static final String CA_FILE = "http.ca-file";

    private final Map<String, Value> values;
    private final EnvironmentVariables environment;
    private final List<String> words = new ArrayList<>();

    /** @param environment without any variable where the environment is not to be heard */
    NetworkSettings(Map<String, Value> values, EnvironmentVariables environment) {
        this.values = values;
        this.environment = environment;
    }

    /** Each part with where it was given, for {@code doctor}; empty before {@link #network()} and where all is plain. */
    List<String> words() {
        return List.copyOf(words);
    }

    Network network() {
        ForwardProxy http;
        ForwardProxy https;
        Value chosen = values.get(PROXY);
        if (chosen.parsed() instanceof ForwardProxy proxy) {
            words.add(PROXY + " = " + chosen.shown() + " (" + chosen.origin().label() + ")");
            http = proxy;
            https = proxy;
        } else {
            Optional<ForwardProxy> all = proxy("ALL_PROXY");
            https = proxy("HTTPS_PROXY").or(() -> all).orElse(null);
            http = proxy("HTTP_PROXY").or(() -> all).orElse(null);
        }
        Value direct = values.get(NO_PROXY);
        if (!direct.text().isEmpty() && (http != null || https != null)) {
            words.add(NO_PROXY + " = " + direct.shown() + " (" + direct.origin().label() + ")");
        }
        Value file = values.get(CA_FILE);
        if (file.parsed() != null) {
            words.add(CA_FILE + " = " + file.shown() + " (" + file.origin().label() + ")");
        }
        return new Network(
                http,
                https,
                NoProxy.parse(direct.text()),
                file.parsed() == null ? List.of() : CertificateBundle.read((Path) file.parsed()));
    }

    private Optional<ForwardProxy> proxy(String name) {
        Optional<Given> given = environment.shared(name);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        String label = given.get().origin().label();
        try {
            ForwardProxy proxy = ForwardProxy.parse(given.get().text());
            words.add(proxy + " (" + label + ")");
            return Optional.of(proxy);
        } catch (IllegalArgumentException e) {
            // as the CLI does; the text may hold a password
            environment.passOver(label, "no proxy: must be " + ForwardProxy.ALLOWED);
            return Optional.empty();
        }
    }
}
