package dev.turnpike.commands;

import java.util.List;
import java.util.Map;

/**
 * The fields of an environment that are read; its variables and secrets are not.
 *
 * @param label null where it has none
 * @param repositories {@code owner/repo}
 * @param defaultBranches by repository, of those for which upstream names one
 */
public record Environment(String id, String label, List<String> repositories, Map<String, String> defaultBranches) {
    /** Where upstream names no branch for any repository. */
    private static final String USUAL_BRANCH = "main";

    public Environment {
        repositories = List.copyOf(repositories);
        defaultBranches = Map.copyOf(defaultBranches);
    }

    /**
     * The branch to begin from: the wanted one, else the default branch that the repositories share.
     *
     * @param wanted null or blank for the default
     * @throws CommandRejectedException when the repositories have different default branches
     */
    public String branch(String wanted) {
        if (wanted != null && !wanted.isBlank()) {
            return wanted.strip();
        }
        List<String> branches =
                defaultBranches.values().stream().distinct().sorted().toList();
        if (branches.size() > 1) {
            throw CommandRejectedException.among(
                    "ambiguous-branch",
                    "the repositories of environment " + described() + " have different default branches",
                    "a branch: --branch at a terminal, branch in a command",
                    branches);
        }
        return branches.isEmpty() ? USUAL_BRANCH : branches.get(0);
    }

    /** Whether this is its id, or, in any case, its label or one of its repositories. */
    boolean isCalled(String name) {
        return id.equals(name)
                || name.equalsIgnoreCase(label)
                || repositories.stream().anyMatch(name::equalsIgnoreCase);
    }

    /** For people. */
    public String described() {
        String more = label == null || repositories.contains(label) ? "" : label;
        String repository = String.join(" ", repositories);
        return (id + " " + more + (more.isEmpty() || repository.isEmpty() ? "" : " ") + repository).strip();
    }
}
