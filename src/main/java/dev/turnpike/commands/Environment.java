package dev.turnpike.commands;

import java.util.List;

/**
 * What is taken of an environment: its variables and secrets stay behind.
 *
 * @param label null where it has none
 * @param repositories {@code owner/repo}
 * @param defaultBranch of its only repository; null where there are several, or upstream does not say
 */
public record Environment(String id, String label, List<String> repositories, String defaultBranch) {
    public Environment {
        repositories = List.copyOf(repositories);
    }

    /** Whether this is its id, or, in any case, its label or one of its repositories. */
    boolean isCalled(String name) {
        return id.equals(name) || name.equalsIgnoreCase(label) || repositories.stream().anyMatch(name::equalsIgnoreCase);
    }

    /** For people. */
    public String described() {
        String more = label == null || repositories.contains(label) ? "" : label;
        String repository = String.join(" ", repositories);
        return (id + " " + more + (more.isEmpty() || repository.isEmpty() ? "" : " ") + repository).strip();
    }
}
