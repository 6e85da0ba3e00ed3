package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Fields;
import dev.turnpike.codex.UpstreamException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The environments of an account, and how a command names one. */
public record Environments(List<Environment> all) {
    private static final int MOST_CANDIDATES = 20;
    private static final int LONGEST_LABEL = 256;

    /**
     * The fields of an environment that are read; its variables and secrets are not.
     *
     * @param label null where it has none
     * @param repositories {@code owner/repo}
     * @param defaultBranches those that upstream names, each once, sorted
     * @param isBranchKnown false where upstream names the default branch of some of its repositories only
     */
    public record Environment(
            String id, String label, List<String> repositories, List<String> defaultBranches, boolean isBranchKnown) {
        /** Default branch where upstream names none. */
        private static final String USUAL_BRANCH = "main";

        /** What {@code git check-ref-format} rejects: the task would be started, and fail as it clones. */
        private static final Pattern NO_BRANCH =
                Pattern.compile("[\\s\\p{Cntrl}~^:?*\\[\\\\]|\\.\\.|//|@\\{|^[-/]|[./]$|\\.lock(/|$)|(^|/)\\.");

        public Environment {
            repositories = List.copyOf(repositories);
            defaultBranches = List.copyOf(defaultBranches);
        }

        /**
         * The branch to start from: the requested one, else the common default branch of the repositories.
         *
         * @param wanted null or blank for the default
         * @throws CommandRejectedException when the repositories have, or may have, different default branches
         */
        public String branch(String wanted) {
            if (wanted != null && !wanted.isBlank()) {
                if (NO_BRANCH.matcher(wanted.strip()).find()) {
                    throw new CommandRejectedException(
                            "malformed",
                            "the branch \"" + wanted.strip().replaceAll("\\p{Cntrl}", "?") + "\" can be none",
                            "a name that git accepts: without blanks and any of ~ ^ : ? * [ \\, without a dash at its"
                                    + " beginning");
                }
                return wanted.strip();
            }
            if (defaultBranches.size() > 1 || !isBranchKnown) {
                throw CommandRejectedException.among(
                        "ambiguous-branch",
                        isBranchKnown
                                ? "the repositories of environment " + described() + " have different default branches"
                                : "only some repositories of environment " + described() + " name a default branch",
                        "a branch: --branch at a terminal, branch in a command",
                        defaultBranches);
            }
            return defaultBranches.isEmpty() ? USUAL_BRANCH : defaultBranches.get(0);
        }

        /** Whether this is its id, or, in any case, its label or one of its repositories. */
        boolean isCalled(String name) {
            return id.equals(name) || isLabelled(name) || repositories.stream().anyMatch(name::equalsIgnoreCase);
        }

        private boolean isLabelled(String name) {
            return label != null && normal(name).equalsIgnoreCase(normal(label));
        }

        public String described() {
            String more = label == null || repositories.contains(label) ? "" : label;
            String repository = String.join(" ", repositories);
            return (id + " " + more + (more.isEmpty() || repository.isEmpty() ? "" : " ") + repository).strip();
        }
    }

    public Environments {
        all = List.copyOf(all);
    }

    /**
     * From the reply to {@code GET environments}, a bare array; an entry without an id is left out, as is a second one of it.
     *
     * @throws UpstreamException when the reply is no array
     */
    public static Environments read(JsonNode reply) {
        if (!reply.isArray()) {
            throw UpstreamException.malformed("GET /environments: the reply is no array");
        }
        Map<String, Environment> all = new LinkedHashMap<>();
        for (JsonNode entry : reply) {
            String id = id(entry.path("id"));
            if (id != null) {
                all.putIfAbsent(id, environment(id, new Fields(entry)));
            }
        }
        return new Environments(new ArrayList<>(all.values()));
    }

    /** A task names its environment as text, also where the list has a number. */
    private static String id(JsonNode id) {
        boolean usable =
                id.isIntegralNumber() || (id.isTextual() && !id.textValue().isBlank());
        return usable ? id.asText() : null;
    }

    private static Environment environment(String id, Fields environment) {
        List<String> repositories = new ArrayList<>();
        // an entry without a name is another repository each time
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> branches = new TreeSet<>();
        JsonNode map = environment.object().path("repo_map");
        for (JsonNode entry : map) {
            Fields repository = new Fields(entry);
            String name = repository.text("repository_full_name");
            String key = name == null ? " " + all.size() : name;
            if (all.add(key) && name != null) {
                repositories.add(name);
            }
            String branch = repository.text("default_branch");
            if (branch != null) {
                named.add(key);
                branches.add(branch.strip().replaceFirst("^refs/heads/", ""));
            }
        }
        boolean isWhole = environment.object().path("repos").size() <= map.size() && named.containsAll(all);
        return new Environment(
                id,
                environment.text("label", LONGEST_LABEL),
                repositories,
                List.copyOf(branches),
                branches.isEmpty() || isWhole);
    }

    /**
     * The environment of that id, else of that label, else of that repository, the latter two in any case.
     *
     * @throws CommandRejectedException when there is none, or more than one
     */
    public Environment named(String name) {
        String wanted = name.strip();
        for (Predicate<Environment> rule : List.<Predicate<Environment>>of(
                environment -> environment.id().equals(wanted),
                environment -> environment.isLabelled(wanted),
                environment -> environment.repositories().stream().anyMatch(wanted::equalsIgnoreCase))) {
            List<Environment> found = all.stream().filter(rule).toList();
            if (found.size() == 1) {
                return found.get(0);
            }
            if (found.size() > 1) {
                throw CommandRejectedException.among(
                        "ambiguous-environment",
                        "environment \"" + wanted + "\" is the name of " + found.size() + " environments",
                        "the id of one of the candidates",
                        described(found));
            }
        }
        throw CommandRejectedException.among(
                "unknown-environment",
                "environment \"" + wanted + "\" is no id, label or repository of this account's environments",
                all.isEmpty()
                        ? "create an environment in the Codex settings first"
                        : "the id, label or repository of one of the candidates",
                described(all));
    }

    /** Keyboards write letters and their marks together, some programs apart. */
    private static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static List<String> described(List<Environment> environments) {
        return environments.stream()
                .limit(MOST_CANDIDATES)
                .map(Environment::described)
                .toList();
    }
}
