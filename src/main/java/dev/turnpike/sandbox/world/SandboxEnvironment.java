package dev.turnpike.sandbox.world;

import java.util.List;

/**
 * An environment with its repository.
 *
 * @param id 32 hex digits, the same in every sandbox so that commands can be written down
 * @param label what people see, usually the repository
 * @param repository {@code owner/name}
 * @param repositoryId GitHub's number
 */
public record SandboxEnvironment(String id, String label, String repository, int repositoryId, boolean pinned) {

    public static List<SandboxEnvironment> all() {
        return List.of(
                new SandboxEnvironment(id(1), "acme/checkout", "acme/checkout", 1001, true),
                new SandboxEnvironment(id(2), "acme/storefront", "acme/storefront", 1002, true),
                new SandboxEnvironment(id(3), "platform (go)", "acme/platform", 1003, false),
                new SandboxEnvironment(id(4), "acme/ranking", "acme/ranking", 1004, false),
                new SandboxEnvironment(id(5), "acme/docs", "acme/docs", 1005, false));
    }

    static SandboxEnvironment of(String id) {
        return all().stream()
                .filter(known -> known.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new World.UnknownThingException("environment", id));
    }

    public String owner() {
        return repository.substring(0, repository.indexOf('/'));
    }

    public String name() {
        return repository.substring(repository.indexOf('/') + 1);
    }

    private static String id(int number) {
        return "e%031d".formatted(number);
    }
}
