package dev.turnpike.runtime;

import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Credentials.RefreshMode;
import dev.turnpike.credentials.CredentialsFactory;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.settings.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Credentials of the configured sign-ins, with their HTTP client for the authorization server. */
public final class SignIns implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SignIns.class);

    private final BoundedHttp http;
    private final CloseableHttpClient client;
    private final Set<PollKind> kinds = EnumSet.noneOf(PollKind.class);
    private final List<SignInSlot> slots = new ArrayList<>();

    public SignIns(Settings settings, Clock clock) {
        kinds.add(PollKind.USAGE);
        settings.list("codex.sources").forEach(source -> kinds.add(PollKind.valueOf(source.toUpperCase(Locale.ROOT))));
        this.http = new BoundedHttp(CredentialsFactory.LIMITS, TurnpikeVersion.userAgent(), settings.network());
        this.client = http.newClient();
        CredentialsFactory factory = new CredentialsFactory(
                client, settings.uri("codex.token-url"), settings.uri("codex.authapi-base-url"), clock);
        if (settings.isSet("codex.access-token")) {
            add(factory.ofToken(settings.text("codex.access-token"), "codex.access-token"), "codex.access-token");
        } else {
            RefreshMode mode =
                    settings.text("codex.refresh").equals("shared") ? RefreshMode.SHARED : RefreshMode.READ_ONLY;
            for (Path file : settings.paths("codex.auth-files")) {
                add(factory.ofFile(file, mode), file.toString());
            }
        }
    }

    private void add(Credentials credentials, String source) {
        slots.add(new SignInSlot(credentials, source, kinds));
    }

    public List<SignInSlot> slots() {
        return List.copyOf(slots);
    }

    @Override
    public void close() {
        for (SignInSlot slot : slots) {
            try {
                slot.credentials().close();
            } catch (RuntimeException e) {
                log.warn("Failed to close credentials source={}", slot.source(), e);
            }
        }
        client.close(CloseMode.IMMEDIATE);
        http.close();
    }
}
