package dev.turnpike.credentials;

/**
 * The account that credentials belong to.
 *
 * @param account workspace id + {@code /} + user id: two members of one team are two accounts
 * @param plan the plan named in the id token, null when unknown
 */
public record Identity(String account, String plan) {}
