package dev.turnpike.sandbox.world;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The accounts with their tasks, and the environments. Guarded by the world's lock. */
public final class Directory {
    private final Map<String, SandboxAccount> accounts = new LinkedHashMap<>();
    private final Map<String, SandboxEnvironment> environments = new LinkedHashMap<>();

    public Directory() {
        SandboxEnvironment.all().forEach(environment -> environments.put(environment.id(), environment));
    }

    public void add(SandboxAccount account) {
        accounts.put(account.name, account);
    }

    public Collection<SandboxAccount> accounts() {
        return List.copyOf(accounts.values());
    }

    public SandboxAccount account(String name) {
        SandboxAccount account = accounts.get(name);
        if (account == null) {
            throw new UnknownThingException("account", name);
        }
        return account;
    }

    public Collection<SandboxEnvironment> environments() {
        return List.copyOf(environments.values());
    }

    SandboxEnvironment environment(String id) {
        SandboxEnvironment environment = environments.get(id);
        if (environment == null) {
            throw new UnknownThingException("environment", id);
        }
        return environment;
    }

    public SandboxTask task(String id) {
        return accounts.values().stream()
                .map(account -> account.tasks.get(id))
                .filter(task -> task != null)
                .findFirst()
                .orElseThrow(() -> new UnknownThingException("task", id));
    }

    SandboxTurn turn(String turnId) {
        int tilde = turnId.indexOf('~');
        return task(tilde < 0 ? turnId : turnId.substring(0, tilde))
                .turn(turnId)
                .orElseThrow(() -> new UnknownThingException("assistant turn", turnId));
    }

    /** The account's tasks that are no threads, latest change first. */
    public List<SandboxTask> newestFirst(SandboxAccount account) {
        List<SandboxTask> tasks = new ArrayList<>(account.tasks.values());
        tasks.removeIf(SandboxTask::isThread);
        tasks.sort(Comparator.comparing((SandboxTask task) -> task.updatedAt)
                .thenComparing(task -> task.id)
                .reversed());
        return tasks;
    }

    /** A task, turn, account or environment does not exist in this world. */
    public static class UnknownThingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public UnknownThingException(String what, String id) {
            super("no such " + what + ": " + id);
        }
    }
}
