package dev.turnpike.commands;

import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.CredentialsUnavailableException;
import java.util.ArrayList;
import java.util.List;

/** The accounts that commands can name. */
public record CommandAccounts(List<SignIn> signIns) {
    /** A configured sign-in and the custom prompts next to its file. */
    public record SignIn(Credentials credentials, CustomPrompts prompts) {}

    public CommandAccounts {
        signIns = List.copyOf(signIns);
    }

    /**
     * The account with this id, or the only one.
     *
     * @param wanted null where the sender names none
     * @throws CommandRejectedException when there is none of that id, or none is named and there are several
     * @throws AuthRequiredException when a person has to sign in before that can be said
     * @throws CredentialsUnavailableException when that cannot be said just now
     */
    public CommandAccount named(String wanted) {
        List<CommandAccount> all = new ArrayList<>();
        RuntimeException trouble = null;
        for (SignIn signIn : signIns) {
            try {
                CommandAccount account = new CommandAccount(
                        signIn.credentials().identity().account(), signIn.credentials(), signIn.prompts());
                if (account.id().equals(wanted)) {
                    return account;
                }
                all.add(account);
            } catch (AuthRequiredException | CredentialsUnavailableException e) {
                trouble = e;
            }
        }
        if (trouble != null) {
            throw trouble;
        }
        List<String> ids = all.stream().map(CommandAccount::id).toList();
        if (wanted != null) {
            throw CommandRejectedException.among(
                    "unknown-account",
                    "account \"" + wanted + "\" is not signed in here",
                    "one of the candidates",
                    ids);
        }
        if (all.size() != 1) {
            throw CommandRejectedException.among(
                    "account-needed",
                    all.isEmpty() ? "no account is signed in here" : "there are " + all.size() + " accounts",
                    "account: one of the candidates",
                    ids);
        }
        return all.get(0);
    }
}
