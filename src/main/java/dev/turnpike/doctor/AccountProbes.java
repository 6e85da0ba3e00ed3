package dev.turnpike.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.ThreadsBase;
import dev.turnpike.codex.call.ThreadsProbe;
import dev.turnpike.commands.Environments;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.runtime.CodexConnection;
import dev.turnpike.runtime.SignIns;
import dev.turnpike.settings.DurationText;
import dev.turnpike.settings.Settings;
import dev.turnpike.usage.UsageReader;
import dev.turnpike.usage.UsageReply;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Probes the configured accounts with the same credentials and the same route as the runtime. */
public final class AccountProbes implements AutoCloseable {
    private final Settings settings;
    private final Clock clock;
    private final CodexConnection connection;
    private final SignIns readOnly;
    private final boolean refresh;

    AccountProbes(Settings settings, boolean refresh, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.refresh = refresh;
        this.connection = new CodexConnection(settings, clock);
        this.readOnly = new SignIns(settings.with(Map.of("codex.refresh", "read-only")), clock);
    }

    public static AccountProbe.Source with(Clock clock) {
        return (settings, refresh, checks) -> {
            try (AccountProbes accounts = new AccountProbes(settings, refresh, clock)) {
                checks.accept(accounts.probes());
            }
        };
    }

    List<AccountProbe> probes() {
        List<AccountProbe> probes = new ArrayList<>();
        for (int i = 0; i < connection.slots().size(); i++) {
            SignInSlot slot = connection.slots().get(i);
            Credentials shown = slot.credentials();
            // a process killed between the refresh and the write of the file would lose the sign-in
            Credentials calling = refresh ? shown : readOnly.slots().get(i).credentials();
            probes.add(new AccountProbe(
                    slot.source(),
                    () -> new AccountProbe.SignIn(shown.identity(), shown.status()),
                    () -> summary(
                            new UsageReader(unknown -> {}).read(get(calling, slot.source(), "usage"), clock.instant())),
                    () -> Environments.read(get(calling, slot.source(), "environments"))
                            .all()
                            .size(),
                    () -> threads(calling)));
        }
        return List.copyOf(probes);
    }

    private JsonNode get(Credentials calling, String source, String path) {
        CodexRequest request = CodexRequest.get(calling, calling.identity().account(), path);
        try {
            return connection.call(request).json();
        } catch (AuthRequiredException e) {
            if (refresh || !e.reason().equals("stale")) {
                throw e;
            }
            throw new AuthRequiredException(
                    "refused", "the token from " + source + " is refused with 401, although it has not expired");
        }
    }

    private ThreadsReport threads(Credentials calling) {
        HttpLimits limits = HttpLimits.standard()
                .withReplyBytes(settings.integer("codex.max-reply-bytes"))
                .withDeadline(settings.duration("codex.call-deadline"));
        try (BoundedHttp http = new BoundedHttp(limits, "", settings.network());
                ThreadsProbe probe = new ThreadsProbe(ThreadsBase.of(settings.uri("codex.threads-url")), http)) {
            return ThreadsReport.of(calling, probe);
        }
    }

    @Override
    public void close() {
        connection.close();
        readOnly.close();
    }

    /** The plan and its used windows in a few words. */
    private static String summary(UsageReply usage) {
        String plan = usage.plan() == null ? "answers" : "answers, plan " + usage.plan();
        boolean blocked = usage.isSpent()
                || usage.main()
                        .map(limit -> Boolean.TRUE.equals(limit.blocked()))
                        .orElse(false);
        String refused = usage.isOnCredits()
                ? ", usage window exhausted, running on credits"
                : ", limit reached: no new tasks until it resets";
        String used = usage.windows().stream()
                .map(window -> String.format(Locale.ROOT, ", %.0f %% of %s used", window.usedPercent(), length(window)))
                .collect(Collectors.joining());
        return plan + used + (blocked ? refused : "");
    }

    private static String length(UsageReply.Window window) {
        return window.seconds() == 0 || window.name().equals("spending")
                ? window.name()
                : DurationText.format(Duration.ofSeconds(window.seconds()));
    }
}
