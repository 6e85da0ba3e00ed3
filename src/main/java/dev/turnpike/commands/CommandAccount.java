package dev.turnpike.commands;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Credentials;
import java.util.List;
import java.util.Map;

/**
 * The account a command is carried out with.
 *
 * @param id workspace and user
 * @param prompts the custom prompts beside its sign-in
 */
public record CommandAccount(String id, Credentials credentials, CustomPrompts prompts) {

    /** Asks for something of the account. */
    public CodexRequest get(String... path) {
        return CodexRequest.get(credentials, id, path);
    }

    /** The one request that has Codex work, with a body from {@link TaskBodies}. */
    public CodexRequest send(String body) {
        return new CodexRequest(credentials, id, "POST", List.of("tasks"), Map.of(), body);
    }

    @Override
    public String toString() {
        return id;
    }
}
