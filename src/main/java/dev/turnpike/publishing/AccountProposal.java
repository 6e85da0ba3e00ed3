package dev.turnpike.publishing;

import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Updates the known state of an account as a whole: sets the baseline, or advances the watermark or the history.
 *
 * @param source of the tasks
 * @param account the account's id
 * @param step from the known state (null before first contact) to the next one
 */
public record AccountProposal(Source source, String account, UnaryOperator<KnownAccount> step) implements Proposal {

    /** First contact with the account's tasks of a source; changes nothing where there was one before. */
    public static AccountProposal firstContact(Source source, String account, KnownAccount first) {
        return new AccountProposal(source, account, known -> known == null ? first : known);
    }

    @Override
    public Decision decide(KnownState known) {
        KnownAccount before = source.account(known, account);
        KnownAccount next = step.apply(before);
        return Decision.change(source.accounts().key(account), before, next, List.of());
    }
}
