package dev.turnpike.commands;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which commands of this process are being tried, and which tasks were taken for a command's. Two commands with
 * the same prompt are never tried at the same time, since their tasks could not be distinguished.
 * Other instances have claims of their own.
 */
final class Claims {
    private static final int REMEMBERED = 10_000;

    private record Words(String account, String what) {}

    private final Map<Words, CommandKey> trying = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Deque<String> order = new ArrayDeque<>();

    /**
     * Claims the words.
     *
     * @param what the prompt, and for a follow-up the turn
     * @return false while another command has them
     */
    synchronized boolean claim(String account, String what, CommandKey command) {
        CommandKey holder = trying.putIfAbsent(new Words(account, what), command);
        return holder == null || holder.equals(command);
    }

    synchronized void release(CommandKey command) {
        trying.values().removeIf(command::equals);
    }

    /** How many other commands of the account are being tried. */
    synchronized int othersOf(String account, CommandKey command) {
        return (int) trying.entrySet().stream()
                .filter(entry -> entry.getKey().account().equals(account)
                        && !entry.getValue().equals(command))
                .count();
    }

    /** The task, or turn of a task, is a command's. */
    synchronized void take(String id) {
        if (taken.add(id)) {
            order.add(id);
            if (order.size() > REMEMBERED) {
                taken.remove(order.remove());
            }
        }
    }

    synchronized boolean isTaken(String id) {
        return taken.contains(id);
    }
}
