package dev.turnpike.doctor;

import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;
import dev.turnpike.settings.Settings;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * One configured account as {@code doctor} checks it. The suppliers throw {@link
 * dev.turnpike.credentials.AuthRequiredException} when a person has to sign in again, {@link
 * dev.turnpike.credentials.CredentialsUnavailableException} when there is no valid token at the moment, and a call {@link
 * dev.turnpike.codex.UpstreamException} for every other failure.
 *
 * @param where origin of its credentials: a file's path, or {@code codex.access-token}
 * @param signIn its account, without any call but the whoami that a personal access token needs
 * @param usage makes one usage call: the plan and its windows in a few words
 * @param environments makes one call: how many environments the API lists
 * @param threads makes two calls that show whether threads of the new Codex cloud can be read; reports every failure
 */
public record AccountProbe(
        String where,
        Supplier<SignIn> signIn,
        Supplier<String> usage,
        IntSupplier environments,
        Supplier<ThreadsReport> threads) {

    /** Account and state of credentials. */
    public record SignIn(Identity identity, Credentials.Status status) {}

    @FunctionalInterface
    public interface Source {
        /**
         * Opens all accounts while they are checked.
         *
         * @param refresh whether a token that has ended may be refreshed, as the runtime would: that spends a refresh token
         */
        void open(Settings settings, boolean refresh, Consumer<List<AccountProbe>> checks);
    }
}
