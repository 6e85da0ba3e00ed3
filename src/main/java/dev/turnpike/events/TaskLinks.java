package dev.turnpike.events;

import dev.turnpike.codex.Task;
import java.net.URI;
import java.net.URISyntaxException;

/** Links to tasks, as printed by the Codex CLI: the API's base URL without {@code /backend-api}. */
public final class TaskLinks {
    private static final String API = "/backend-api";

    private final String root;

    /**
     * @param baseUrl the setting {@code codex.base-url}; a user name or query in it never gets into a link
     * @throws IllegalArgumentException when it is no absolute http or https URL
     */
    public TaskLinks(String baseUrl) {
        this.root = root(baseUrl);
    }

    public String of(String taskId) {
        return root + "/codex/tasks/" + EventRecords.encoded(taskId);
    }

    /** The task's page; for a thread, of which no page is known, that of Codex itself. */
    public String of(Task task) {
        return task.isThread() ? root + "/codex" : of(task.id());
    }

    private static String root(String baseUrl) {
        try {
            URI base = new URI(baseUrl);
            if (base.getHost() == null || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
                throw new IllegalArgumentException(
                        "The base URL of the Codex API is not an absolute http or https URL");
            }
            String path = base.getRawPath().replaceAll("/+$", "");
            if (path.endsWith(API)) {
                path = path.substring(0, path.length() - API.length());
            }
            String port = base.getPort() < 0 ? "" : ":" + base.getPort();
            return base.getScheme() + "://" + base.getHost() + port + path;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The base URL of the Codex API is not a URL: " + e.getReason(), e);
        }
    }
}
