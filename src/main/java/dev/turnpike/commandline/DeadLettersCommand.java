package dev.turnpike.commandline;

import dev.turnpike.commandline.output.LetterTable;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.sinks.replay.Letters;
import dev.turnpike.sinks.replay.Letters.Letter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists dead letters. */
@Command(
        name = "dead-letters",
        description = "List dead letters: records that a sink could not deliver, and that replay delivers again.")
final class DeadLettersCommand extends ProgramCommand {
    @Option(names = "--sink", paramLabel = "NAME", description = "Only dead letters of this sink, such as webhook-ci.")
    private String sink;

    @Option(names = "--json", description = "Print each as one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        SinkKafkaAccess kafka = SinkKafkaAccess.of(load());
        List<Letter> letters = kafka.reach(() -> new Letters(kafka.client()).all()).stream()
                .filter(letter -> sink == null || letter.sink().equals(sink))
                .toList();
        if (json) {
            letters.stream().map(LetterTable::json).forEach(out::println);
        } else if (letters.isEmpty()) {
            out.println("No dead letters.");
        } else {
            new LetterTable(program.screen()).lines(letters).forEach(out::println);
        }
        return ExitCode.OK;
    }
}
