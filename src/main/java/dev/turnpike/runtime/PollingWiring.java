package dev.turnpike.runtime;

import dev.turnpike.alerts.AlertRules;
import dev.turnpike.alerts.DriftSeen;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.AuthEvents;
import dev.turnpike.events.Content;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.Accounts;
import dev.turnpike.polling.ChangesOfPage;
import dev.turnpike.polling.Intervals;
import dev.turnpike.polling.Onlooker;
import dev.turnpike.polling.OverdueTasks;
import dev.turnpike.polling.Publisher;
import dev.turnpike.polling.Rhythm;
import dev.turnpike.polling.TaskAttempts;
import dev.turnpike.polling.TaskTurns;
import dev.turnpike.polling.TaskWalks;
import dev.turnpike.polling.WalkSettings;
import dev.turnpike.settings.Settings;
import dev.turnpike.shard.Shards;
import dev.turnpike.usage.UsageMeters;
import dev.turnpike.usage.UsagePoll;
import dev.turnpike.usage.UsageReader;
import dev.turnpike.usage.UsageRules;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import org.apache.camel.spi.Registry;

/** Puts the polling into the runtime: the beans that the routes of tasks and usage name. */
final class PollingWiring {
    private final Settings settings;
    private final Shards shards;
    private final Meters meters;
    private final TaskLinks links;
    private final Clock clock;
    private final DriftSeen drift = new DriftSeen();
    private final DriftObserver observer;
    private final AlertRules alerts;

    PollingWiring(Settings settings, Shards shards, Meters meters, TaskLinks links, Clock clock) {
        this.settings = settings;
        this.shards = shards;
        this.meters = meters;
        this.links = links;
        this.clock = clock;
        this.observer = name -> {
            meters.seen(name);
            drift.seen(name);
        };
        this.alerts = new AlertRules(
                settings.duration("alerts.task-stalled-after"),
                settings.duration("alerts.status-conflict-after"),
                settings.duration("alerts.upstream-unavailable-after"));
    }

    /** Before the routes are loaded. */
    void bind(Registry beans, Watching watching, UsageMeters quotas) {
        beans.bind("accounts", accounts(watching));
        bindTasks(beans);
        beans.bind("usagePoll", usagePoll(quotas));
        beans.bind("publisher", new Publisher());
    }

    private Accounts accounts(Watching watching) {
        Intervals intervals = new Intervals(
                settings.duration("poll.tasks.active"),
                settings.duration("poll.tasks.idle"),
                settings.duration("poll.usage"));
        return new Accounts(
                watching.slots(),
                shards::of,
                intervals,
                new Rhythm(new Random()),
                new AuthEvents(),
                meters,
                new UpstreamAlerts(alerts, drift, clock),
                clock);
    }

    private void bindTasks(Registry beans) {
        WalkSettings walk = new WalkSettings(
                settings.integer("poll.tasks.page-size"),
                settings.duration("poll.sweep"),
                settings.duration("poll.sweep-age"),
                settings.text("start-from").equals("beginning"),
                settings.flag("events.details"));
        Content content = Content.of(settings.text("events.content"));
        TurnEvents turns = new TurnEvents(links, content, settings.integer("events.max-diff-bytes"));
        Onlooker onlooker = new TaskAlerts(alerts, links);
        Duration outOfSight = settings.duration("poll.tasks.active").multipliedBy(4);
        beans.bind("taskWalks", new TaskWalks(walk, observer, turns, new TaskSnapshots(links), onlooker, clock));
        beans.bind("taskTurns", new TaskTurns(observer));
        beans.bind("taskAttempts", new TaskAttempts(new AttemptsEvents(links, content), observer));
        beans.bind("overdueTasks", new OverdueTasks(outOfSight, onlooker));
        beans.bind("changesOfPage", new ChangesOfPage());
    }

    private UsagePoll usagePoll(UsageMeters quotas) {
        return new UsagePoll(
                (account, proposal) -> shards.of(account)
                        .map(shard ->
                                shard.read(known -> proposal.against(known).isNothing()))
                        .orElse(true),
                new UsageReader(observer::seen),
                UsageRules.of(settings.longs("alerts.usage-thresholds")),
                quotas,
                clock);
    }
}
