package dev.turnpike.commands;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tracks which commands this process is executing and which tasks were attributed to a command. Two commands with the
 * same prompt are never executed at the same time, since their tasks could not be distinguished. Other instances have
 * claims of their own.
 */
final class Claims {
    private static final int REMEMBERED = 10_000;

    private record Prompt(String account, String text) {}

    private final Map<Prompt, TaskCommand.Key> inProgress = new HashMap<>();
    private final Map<String, String> attributed = new LinkedHashMap<>();

    /**
     * Claims a prompt.
     *
     * @param prompt for a follow-up with the task that it continues
     * @return false while another command has it
     */
    synchronized boolean claim(String account, String prompt, TaskCommand.Key command) {
        TaskCommand.Key holder = inProgress.putIfAbsent(new Prompt(account, prompt), command);
        return holder == null || holder.equals(command);
    }

    synchronized void release(TaskCommand.Key command) {
        inProgress.values().removeIf(command::equals);
    }

    /** How many other commands of the account are being executed. */
    synchronized int othersOf(String account, TaskCommand.Key command) {
        return (int) inProgress.entrySet().stream()
                .filter(entry -> entry.getKey().account().equals(account)
                        && !entry.getValue().equals(command))
                .count();
    }

    /**
     * Attributes the task, or turn of a task, to a command.
     *
     * @param attempt that started it; null when its command is finished
     */
    synchronized void attribute(String id, String attempt) {
        if (attributed.containsKey(id)) {
            return; // the first attribution is right: a follow-up without a turn id names its task, too
        }
        attributed.put(id, attempt);
        if (attributed.size() > REMEMBERED) {
            attributed.remove(attributed.keySet().iterator().next());
        }
    }

    /** Whether something else than this attempt is known to have started the task, or turn. */
    synchronized boolean isOthers(String id, String attempt) {
        return attributed.containsKey(id) && !attempt.equals(attributed.get(id));
    }
}
