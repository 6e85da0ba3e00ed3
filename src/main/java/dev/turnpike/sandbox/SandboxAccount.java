package dev.turnpike.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;

/** A signed-in user of a workspace, with the tasks and the usage that are theirs. Guarded by the world's lock. */
final class SandboxAccount {
    /** Short name in control requests and command lines: {@code a1}, {@code a2} and so on. */
    final String name;

    final String id;
    final String userId;
    final String email;
    final String plan;
    final UsageMeter usage;
    final Map<String, SandboxTask> tasks = new LinkedHashMap<>();

    SandboxAccount(String name, String id, String userId, String plan, UsageMeter usage) {
        this.name = name;
        this.id = id;
        this.userId = userId;
        this.email = Bait.mark("EMAIL") + "_" + name + "@example.test";
        this.plan = plan;
        this.usage = usage;
    }
}
