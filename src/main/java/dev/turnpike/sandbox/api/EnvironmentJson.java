package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Bait;
import dev.turnpike.sandbox.world.SandboxEnvironment;
import java.math.BigDecimal;

/** Environments as the service shows them, including secrets. */
final class EnvironmentJson {
    private static final BigDecimal CREATED = BigDecimal.valueOf(176_000_000_025L, 2);

    private EnvironmentJson() {}

    static ObjectNode of(SandboxEnvironment environment, long tasks) {
        String github = "github-" + environment.repositoryId();
        ObjectNode json = SandboxJson.object().put("id", environment.id()).put("label", environment.label());
        json.put("description", "Where " + environment.repository() + " is worked on");
        json.put("is_pinned", environment.pinned());
        json.put("machine_id", "wham-public/wham-universal").put("workspace_dir", "/workspace");
        json.put("task_count", tasks);
        json.putArray("repos").add(github);
        json.put("creator_id", "user-sandbox").put("share_settings", "workspace");
        json.putArray("share_targets");
        json.putObject("agent_network_access").put("mode", "on");
        json.putArray("setup").add("./setup.sh " + Bait.mark("SETUP"));
        json.putArray("maintenance_setup").add("");
        json.putObject("env_vars").put("DATABASE_URL", "postgres://" + Bait.mark("ENV") + "@db/acme");
        json.putObject("secrets").put("NPM_TOKEN", Bait.mark("VAULT"));
        json.put("created_at", CREATED);
        ObjectNode repository = json.putObject("repo_map").putObject(github);
        repository.put("id", Integer.toString(environment.repositoryId())).put("name", environment.name());
        repository
                .putObject("owner")
                .put("login", environment.owner())
                .put("id", 1)
                .put("type", "Organization");
        repository.put("repository_full_name", environment.repository());
        repository.put("clone_url", "https://github.com/" + environment.repository() + ".git");
        repository.put("default_branch", "main").put("visibility", "private");
        return json;
    }
}
