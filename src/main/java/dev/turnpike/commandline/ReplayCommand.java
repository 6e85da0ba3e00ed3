package dev.turnpike.commandline;

import dev.turnpike.commandline.output.LetterTable;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.events.EventData;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.replay.Letters;
import dev.turnpike.sinks.replay.Letters.Letter;
import dev.turnpike.sinks.replay.Replay;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Delivers dead letters, or all records of a time range, to a sink again. */
@Command(
        name = "replay",
        description = "Deliver dead letters again: all that were not replayed yet, or those named."
                + " With --since and --sink, deliver all turns and alerts since that time to one sink.")
final class ReplayCommand extends ProgramCommand {
    /** Dead letters of commands are not replayed: their sender sends a command again. */
    private static final String COMMANDS = "commands";

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids of dead letters, as dead-letters shows them.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--sink", paramLabel = "NAME", description = "Only for this sink, such as webhook-ci.")
    private String sink;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Replay records written to Kafka since this time, such as 2026-11-22T09:00:00Z; needs --sink.")
    private String since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "With --since: only records written before this time.")
    private String until;

    @Option(names = "--dry-run", description = "Print what would be replayed, and write nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the number of records and their dead letters as one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (since != null && (sink == null || !ids.isEmpty())) {
            throw wrong("--since needs --sink NAME, and takes no ids");
        }
        if (until != null && since == null) {
            throw wrong("--until needs --since");
        }
        Instant from = since == null ? null : instant("--since", since);
        Instant to = until == null ? Instant.MAX : instant("--until", until);
        Settings settings = load();
        List<String> configured = SinkSettings.names(settings);
        if (sink != null) {
            requireConfigured(List.of(sink), configured);
        }
        SinkKafkaAccess kafka = SinkKafkaAccess.of(settings);
        Replay replay = new Replay(kafka.client());
        if (from != null) {
            print(kafka.reach(() -> dryRun ? replay.count(from, to) : replay.between(from, to, sink)), List.of());
            return ExitCode.OK;
        }
        List<Letter> letters = kafka.reach(() -> chosen(kafka));
        requireConfigured(letters.stream().map(Letter::sink).distinct().toList(), configured);
        print(dryRun ? letters.size() : kafka.reach(() -> replay.letters(letters)), letters);
        return ExitCode.OK;
    }

    private void print(int records, List<Letter> letters) {
        if (json) {
            EventData report = EventData.empty().number("records", records).bool("dry_run", dryRun);
            if (since == null) {
                report.list("dead_letters")
                        .addAll(letters.stream().map(LetterTable::json).toList());
            }
            out.println(report.node());
            return;
        }
        if (dryRun && !letters.isEmpty()) {
            new LetterTable(program.screen()).lines(letters).forEach(out::println);
        }
        out.println(
                (records == 1 ? "1 record " : records + " records ") + (dryRun ? "would be replayed." : "replayed."));
    }

    /** A redelivery to a sink that is not configured would never be read. */
    private static void requireConfigured(List<String> wanted, List<String> configured) {
        List<String> missing =
                wanted.stream().filter(name -> !configured.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw CommandFailedException.usage("nothing was replayed: " + SinkCommands.unknown(missing, configured)
                    + "; --sink NAME replays the dead letters of one");
        }
    }

    private Instant instant(String option, String time) {
        try {
            return Instant.parse(time);
        } catch (DateTimeException e) {
            throw wrong(option + " " + time + " must be a time such as 2026-11-22T09:00:00Z");
        }
    }

    private List<Letter> chosen(SinkKafkaAccess kafka) {
        List<Letter> letters = new Letters(kafka.client()).all();
        List<String> unknown = ids.stream()
                .filter(id -> letters.stream().noneMatch(letter -> letter.id().equals(id)))
                .toList();
        if (!unknown.isEmpty()) {
            throw CommandFailedException.usage(
                    "no dead letter " + String.join(", ", unknown) + "; see ./turnpike dead-letters");
        }
        return letters.stream()
                .filter(letter -> sink == null || letter.sink().equals(sink))
                .filter(letter -> ids.isEmpty()
                        ? letter.replayed() == null && !letter.sink().equals(COMMANDS)
                        : ids.contains(letter.id()))
                .toList();
    }
}
