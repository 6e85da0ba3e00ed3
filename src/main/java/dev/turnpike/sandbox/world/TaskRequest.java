package dev.turnpike.sandbox.world;

/**
 * What a new task is to be. {@link #plain} gives the usual one; the {@code with…} methods change a single thing.
 *
 * @param account an account's short name
 * @param environmentId an environment's id
 * @param branch the base branch
 * @param prompt null takes one from the stories
 * @param title the title once generated; null derives it from the prompt
 * @param attempts 1 to 4
 * @param question asked in qa mode: an answer, no diff
 */
public record TaskRequest(
        String account,
        String environmentId,
        String branch,
        String prompt,
        String title,
        int attempts,
        boolean question) {

    /** One attempt at a change of a well-known environment by the first account. */
    public static TaskRequest plain() {
        return new TaskRequest("a1", SandboxEnvironment.all().get(0).id(), "main", null, null, 1, false);
    }

    public TaskRequest withAccount(String name) {
        return new TaskRequest(name, environmentId, branch, prompt, title, attempts, question);
    }

    public TaskRequest withEnvironment(String id) {
        return new TaskRequest(account, id, branch, prompt, title, attempts, question);
    }

    public TaskRequest withPrompt(String text) {
        return new TaskRequest(account, environmentId, branch, text, title, attempts, question);
    }

    public TaskRequest withTitle(String text) {
        return new TaskRequest(account, environmentId, branch, prompt, text, attempts, question);
    }

    public TaskRequest withAttempts(int count) {
        return new TaskRequest(account, environmentId, branch, prompt, title, count, question);
    }

    public TaskRequest asQuestion() {
        return new TaskRequest(account, environmentId, branch, prompt, title, attempts, true);
    }
}
