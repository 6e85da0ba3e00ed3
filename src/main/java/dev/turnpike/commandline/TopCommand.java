package dev.turnpike.commandline;

import dev.turnpike.board.BoardReader;
import dev.turnpike.board.BoardSnapshot;
import dev.turnpike.board.Pipeline;
import dev.turnpike.commandline.output.RedrawnTerminal;
import dev.turnpike.commandline.output.TopScreen;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.commandline.program.StopSignal;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.runtime.TurnpikeVersion;
import dev.turnpike.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The board in a terminal, read from the topics like the page. */
@Command(
        name = "top",
        description = "Show the board in a terminal: what needs a person, what runs, what ended, quota and"
                + " pipeline. Reads only the topics; quit with q or Ctrl-C. Without a terminal it prints once.")
final class TopCommand extends ProgramCommand {
    /** After this long without a record, reading counts as failed. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final Duration LEAST_INTERVAL = Duration.ofMillis(200);
    /** Pause between two questions to Kafka about the pipeline. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(15, TimeUnit.SECONDS);

    @Option(names = "--once", description = "Print once, when the topics have been read, and exit.")
    private boolean once;

    @Option(names = "--json", description = "Print once as one line of JSON, like /api/state of the board.")
    private boolean json;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "2s",
            description = "Interval between redraws; default: ${DEFAULT-VALUE}.")
    private Duration interval;

    @Override
    public Integer call() throws InterruptedException {
        if (interval.compareTo(LEAST_INTERVAL) < 0) {
            throw wrong("--interval must be 200ms or more");
        }
        Settings settings = load();
        String brokers = SinkKafkaAccess.brokers(settings);
        Map<String, String> properties = new HashMap<>(settings.kafkaProperties());
        // a broker that does not answer is reported after seconds, not a minute
        properties.putIfAbsent("default.api.timeout.ms", "10000");
        KafkaClients clients = new KafkaClients(brokers, properties);
        String prefix = settings.text("topics.prefix");
        Pipeline pipeline = new Pipeline(clients, prefix, TurnpikeVersion::text);
        TopScreen screen = new TopScreen(program.screen(), ZoneId.systemDefault(), brokers, prefix);
        if (once || json || !program.movesCursor()) {
            try (BoardReader reader = BoardReader.start(clients, prefix, false, program.clock())) {
                awaitRead(reader, brokers);
                print(reader.snapshot(pipeline.health()), screen);
            }
        } else {
            redraw(clients, prefix, pipeline, screen);
        }
        return ExitCode.OK;
    }

    private void awaitRead(BoardReader reader, String brokers) throws InterruptedException {
        long changes = -1;
        Instant progress = program.clock().instant();
        while (!reader.isCaughtUp()) {
            if (reader.failure() != null) {
                throw unavailable(brokers, reader.failure());
            }
            Instant now = program.clock().instant();
            if (reader.changes() != changes) {
                changes = reader.changes();
                progress = now;
            } else if (progress.plus(TIMEOUT).isBefore(now)) {
                throw unavailable(brokers, "no record was read for " + TIMEOUT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static CommandFailedException unavailable(String brokers, String reason) {
        return CommandFailedException.unavailable("the topics at " + brokers + " cannot be read: " + reason
                + "; check kafka.brokers and topics.prefix, or start ./turnpike run, which starts the"
                + " embedded broker");
    }

    private void print(BoardSnapshot snapshot, TopScreen screen) {
        if (json) {
            out.println(snapshot.json());
        } else {
            screen.whole(snapshot).forEach(out::println);
        }
    }

    private void redraw(KafkaClients clients, String prefix, Pipeline pipeline, TopScreen screen)
            throws InterruptedException {
        CompletableFuture<Pipeline.Health> asked = CompletableFuture.supplyAsync(pipeline::health);
        Pipeline.Health health = null;
        try (StopSignal stop = new StopSignal();
                BoardReader reader = BoardReader.start(clients, prefix, false, program.clock());
                RedrawnTerminal terminal = new RedrawnTerminal(program.verbatim(), program.screen(), stop::request)) {
            do {
                if (asked.isDone()) {
                    health = asked.join();
                    asked = CompletableFuture.supplyAsync(pipeline::health, LATER);
                }
                RedrawnTerminal.Size size = terminal.size();
                terminal.draw(screen.fitting(reader.snapshot(health), reader.failure(), size.columns(), size.rows()));
            } while (!stop.await(interval));
        } catch (CompletionException e) {
            throw new IllegalStateException("The pipeline's state cannot be read", e.getCause());
        }
    }
}
