package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxEnvironment;

/** Environments as the service shows them, including secrets. */
final class EnvironmentJson {
    private EnvironmentJson() {}

    static ObjectNode of(SandboxEnvironment environment, long tasks) {
        String github = "github-" + environment.repositoryId();
        ObjectNode repository = SandboxJson.sample("repository")
                .put("id", Integer.toString(environment.repositoryId()))
                .put("name", environment.name())
                .put("repository_full_name", environment.repository())
                .put("clone_url", "https://github.com/" + environment.repository() + ".git");
        repository.withObject("/owner").put("login", environment.owner());
        ObjectNode json = SandboxJson.sample("environment")
                .put("id", environment.id())
                .put("label", environment.label())
                .put("description", "Where " + environment.repository() + " is worked on")
                .put("is_pinned", environment.pinned())
                .put("task_count", tasks);
        json.putArray("repos").add(github);
        json.putObject("repo_map").set(github, repository);
        return json;
    }
}
