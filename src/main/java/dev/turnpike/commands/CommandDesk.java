package dev.turnpike.commands;

import dev.turnpike.shard.DoubtfulCommitException;
import dev.turnpike.shard.RefusedForGoodException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The commands of one partition: takes new ones, looks at those whose time has come, and has what a look comes to
 * settled. Used by one thread.
 */
final class CommandDesk {
    private final UnfinishedCommands unfinished;
    private final CommandIntake intake;
    private final CommandLooks looks;
    private final Settlement settlement;

    CommandDesk(UnfinishedCommands unfinished, CommandIntake intake, CommandLooks looks, Settlement settlement) {
        this.unfinished = unfinished;
        this.intake = intake;
        this.looks = looks;
        this.settlement = settlement;
    }

    /** Opens the log where that is needed, and plans for what it left unfinished. */
    void open() {
        unfinished.open();
    }

    /** The time of the next look; empty when nothing waits. */
    Optional<Instant> next() {
        return unfinished.next();
    }

    /** Looks at one command whose time has come; false when there is none. */
    boolean lookAtDue() {
        Optional<CommandRun> due = unfinished.due();
        due.ifPresent(this::carryOn);
        return due.isPresent();
    }

    /** Takes a record of the commands' topic. */
    void take(ConsumerRecord<String, byte[]> message) {
        intake.take(message).ifPresent(this::begin);
    }

    private void begin(CommandRun run) {
        unfinished.takeInHand(run);
        try {
            carryOn(run);
        } catch (DoubtfulCommitException e) {
            if (run.isLogged() || !RefusedForGoodException.isTooLarge(e)) {
                throw e;
            }
            settlement.settle(
                    run,
                    new Outcome.Rejected(new CommandRejectedException(
                            "too-large",
                            "Kafka does not take so large a record in the command log",
                            "a smaller command")));
        }
    }

    /** Whatever breaks off here, a command that may have been sent is only looked for from then on. */
    private void carryOn(CommandRun run) {
        try {
            looks.at(run).ifPresent(outcome -> settlement.settle(run, outcome));
        } catch (RuntimeException e) {
            if (run.attempt().isUnderWay()) {
                run.doubted();
            }
            throw e;
        }
    }

    /** The partition goes to somebody else: nothing of it is tried here any more. */
    void close() {
        unfinished.close();
    }
}
