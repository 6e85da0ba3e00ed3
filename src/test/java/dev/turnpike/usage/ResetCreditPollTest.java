package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.Event;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the list of reset credits is asked for, and which of them are reported. */
class ResetCreditPollTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final String ACCOUNT = "workspace/user";

    private final StateInMemory state = new StateInMemory();
    private final List<String> calls = new ArrayList<>();
    private final List<String> drift = new ArrayList<>();
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private Instant now = START;
    private String reply = "{}";
    private UpstreamException failure;

    private ResetCreditPoll poll = poll(Duration.ofDays(3));

    private ResetCreditPoll poll(Duration within) {
        return new ResetCreditPoll(
                (account, proposal) -> proposal.decide(state.known()).isNothing(),
                this::call,
                drift::add,
                within,
                clock);
    }

    private CodexClient.Reply call(CodexRequest request) {
        calls.add(request.line());
        if (failure != null) {
            throw failure;
        }
        return new CodexClient.Reply(Replies.json(reply), now);
    }

    private List<Event> look(int available) {
        poll.saw(ACCOUNT, new UsageReply("pro", List.of(), null, null, null, available, List.of()));
        List<Event> events = new ArrayList<>();
        for (Proposal proposal : poll.poll(null, ACCOUNT)) {
            events.addAll(state.apply(proposal.decide(state.known())));
        }
        return events;
    }

    private List<Event> lookAt(Duration after, int available) {
        now = START.plus(after);
        return look(available);
    }

    private void credits(String... credits) {
        reply = "{\"credits\": [" + String.join(",", credits) + "], \"available_count\": " + credits.length + "}";
    }

    private static String credit(String id, String status, String expires) {
        return "{\"id\": \"%s\", \"reset_type\": \"weekly\", \"status\": \"%s\", \"granted_at\": 1795000000, \"expires_at\": %s, \"title\": \"A reset\", \"description\": null}"
                .formatted(id, status, expires);
    }

    @Test
    void aCreditThatExpiresSoonIsReportedOnce() {
        String at = "\"2026-11-25T11:00:00Z\"";
        credits(
                credit("c1", "available", at),
                credit("c2", "available", "\"2026-12-30T00:00:00Z\""),
                credit("c3", "redeemed", at));

        assertThat(look(2)).as("three days and an hour before").isEmpty();
        List<Event> events = lookAt(Duration.ofHours(1), 2);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("usage.reset-credit-expiring");
            assertThat(event.data().path("credit_id").asText()).isEqualTo("c1");
            assertThat(event.data().path("expires_at").asText()).isEqualTo("2026-11-25T11:00:00Z");
            assertThat(event.data().path("available_credits").asInt()).isEqualTo(2);
        });
        for (int hour = 2; hour < 80; hour++) {
            assertThat(lookAt(Duration.ofHours(hour), 2)).as("hour %d", hour).isEmpty();
        }
        assertThat(state.isEmpty()).as("a credit that has expired is forgotten").isTrue();
        assertThat(drift).isEmpty();
    }

    @Test
    void secondsAreReadAsWellAndWhatIsUnknownIsDrift() {
        long soon = START.plusSeconds(3600).getEpochSecond();
        credits(credit("c1", "available", Long.toString(soon)), "{\"id\": 7, \"colour\": \"red\"}");

        assertThat(look(1)).hasSize(1);
        assertThat(drift).containsExactly("field:reset_credit.colour");
    }

    @Test
    void oneCallAnHourAndOnlyWhereThereAreCredits() {
        credits();
        look(0);
        assertThat(calls).isEmpty();
        look(1);
        lookAt(Duration.ofMinutes(59), 1);
        assertThat(calls).containsExactly("GET /rate-limit-reset-credits");
        lookAt(Duration.ofMinutes(60), 1);
        assertThat(calls).hasSize(2);
        lookAt(Duration.ofMinutes(130), 0);
        assertThat(calls).hasSize(2);
        lookAt(Duration.ofDays(-1), 1);
        assertThat(calls).as("the clock was set back").hasSize(3);
    }

    @Test
    void aCreditWhoseAlertWasNotPublishedIsProposedAgainAtTheNextPollWithoutACall() {
        credits(credit("c1", "available", "\"2026-11-22T10:50:00Z\""));
        poll.saw(ACCOUNT, new UsageReply("pro", List.of(), null, null, null, 1, List.of()));
        assertThat(poll.poll(null, ACCOUNT)).as("not published").hasSize(1);

        assertThat(lookAt(Duration.ofMinutes(1), 1)).hasSize(1);
        assertThat(lookAt(Duration.ofMinutes(2), 1)).isEmpty();
        assertThat(calls).hasSize(1);
    }

    @Test
    void neverMeansNoCall() {
        poll = poll(Duration.ZERO);
        look(1);
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = UpstreamException.Kind.class,
            names = {"NOT_FOUND", "SERVER_ERROR", "NETWORK"})
    void aFailureCostsAnHourAndNothingElse(UpstreamException.Kind kind) {
        failure = new UpstreamException(kind, 0, null, "GET /rate-limit-reset-credits", null);
        assertThat(look(1)).isEmpty();
        lookAt(Duration.ofMinutes(59), 1);
        assertThat(calls).hasSize(1);
        failure = null;
        credits(credit("c1", "available", "\"2026-11-23T00:00:00Z\""));
        assertThat(lookAt(Duration.ofHours(1), 1)).hasSize(1);
    }
}
