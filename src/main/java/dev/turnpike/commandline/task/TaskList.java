package dev.turnpike.commandline.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commands.ListedTasks;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the account's tasks. */
@Command(name = "list", description = "List the latest tasks, most recently changed first.")
final class TaskList extends TaskCall {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT);

    @Option(names = "--limit", paramLabel = "N", description = "Maximum number of tasks, from 1 to 1000; default 20.")
    private int limit = 20;

    @Override
    int run() {
        checkRange("--limit", limit, 1, 1000);
        List<Task> tasks = tasks();
        if (json) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            tasks.forEach(task -> all.add(json(task)));
            print(all);
        } else if (tasks.isEmpty()) {
            out.println("no tasks");
        } else {
            tasks.forEach(task -> out.println(line(task)));
        }
        return ExitCode.OK;
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        TaskReader reader = new TaskReader(DriftObserver.NONE);
        ListedTasks pages = new ListedTasks(connection, account);
        while (tasks.size() < limit && pages.hasNext()) {
            for (JsonNode item : pages.next().items()) {
                try {
                    tasks.add(reader.read(item));
                } catch (MalformedItemException e) {
                    err.println("turnpike: failed to read a task: " + e.getMessage());
                }
            }
        }
        return tasks.subList(0, Math.min(limit, tasks.size()));
    }

    private String line(Task task) {
        String time = task.updatedAt() == null
                ? ""
                : TIME.format(LocalDateTime.ofInstant(task.updatedAt(), ZoneId.systemDefault()));
        String status = painted(task)
                + " ".repeat(Math.max(0, 11 - task.latest().status().label().length()));
        String title = task.title() == null ? "" : DisplayText.plain(task.title());
        int room = program.screen().isTerminal() ? Math.max(20, program.screen().columns() - 85) : Integer.MAX_VALUE;
        return (DisplayText.left(time, 11) + "  " + status + "  " + DisplayText.plain(task.id()) + "  "
                        + DisplayText.right(changed(task), 11) + "  "
                        + DisplayText.cut(title, room))
                .stripTrailing();
    }
}
