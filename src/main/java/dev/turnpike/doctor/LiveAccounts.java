package dev.turnpike.doctor;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.ThreadsBase;
import dev.turnpike.codex.call.ThreadsProbe;
import dev.turnpike.commands.Environments;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.runtime.CodexRoute;
import dev.turnpike.runtime.SignIns;
import dev.turnpike.settings.Settings;
import dev.turnpike.usage.UsageReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real accounts, asked through the same credentials and the same route as the runtime asks. */
public final class LiveAccounts implements AccountProbes {
    private final Settings settings;
    private final Clock clock;
    private final SignIns watching;
    private final SignIns readOnly;
    private final boolean renew;
    private CodexRoute route;
    private BoundedHttp http;
    private ThreadsProbe threads;

    private LiveAccounts(Settings settings, boolean renew, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.renew = renew;
        this.watching = new SignIns(settings, clock);
        this.readOnly = new SignIns(settings.with(Map.of("codex.refresh", "read-only")), clock);
    }

    public static AccountProbes.Source with(Clock clock) {
        return (settings, renew) -> new LiveAccounts(settings, renew, clock);
    }

    @Override
    public List<AccountProbe> list() {
        List<AccountProbe> probes = new ArrayList<>();
        for (int i = 0; i < watching.slots().size(); i++) {
            SignInSlot slot = watching.slots().get(i);
            Credentials looking =
                    new NonRenewingCredentials(readOnly.slots().get(i).credentials(), slot.source());
            probes.add(new Probe(slot, renew ? slot.credentials() : looking));
        }
        return List.copyOf(probes);
    }

    private CodexRoute route() {
        if (route == null) {
            try {
                route = CodexRoute.start(settings, clock);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return route;
    }

    private ThreadsProbe threadsProbe() {
        if (threads == null) {
            http = new BoundedHttp(
                    HttpLimits.standard()
                            .withReplyBytes(settings.integer("codex.max-reply-bytes"))
                            .withDeadline(settings.duration("codex.call-deadline")),
                    "",
                    settings.network());
            threads = new ThreadsProbe(
                    ThreadsBase.of(settings.uri("codex.threads-url").toString()), http);
        }
        return threads;
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.close();
            http.close();
        }
        if (route != null) {
            route.close();
        }
        watching.close();
        readOnly.close();
    }

    private final class Probe implements AccountProbe {
        private final SignInSlot slot;
        private final Credentials calling;

        Probe(SignInSlot slot, Credentials calling) {
            this.slot = slot;
            this.calling = calling;
        }

        @Override
        public String where() {
            return slot.source();
        }

        @Override
        public AccountProbe.SignIn signIn() {
            return new AccountProbe.SignIn(
                    slot.credentials().identity(), slot.credentials().standing());
        }

        @Override
        public String usage() {
            CodexRequest request = CodexRequest.get(calling, calling.identity().account(), "usage");
            return UsageWords.of(new UsageReader(unknown -> {}).read(route().call(request), clock.instant()));
        }

        @Override
        public int environments() {
            CodexRequest request = CodexRequest.get(calling, calling.identity().account(), "environments");
            return Environments.read(route().call(request)).all().size();
        }

        @Override
        public ThreadsReport threads() {
            return ThreadsReport.of(calling, threadsProbe());
        }
    }
}
