package dev.turnpike.commands;

import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.shard.JsonLog;
import dev.turnpike.usage.QuotaRule;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.Registry;
import org.apache.kafka.common.TopicPartition;

/** Puts the parts together: the steps that {@code routes/commands.camel.yaml} names, and what feeds the route. */
public final class Commands {
    private final Claims claims = new Claims();
    private RunningLimit limit;
    private final Timings timings;
    private final MeterRegistry registry;
    private final Clock clock;

    public Commands(Timings timings, MeterRegistry registry, Clock clock) {
        this.timings = timings;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Binds {@code commandChecks}, {@code commandAttempts} and {@code commandOutcomes}.
     *
     * @param allowed ids, labels or repositories of the environments that commands may use, {@code *} for all
     * @param quota whether the usage allows work
     * @param maxRunning tasks per account, 0 for no limit
     */
    public void bind(
            Registry beans,
            CommandAccounts accounts,
            CodexCalls calls,
            List<String> allowed,
            QuotaRule quota,
            int maxRunning) {
        LatestTasks latest = new LatestTasks(calls);
        TaskLookup lookup = new TaskLookup(calls);
        limit = new RunningLimit(maxRunning, latest, claims, timings, clock);
        beans.bind(
                "commandChecks",
                new CommandChecks(accounts, allowed, new QuotaGate(quota), limit, claims, timings, clock));
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
            JsonLog log = new JsonLog(clients, new TopicPartition(topics.named("command-log"), partition.partition()));
            CommandJournal journal =
                    new CommandJournal(log, partition, () -> consumer.get().group(), pauses);
            CommandExecutor executor = new CommandExecutor(run -> execute(template, run), timings, pauses, clock);
            return new CommandPartition(partition, processor(journal, executor, replies), journal, pauses, clock);
        }));
        return consumer.get();
    }

    private CommandProcessor processor(CommandJournal journal, CommandExecutor executor, CommandReplies replies) {
        CommandAnswers answers = new CommandAnswers(journal, replies, this::count);
        PendingCommands pending = new PendingCommands(journal, claims, clock);
        Settlement settlement = new Settlement(answers, pending, claims, limit, timings.patience(), clock);
        return new CommandProcessor(journal, pending, executor, settlement, answers, clock);
    }

    private static void execute(ProducerTemplate template, CommandRun run) {
        Exchange exchange = template.send(
                "direct:command", executing -> executing.getMessage().setBody(run));
        Exception failure = exchange.getException();
        if (failure == null) {
            return;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (CommandExecutor.isKafkas(cause) && cause instanceof RuntimeException kafkas) {
                throw kafkas;
            }
        }
        throw failure instanceof RuntimeException known
                ? known
                : new IllegalStateException("The command route failed: " + failure.getMessage(), failure);
    }

    /**
     * Counts an answer.
     *
     * @param type {@code task.create}, {@code task.follow-up} or {@code none} for what is no command
     * @param outcome {@code accepted}, {@code rejected}, {@code unknown}, {@code deferred} or {@code malformed}
     */
    private void count(String type, String outcome) {
        Counter.builder("turnpike.commands")
                .description("Answers to commands")
                .tags("type", type, "outcome", outcome)
                .register(registry)
                .increment();
    }
}
