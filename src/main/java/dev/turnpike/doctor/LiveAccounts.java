package dev.turnpike.doctor;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.ThreadsBase;
import dev.turnpike.codex.call.ThreadsProbe;
import dev.turnpike.commands.Environments;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;
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
public final class LiveAccounts implements AccountProbes {
    private final Settings settings;
    private final Clock clock;
    private final CodexConnection connection;
    private final SignIns readOnly;
    private final boolean renew;
    private BoundedHttp http;
    private ThreadsProbe threads;

    private LiveAccounts(Settings settings, boolean renew, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.renew = renew;
        this.connection = new CodexConnection(settings, clock);
        this.readOnly = new SignIns(settings.with(Map.of("codex.refresh", "read-only")), clock);
    }

    public static AccountProbes.Source with(Clock clock) {
        return (settings, renew) -> new LiveAccounts(settings, renew, clock);
    }

    @Override
    public List<AccountProbe> list() {
        List<AccountProbe> probes = new ArrayList<>();
        for (int i = 0; i < connection.slots().size(); i++) {
            SignInSlot slot = connection.slots().get(i);
            Credentials nonRenewing =
                    new NonRenewingCredentials(readOnly.slots().get(i).credentials(), slot.source());
            probes.add(new Probe(slot, renew ? slot.credentials() : nonRenewing));
        }
        return List.copyOf(probes);
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
        connection.close();
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
            return summary(
                    new UsageReader(unknown -> {}).read(connection.call(request).json(), clock.instant()));
        }

        @Override
        public int environments() {
            CodexRequest request = CodexRequest.get(calling, calling.identity().account(), "environments");
            return Environments.read(connection.call(request).json()).all().size();
        }

        @Override
        public ThreadsReport threads() {
            return ThreadsReport.of(calling, threadsProbe());
        }
    }

    /**
     * Read-only credentials, which use the token as it is. A check redeems no refresh token: a process killed between
     * the refresh and the write of the file would lose the sign-in.
     *
     * @param readOnly never redeem a refresh token
     */
    private record NonRenewingCredentials(Credentials readOnly, String source) implements Credentials {
        @Override
        public Identity identity() {
            return readOnly.identity();
        }

        @Override
        public Bearer bearer() {
            return readOnly.bearer();
        }

        @Override
        public Bearer reread(Bearer refused) {
            return readOnly.reread(refused);
        }

        @Override
        public Bearer renew(Bearer refused) {
            throw refused(refused);
        }

        @Override
        public AuthRequiredException refused(Bearer last) {
            return new AuthRequiredException(
                    "refused", "the token from " + source + " is refused with 401, although it has not expired");
        }

        @Override
        public boolean mayWork() {
            return readOnly.mayWork();
        }

        @Override
        public Credentials.Standing standing() {
            return readOnly.standing();
        }
    }

    /** The plan and its used windows in a few words. */
    private static String summary(UsageReply usage) {
        String plan = usage.plan() == null ? "answers" : "answers, plan " + usage.plan();
        boolean blocked = usage.isSpent()
                || usage.main()
                        .map(limit -> Boolean.TRUE.equals(limit.blocked()))
                        .orElse(false);
        String refused = usage.isOnCredits()
                ? ", past its window, running on credits"
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
