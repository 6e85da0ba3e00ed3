package dev.turnpike.polling;

import static dev.turnpike.scan.UpstreamJson.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.shard.ShardInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static final PollSchedule.Intervals INTERVALS =
            new PollSchedule.Intervals(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(60));

    private final AuthRequiredException expired =
            new AuthRequiredException("expired", "The sign-in has expired: sign in again");

    private final MovableClock clock = new MovableClock(at(0));
    private final CredentialsForTests credentials = new CredentialsForTests();
    private final SignInSlot slot = new SignInSlot(credentials, "test", Set.of(PollKind.TASKS, PollKind.USAGE));
    private final ShardInMemory shard = new ShardInMemory();
    private final List<String> watched = new ArrayList<>();
    private final List<String> replaced = new ArrayList<>();
    private boolean owned = true;
    private final PollSchedule schedule = new PollSchedule(INTERVALS, new Random(1));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PollMeters meters = new PollMeters(registry, Clock.systemUTC()) {
        @Override
        public void replaced(String account) {
            replaced.add(account);
        }
    };
    private final Accounts accounts = new Accounts(
            List.of(slot), account -> owned ? Optional.of(shard) : Optional.empty(), schedule, meters, clock);
    private final Polls polls = new Polls(
            accounts,
            schedule,
            meters,
            (account, failure) ->
                    watched.add(failure == null ? "ok" : failure.kind().label()),
            clock);

    private WatchedAccount begin() {
        List<WatchedAccount> due = accounts.due(PollKind.TASKS);
        assertThat(due).hasSize(1);
        return due.get(0);
    }

    /** The account of the slot, and another after it. */
    private Accounts withSecond(String account, CredentialsForTests second) {
        second.belongTo(new Identity(account, null));
        SignInSlot other = new SignInSlot(second, "bad", Set.of(PollKind.TASKS, PollKind.USAGE));
        return new Accounts(List.of(slot, other), id -> Optional.of(shard), schedule, meters, clock);
    }

    private boolean isDueIn(long seconds) {
        return slot.isDue(PollKind.TASKS, clock.instant().plusSeconds(seconds));
    }

    @Test
    void anAccountIsHandedOutOnceUntilItIsReportedBack() {
        WatchedAccount account = begin();

        clock.move(Duration.ofDays(1));
        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        assertThat(accounts.due(PollKind.USAGE))
                .as("another kind has a flight of its own")
                .hasSize(1);

        polls.ended(account, Next.IDLE);
        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        clock.move(Duration.ofSeconds(67));
        begin();
    }

    @Test
    void anActiveAccountIsPolledSooner() {
        polls.ended(begin(), Next.ACTIVE);
        assertThat(isDueIn(13)).isFalse();
        assertThat(isDueIn(17)).isTrue();

        clock.move(Duration.ofSeconds(17));
        polls.ended(begin(), Next.IDLE);
        assertThat(isDueIn(53)).isFalse();
        assertThat(isDueIn(67)).isTrue();
    }

    @Test
    void failuresInARowBackOffAndASuccessEndsThat() {
        UpstreamException failure = new UpstreamException(Kind.SERVER_ERROR, 500, null, "500", null);
        for (int longest : new int[] {6, 11, 22, 44}) {
            polls.failed(begin(), null, failure);
            assertThat(isDueIn(longest * 8 / 11 - 1)).as("longest %s", longest).isFalse();
            assertThat(isDueIn(longest)).as("longest %s", longest).isTrue();
            clock.move(Duration.ofSeconds(longest));
        }
        polls.ended(begin(), Next.ACTIVE);
        assertThat(isDueIn(17)).isTrue();
        assertThat(slot.failures(PollKind.TASKS)).isZero();
        assertThat(watched).containsExactly("server_error", "server_error", "server_error", "server_error", "ok");
    }

    @Test
    void anAccountWithoutCredentialsThatMayWorkIsLeftAlone() {
        credentials.isRetryDue(false);

        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        credentials.isRetryDue(true);
        begin();
    }

    @Test
    void anAccountOfAnotherInstanceIsLeftAloneAndPolledAsSoonAsItIsOurs() {
        owned = false;
        assertThat(accounts.due(PollKind.TASKS)).isEmpty();

        owned = true;
        begin();
    }

    @Test
    void credentialsThatAreNotToBeHadNowAreAskedForAgainLater() {
        credentials.fail(new CredentialsUnavailableException("busy"));
        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        assertThat(isDueIn(6)).isTrue();
        assertThat(isDueIn(1)).isFalse();

        credentials.fail(null);
        clock.move(Duration.ofSeconds(6));
        begin();
    }

    @Test
    void thatAPersonHasToSignInIsReportedOnceAndItsEndOnce() {
        polls.ended(begin(), Next.IDLE);
        credentials.fail(expired);
        for (int i = 0; i < 5; i++) {
            clock.move(Duration.ofSeconds(70));
            assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        }

        List<Event> required = shard.published("auth.required");
        assertThat(required).hasSize(1);
        assertThat(required.get(0).data().path("reason").asText()).isEqualTo("expired");
        assertThat(required.get(0).data().path("message").asText()).isEqualTo(expired.getMessage());

        credentials.fail(null);
        polls.ended(begin(), Next.IDLE);
        assertThat(shard.published("auth.recovered")).hasSize(1);
    }

    @Test
    void whatCouldNotBeReportedIsReportedWhenKafkaIsBack() {
        WatchedAccount account = begin();
        shard.beforePublish(() -> {
            throw new KafkaException("no broker");
        });
        polls.failed(account, null, expired);
        credentials.isRetryDue(false);
        accounts.due(PollKind.TASKS);
        assertThat(shard.published("auth.required")).isEmpty();

        shard.beforePublish(() -> {});
        accounts.due(PollKind.TASKS);
        accounts.due(PollKind.TASKS);

        assertThat(shard.published("auth.required")).hasSize(1);
    }

    @Test
    void whatKafkaRefusesToBeReportedOfOneAccountKeepsNoOtherFromBeingDue() {
        polls.ended(begin(), Next.IDLE);
        credentials.fail(expired);
        shard.beforePublish(() -> {
            throw ShardInMemory.refusal(
                    Event.alert(
                            "workspace-1/alice",
                            "auth.required",
                            "too large",
                            at(0),
                            EventData.empty().node()),
                    "codex.alerts");
        });
        clock.move(Duration.ofMinutes(10));

        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        shard.beforePublish(() -> {});
        accounts.due(PollKind.TASKS);
        assertThat(shard.published("auth.required")).hasSize(1);
    }

    @Test
    void anErrorInOneAccountsCredentialsLeavesNoOtherInFlight() {
        CredentialsForTests broken = new CredentialsForTests();
        Accounts both = withSecond("workspace-1/broken", broken);
        broken.fail(new IllegalStateException("cannot happen"));

        List<WatchedAccount> due = both.due(PollKind.TASKS);

        assertThat(due).extracting(WatchedAccount::id).containsExactly(CredentialsForTests.ALICE.account());
        polls.ended(due.get(0), Next.IDLE);
        broken.fail(null);
        clock.move(Duration.ofSeconds(7));
        assertThat(both.due(PollKind.TASKS)).extracting(WatchedAccount::id).containsExactly("workspace-1/broken");
        clock.move(Duration.ofSeconds(67));
        assertThat(both.due(PollKind.TASKS))
                .extracting(WatchedAccount::id)
                .containsExactly(CredentialsForTests.ALICE.account());
    }

    @Test
    void aSignInThatCannotBeReportedLeavesNoOtherInFlight() {
        CredentialsForTests lost = new CredentialsForTests();
        Accounts both = withSecond("workspace-1/lost", lost);
        both.due(PollKind.TASKS).forEach(account -> polls.ended(account, Next.IDLE));
        lost.fail(expired);
        shard.beforePublish(() -> {
            throw new IllegalStateException("a record of a newer version");
        });
        clock.move(Duration.ofSeconds(70));

        assertThat(both.due(PollKind.TASKS))
                .extracting(WatchedAccount::id)
                .containsExactly(CredentialsForTests.ALICE.account());
    }

    private double authRequired(String account) {
        return registry.get("turnpike.auth.required")
                .tag("account", account)
                .gauge()
                .value();
    }

    /** The shard is another instance's, which sees the same of the sign-in file. */
    private void signOutWhereTheShardIsAnothers() {
        polls.ended(begin(), Next.IDLE);
        owned = false;
        clock.move(Duration.ofSeconds(70));
        credentials.fail(expired);
        accounts.due(PollKind.TASKS);
        credentials.isRetryDue(false);
        accounts.due(PollKind.TASKS);
    }

    @Test
    void aSignInThatIsMendedIsNotReportedWhereTheShardMovesToLater() {
        signOutWhereTheShardIsAnothers();
        assertThat(authRequired(CredentialsForTests.ALICE.account())).isEqualTo(1);

        credentials.fail(null);
        credentials.isRetryDue(true);
        for (int i = 0; i < 3; i++) {
            assertThat(accounts.due(PollKind.TASKS)).isEmpty();
            assertThat(authRequired(CredentialsForTests.ALICE.account())).isZero();
        }
        owned = true;
        polls.ended(begin(), Next.IDLE);

        assertThat(shard.published("auth.required")).isEmpty();
        assertThat(shard.published("auth.recovered")).isEmpty();
        assertThat(authRequired(CredentialsForTests.ALICE.account())).isZero();
    }

    @Test
    void aSignInThatIsMendedWhileTheShardMovesIsNotReported() {
        signOutWhereTheShardIsAnothers();

        credentials.fail(null);
        credentials.isRetryDue(true);
        owned = true;
        begin();

        assertThat(shard.published("auth.required")).isEmpty();
    }

    @Test
    void aSignInThatIsStillMissingIsReportedWhereTheShardMovesTo() {
        signOutWhereTheShardIsAnothers();

        owned = true;
        accounts.due(PollKind.TASKS);

        assertThat(shard.published("auth.required")).hasSize(1);
        assertThat(authRequired(CredentialsForTests.ALICE.account())).isEqualTo(1);
    }

    @Test
    void anEpisodeThatWasPublishedHereEndsHereAlsoWhenTheShardHasMoved() {
        polls.ended(begin(), Next.IDLE);
        clock.move(Duration.ofSeconds(70));
        credentials.fail(expired);
        accounts.due(PollKind.TASKS);
        assertThat(shard.published("auth.required")).hasSize(1);

        owned = false;
        credentials.fail(null);
        accounts.due(PollKind.TASKS);

        assertThat(authRequired(CredentialsForTests.ALICE.account())).isZero();
    }

    @Test
    void whatWasWrongWithOneSignInIsNotReportedOfAnother() {
        signOutWhereTheShardIsAnothers();
        Identity bob = new Identity("workspace-1/bob", null);

        credentials.belongTo(bob);
        credentials.fail(null);
        credentials.isRetryDue(true);
        accounts.due(PollKind.TASKS);
        owned = true;
        begin();

        assertThat(shard.published("auth.required")).isEmpty();
        assertThat(registry.find("turnpike.auth.required")
                        .tag("account", bob.account())
                        .gauge())
                .isNull();
    }

    @Test
    void aRefusalOfOneSignInIsNotReportedOfAnotherThatHasReplacedIt() {
        WatchedAccount alice = begin();
        credentials.belongTo(new Identity("workspace-1/bob", null));
        assertThat(accounts.due(PollKind.USAGE)).hasSize(1);

        polls.failed(alice, null, expired);

        assertThat(shard.published("auth.required")).isEmpty();
    }

    @Test
    void aProblemOfSomebodyWhoWasNeverKnownIsNoEvent() {
        credentials.fail(expired);

        assertThat(accounts.due(PollKind.TASKS)).isEmpty();
        assertThat(shard.transactions()).isZero();
    }

    @Test
    void anotherSignInIntoTheSameFileIsAnotherAccountFromTheNextPollOn() {
        WatchedAccount first = begin();
        credentials.belongTo(new Identity("workspace-1/bob", null));
        assertThat(first.id()).isEqualTo(CredentialsForTests.ALICE.account());
        polls.ended(first, Next.IDLE);
        clock.move(Duration.ofSeconds(70));

        assertThat(begin().id()).isEqualTo("workspace-1/bob");
    }

    @Test
    void whoTakesTheSignInOfAnotherTakesItsPlaceInTheMetrics() {
        polls.ended(begin(), Next.IDLE);
        String before = slot.last().account();
        credentials.belongTo(new Identity("workspace-2/bob", "plus"));
        clock.move(Duration.ofMinutes(5));
        begin();
        accounts.due(PollKind.USAGE);

        assertThat(replaced).containsExactly(before);
    }
}
