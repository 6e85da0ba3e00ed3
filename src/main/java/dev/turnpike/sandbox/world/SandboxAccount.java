package dev.turnpike.sandbox.world;

import java.util.LinkedHashMap;
import java.util.Map;

/** A signed-in user of a workspace, with the tasks and the usage that are theirs. Guarded by the world's lock. */
public final class SandboxAccount {
    /** Short name in control requests and command lines: {@code a1}, {@code a2} and so on. */
    public final String name;

    public final String id;
    public final String userId;
    public final String email;
    public final String plan;
    public final UsageMeter usage;
    public final Map<String, SandboxTask> tasks = new LinkedHashMap<>();

    public SandboxAccount(String name, String id, String userId, String plan, UsageMeter usage) {
        this.name = name;
        this.id = id;
        this.userId = userId;
        this.email = "SECRET_EMAIL_9f31_" + name + "@example.test";
        this.plan = plan;
        this.usage = usage;
    }
}
