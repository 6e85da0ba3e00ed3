package dev.turnpike.runtime;

import dev.turnpike.alerts.AlertRules;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.codex.call.RouteCodexClient;
import dev.turnpike.codex.call.UpstreamFailures;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.Content;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.Accounts;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollMeters;
import dev.turnpike.polling.PollSchedule;
import dev.turnpike.polling.Polls;
import dev.turnpike.scan.ScanMemories;
import dev.turnpike.scan.TaskPolls;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.settings.Settings;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.Shards;
import dev.turnpike.usage.QuotaGauges;
import dev.turnpike.usage.ResetCreditPoll;
import dev.turnpike.usage.UsageComparison.UsageRules;
import dev.turnpike.usage.UsagePoll;
import dev.turnpike.usage.UsageReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.ThreadPoolProfile;

/** Adds polling to the runtime: the beans of the routes of tasks and usage. */
record PollingWiring(
        Settings settings,
        Shards shards,
        UpstreamMeters observer,
        MeterRegistry registry,
        Tracing tracing,
        TaskLinks links,
        Clock clock) {
    /** Accounts that are polled at the same time, for each kind of poll. */
    private static final int MOST_AT_ONCE = 4;

    /** Binds the beans, before the routes are loaded. */
    void bind(CamelContext context, SignIns watching) {
        context.getExecutorServiceManager()
                .registerThreadPoolProfile(pollers(watching.slots().size()));
        Registry beans = context.getRegistry();
        AlertRules alerts = new AlertRules(
                settings.duration("alerts.task-stalled-after"),
                settings.duration("alerts.status-conflict-after"),
                settings.duration("alerts.upstream-unavailable-after"));
        PollSchedule schedule = new PollSchedule(
                new PollSchedule.Intervals(
                        settings.duration("poll.tasks.active"),
                        settings.duration("poll.tasks.idle"),
                        settings.duration("poll.usage")),
                new Random());
        PollMeters meters = new PollMeters(registry, clock);
        Accounts accounts = new Accounts(watching.slots(), shards::of, schedule, meters, clock);
        beans.bind("polls", new Polls(accounts, schedule, meters, new UpstreamAlerts(alerts, observer, clock), clock));
        for (PollKind kind : PollKind.values()) {
            beans.bind(kind.label() + "Due", accounts.dueExpression(kind));
        }
        CodexClient codex = tracing.traced(new RouteCodexClient(context, new UpstreamFailures(clock)));
        beans.bind("taskPolls", scans(context, codex, alerts));
        ResetCreditPoll resetCredits = new ResetCreditPoll(
                this::isKnown, codex, observer, settings.duration("alerts.reset-credit-expires-within"), clock);
        beans.bind("resetCredits", resetCredits);
        beans.bind("usagePoll", usagePoll(resetCredits));
    }

    /**
     * The threads of each kind of poll, which wake up for nothing else. Every account fits into the queue: without room for
     * it, the thread of the timer would poll, and hand over nobody meanwhile.
     */
    static ThreadPoolProfile pollers(int accounts) {
        int atOnce = Math.max(1, Math.min(MOST_AT_ONCE, accounts));
        return new ThreadPoolProfileBuilder("pollers")
                .poolSize(atOnce)
                .maxPoolSize(atOnce)
                .maxQueueSize(Math.max(1, accounts))
                .build();
    }

    private TaskPolls scans(CamelContext context, CodexClient codex, AlertRules alerts) {
        ScanSettings scan = new ScanSettings(
                settings.integer("poll.tasks.page-size"),
                settings.duration("poll.sweep"),
                settings.duration("poll.sweep-age"),
                settings.text("start-from").equals("beginning"),
                settings.flag("events.details"),
                settings.duration("poll.tasks.budget"),
                settings.integer("codex.concurrency"),
                settings.duration("poll.tasks.active").multipliedBy(4));
        Content content = Content.valueOf(settings.text("events.content").toUpperCase(Locale.ROOT));
        return new TaskPolls(
                scan,
                codex,
                tracing.traced(callers(context)),
                new TurnEvents(links, content, settings.integer("events.max-diff-bytes")),
                new TaskSnapshots(links),
                new AttemptsEvents(links, content),
                new TaskAlerts(alerts, links),
                observer,
                new ScanMemories(),
                clock);
    }

    /** Threads for concurrent calls; each account has a limit of its own. */
    private static ExecutorService callers(CamelContext context) {
        return context.getExecutorServiceManager().newCachedThreadPool(PollingWiring.class, "codex-call");
    }

    private UsagePoll usagePoll(ResetCreditPoll resetCredits) {
        UsageRules rules = new UsageRules(
                settings.longs("alerts.usage-thresholds").stream()
                        .map(Long::intValue)
                        .toList(),
                settings.duration("alerts.blind-after"),
                settings.duration("alerts.unused-before-reset"),
                settings.integer("alerts.unused-percent"));
        QuotaGauges quotas = new QuotaGauges(registry, settings.duration("poll.usage"), clock);
        return new UsagePoll(this::isKnown, new UsageReader(observer), rules, quotas::seen, resetCredits, clock);
    }

    private boolean isKnown(String account, Proposal proposal) {
        return shards.of(account)
                .map(shard -> shard.read(known -> proposal.decide(known).isNothing()))
                .orElse(true);
    }
}
