package dev.turnpike.commands;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tracks which commands this process is executing and which tasks were attributed to a command. Two commands with the
 * same prompt are never executed at the same time, since their tasks could not be distinguished. Other instances have
 * claims of their own.
 */
final class Claims {
    private static final int REMEMBERED = 10_000;

    private record Words(String account, String what) {}

    private final Map<Words, TaskCommand.Key> trying = new HashMap<>();
    private final Set<String> taken = new LinkedHashSet<>();

    /**
     * Claims a prompt.
     *
     * @param what the prompt, and for a follow-up the turn
     * @return false while another command has it
     */
    synchronized boolean claim(String account, String what, TaskCommand.Key command) {
        TaskCommand.Key holder = trying.putIfAbsent(new Words(account, what), command);
        return holder == null || holder.equals(command);
    }

    synchronized void release(TaskCommand.Key command) {
        trying.values().removeIf(command::equals);
    }

    /** How many other commands of the account are being executed. */
    synchronized int othersOf(String account, TaskCommand.Key command) {
        return (int) trying.entrySet().stream()
                .filter(entry -> entry.getKey().account().equals(account)
                        && !entry.getValue().equals(command))
                .count();
    }

    /** Attributes the task, or turn of a task, to a command. */
    synchronized void take(String id) {
        if (taken.add(id) && taken.size() > REMEMBERED) {
            taken.remove(taken.iterator().next());
        }
    }

    synchronized boolean isTaken(String id) {
        return taken.contains(id);
    }
}
