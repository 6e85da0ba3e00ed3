package dev.turnpike.commands;

import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.retry.Pauses;
import dev.turnpike.shard.JsonLog;
import dev.turnpike.usage.QuotaRule;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.Registry;
import org.apache.kafka.common.TopicPartition;

/** Wires the steps of {@code routes/commands.camel.yaml} and the consumer that feeds the route. */
public final class Commands {
    private final Claims claims = new Claims();
    private final Timings timings;
    private final BiConsumer<String, String> meters;
    private final Clock clock;
    private RunningLimit limit;

    /**
     * @param meters counts each reply, by the type of the command ({@code task.create}, {@code none} for what is no
     *     command) and its outcome ({@code accepted}, {@code rejected}, {@code unknown}, {@code deferred}, {@code
     *     malformed})
     */
    public Commands(Timings timings, BiConsumer<String, String> meters, Clock clock) {
        this.timings = timings;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Binds {@code commandChecks} and {@code commandAttempts}.
     *
     * @param allowed ids, labels or repositories of the environments that commands may use, {@code *} for all
     * @param quota whether the usage allows work
     * @param maxRunning tasks per account, 0 for no limit
     */
    public void bind(
            Registry beans,
            CommandAccounts accounts,
            CodexClient codex,
            List<String> allowed,
            QuotaRule quota,
            int maxRunning) {
        limit = new RunningLimit(maxRunning, codex, claims, timings, clock);
        beans.bind(
                "commandChecks",
                new CommandChecks(accounts, allowed, new QuotaGate(quota), limit, claims, timings, clock));
        beans.bind("commandAttempts", new CommandAttempts(new AttemptLookup(codex), claims, timings, clock));
    }

    /** The consumer, not yet started, that feeds {@code direct:command}. */
    public CommandConsumer consumer(KafkaClients clients, Topics topics, TaskLinks links, ProducerTemplate template) {
        CommandReplies replies = new CommandReplies(topics.prefix(), links);
        AtomicReference<CommandConsumer> consumer = new AtomicReference<>();
        consumer.set(new CommandConsumer(clients, topics.named("commands"), partition -> {
            Pauses pauses = new Pauses();
            JsonLog log = new JsonLog(
                    clients,
                    new TopicPartition(topics.named("command-log"), partition.partition()),
                    Set.of(topics.named("replies")));
            CommandLog commandLog =
                    new CommandLog(log, partition, () -> consumer.get().group(), pauses);
            CommandProcessor processor = new CommandProcessor(
                    commandLog,
                    new CommandExecutor(run -> execute(template, run), timings, pauses, clock),
                    new OutcomeWriter(commandLog, replies, meters),
                    claims,
                    limit,
                    timings.patience(),
                    clock);
            return new CommandPartition(partition, processor, commandLog, pauses, clock);
        }));
        return consumer.get();
    }

    private static void execute(ProducerTemplate template, CommandRun run) {
        Exception failure = template.send(
                        "direct:command", executing -> executing.getMessage().setBody(run))
                .getException();
        RuntimeException ofKafka = CommandExecutor.cause(failure, CommandExecutor::isOfKafka);
        if (ofKafka != null) {
            throw ofKafka;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("The command route failed: " + failure.getMessage(), failure);
        }
    }
}
