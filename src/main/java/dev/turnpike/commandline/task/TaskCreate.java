package dev.turnpike.commandline.task;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commands.Environments;
import dev.turnpike.commands.Environments.Environment;
import dev.turnpike.events.ChangedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts a task. */
@Command(
        name = "create",
        description = "Start a task and print its address. With --wait, exits with 0 only when it completed.")
final class TaskCreate extends TaskSending {
    @Option(
            names = {"-e", "--environment"},
            required = true,
            paramLabel = "ENVIRONMENT",
            description = "Id, label or owner/repo of the environment.")
    private String environment;

    @Option(
            names = {"-b", "--branch"},
            paramLabel = "BRANCH",
            description = "Branch to start from; default: the environment's default branch.")
    private String branch;

    @Option(names = "--attempts", paramLabel = "N", description = "Number of attempts (best of N), 1 to 4; default 1.")
    private int attempts = 1;

    @Option(names = "--starting-diff", paramLabel = "FILE", description = "File with a unified diff to start with.")
    private Path startingDiff;

    @Override
    int run() {
        checkRange("--attempts", attempts, 1, 4);
        String prompt = prompt(words);
        String diff = startingDiff == null ? null : read(startingDiff);
        Environment resolved = Environments.read(get("environments").json()).named(environment);
        String from = resolved.branch(branch);
        checkUsage();
        return send(account.create(resolved.id(), from, prompt, ask, attempts, diff));
    }

    private static String read(Path file) {
        try {
            String diff = decoded(Files.readAllBytes(file));
            if (new ChangedFiles(diff, 1).count() == 0) {
                throw CommandFailedException.usage("--starting-diff " + file
                        + ": holds no change of a file; must be a unified diff, as git diff prints it");
            }
            return diff;
        } catch (IOException e) {
            throw CommandFailedException.usage("--starting-diff " + file + ": cannot be read as text: "
                    + e.getClass().getSimpleName());
        }
    }
}
