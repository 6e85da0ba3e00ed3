package dev.turnpike.commands;

import dev.turnpike.credentials.Credentials;

/**
 * The account a command is carried out with.
 *
 * @param id workspace and user
 * @param prompts the custom prompts beside its sign-in
 */
public record CommandAccount(String id, Credentials credentials, CustomPrompts prompts) {
    @Override
    public String toString() {
        return id;
    }
}
