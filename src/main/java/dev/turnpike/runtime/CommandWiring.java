package dev.turnpike.runtime;

import dev.turnpike.codex.call.RouteCodexClient;
import dev.turnpike.codex.call.UpstreamFailures;
import dev.turnpike.commands.CommandAccounts;
import dev.turnpike.commands.CommandAccounts.SignIn;
import dev.turnpike.commands.CommandConsumer;
import dev.turnpike.commands.Commands;
import dev.turnpike.commands.CustomPrompts;
import dev.turnpike.commands.Timings;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.settings.Settings;
import dev.turnpike.usage.QuotaRule;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds commands to the runtime: the beans of their route, and the consumer that feeds it. */
final class CommandWiring {
    private static final Logger log = LoggerFactory.getLogger(CommandWiring.class);

    private final Settings settings;
    private final Commands commands;
    private final Clock clock;

    CommandWiring(Settings settings, MeterRegistry registry, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.commands = new Commands(timings(settings), (type, outcome) -> count(registry, type, outcome), clock);
    }

    private static void count(MeterRegistry registry, String type, String outcome) {
        Counter.builder("turnpike.commands")
                .description("Replies to commands")
                .tags("type", type, "outcome", outcome)
                .register(registry)
                .increment();
    }

    private static Timings timings(Settings settings) {
        Duration call = settings.duration("codex.call-deadline");
        return new Timings(
                settings.duration("poll.tasks.active"),
                call.plus(call.dividedBy(2)),
                settings.duration("commands.patience"));
    }

    /** Binds the beans of routes/commands.camel.yaml, before the routes are loaded. */
    void bind(CamelContext context, List<SignInSlot> slots) {
        commands.bind(
                context.getRegistry(),
                accounts(settings, slots),
                new RouteCodexClient(context, new UpstreamFailures(clock)),
                settings.list("commands.environments"),
                new QuotaRule(settings.flag("commands.use-credits")),
                settings.integer("commands.max-running"));
    }

    /** Creates the consumer, to be started after the routes. */
    CommandConsumer consumer(CamelContext context, KafkaClients clients, Topics topics, TaskLinks links) {
        return commands.consumer(clients, topics, links, context.createProducerTemplate());
    }

    /** Whether commands are enabled and their route file is there. */
    void start(CamelContext context, CommandConsumer consumer) {
        if (!settings.flag("commands.enabled")) {
            log.info("Commands disabled: commands.enabled is false");
        } else if (context.getRoute("command") == null) {
            log.info("Commands disabled: the routes folder has no route command");
        } else {
            consumer.start();
        }
    }

    /** The sign-ins, each with the prompts folder next to its file. */
    static CommandAccounts accounts(Settings settings, List<SignInSlot> slots) {
        List<Path> files = settings.paths("codex.auth-files");
        List<SignIn> signIns = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            // a token has no folder; that of the first file is where the CLI has its prompts
            Path home =
                    files.get(Math.min(i, files.size() - 1)).toAbsolutePath().getParent();
            signIns.add(new SignIn(slots.get(i).credentials(), new CustomPrompts(home.resolve("prompts"))));
        }
        return new CommandAccounts(signIns);
    }
}
