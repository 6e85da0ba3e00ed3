package dev.turnpike.commands;

import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.shard.JsonLog;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.usage.QuotaRule;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.Registry;
import org.apache.kafka.common.TopicPartition;

/** Puts the parts together: the steps that {@code routes/commands.camel.yaml} names, and what feeds the route. */
public final class Commands {
    private final Claims claims = new Claims();
    private final Timings timings;
    private final CommandMeters meters;
    private final Clock clock;

    public Commands(Timings timings, CommandMeters meters, Clock clock) {
        this.timings = timings;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Binds {@code commandChecks}, {@code commandAttempts} and {@code commandOutcomes}.
     *
     * @param quota whether the usage allows work
     * @param maxRunning tasks per account, 0 for no limit
     */
    public void bind(Registry beans, CommandAccounts accounts, CodexCalls calls, QuotaRule quota, int maxRunning) {
        LatestTasks latest = new LatestTasks(calls);
        TaskLookup lookup = new TaskLookup(calls);
        RunningLimit limit = new RunningLimit(maxRunning, latest, claims, timings);
        beans.bind("commandChecks", new CommandChecks(accounts, new QuotaGate(quota), limit, claims, timings, clock));
        beans.bind(
                "commandAttempts",
                new CommandAttempts(new TaskFinder(latest, lookup), new TurnFinder(lookup), claims, timings, clock));
        beans.bind("commandOutcomes", new CommandOutcomes(timings));
    }

    /** The consumer, not yet started, that feeds {@code direct:command}. */
    public CommandConsumer consumer(KafkaClients clients, Topics topics, TaskLinks links, ProducerTemplate template) {
        CommandReplies replies = new CommandReplies(topics.prefix(), links);
        AtomicReference<CommandConsumer> consumer = new AtomicReference<>();
        consumer.set(new CommandConsumer(clients, topics.named("commands"), partition -> {
            CommandPauses pauses = new CommandPauses();
            JsonLog log =
                    new JsonLog(clients, new TopicPartition(topics.named("command-log"), partition.partition()));
            CommandJournal journal =
                    new CommandJournal(log, partition, () -> consumer.get().group(), pauses);
            CommandLooks looks = new CommandLooks(run -> look(template, run), timings, pauses, clock);
            return new CommandPartition(partition, desk(journal, looks, replies), pauses, clock);
        }));
        return consumer.get();
    }

    private CommandDesk desk(CommandJournal journal, CommandLooks looks, CommandReplies replies) {
        CommandAnswers answers = new CommandAnswers(journal, replies, meters);
        UnfinishedCommands unfinished = new UnfinishedCommands(journal, claims, clock);
        return new CommandDesk(
                unfinished,
                new CommandIntake(journal, answers, unfinished, clock),
                looks,
                new Settlement(answers, unfinished, claims, new Deferrals(timings.patience()), clock));
    }

    private static void look(ProducerTemplate template, CommandRun run) {
        Exchange exchange =
                template.send("direct:command", looked -> looked.getMessage().setBody(run));
        Exception failure = exchange.getException();
        if (failure == null) {
            return;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OwnershipLostException lost) {
                throw lost;
            }
        }
        throw failure instanceof RuntimeException known
                ? known
                : new IllegalStateException("The command route failed: " + failure.getMessage(), failure);
    }
}
