package dev.turnpike.commands;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the records of the commands' topic in: what is no command, or none that is new, goes no further. */
final class CommandIntake {
    private static final Logger log = LoggerFactory.getLogger(CommandIntake.class);

    private final CommandReader reader = new CommandReader();
    private final CommandJournal journal;
    private final CommandAnswers answers;
    private final UnfinishedCommands unfinished;
    private final Clock clock;

    CommandIntake(CommandJournal journal, CommandAnswers answers, UnfinishedCommands unfinished, Clock clock) {
        this.journal = journal;
        this.answers = answers;
        this.unfinished = unfinished;
        this.clock = clock;
    }

    /** A command to be carried out; empty when the record is dealt with. */
    Optional<CommandRun> take(ConsumerRecord<String, byte[]> message) {
        long next = message.offset() + 1;
        TaskCommand command;
        try {
            command = reader.read(message);
        } catch (MalformedCommandException e) {
            answers.malformed(message, e, clock.instant());
            return Optional.empty();
        }
        Optional<CommandState> known = journal.state(command.key());
        if (known.isEmpty()) {
            return Optional.of(CommandRun.fresh(command, clock.instant(), journal, next));
        }
        log.info(
                "A command that is known already is not carried out again command={} stage={}",
                command,
                known.get().stage());
        journal.write(null, List.of(), next);
        if (!known.get().isFinished()) {
            unfinished.remind(command.key());
        }
        return Optional.empty();
    }
}
