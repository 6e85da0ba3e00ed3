package dev.turnpike.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.Replies;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventTopic;
import dev.turnpike.shard.ShardInMemory;
import dev.turnpike.usage.StateInMemory;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sign-in that is needed, and one that works again. */
class AuthProposalTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Identity ALICE = new Identity("ws/alice", "pro");

    private final AuthRequiredException expired =
            new AuthRequiredException("expired", "The sign-in has expired: sign in again");
    private final StateInMemory state = new StateInMemory();

    private static AuthProposal auth(AuthRequiredException problem, long millis) {
        return new AuthProposal(ALICE, problem, NOON.plusMillis(millis));
    }

    private List<Event> published(AuthRequiredException problem, long millis) {
        return state.apply(auth(problem, millis).decide(state.known()));
    }

    @Test
    void anEpisodeIsReportedOnceAtItsBeginAndOnceAtItsEnd() {
        Event required = published(expired, 0).get(0);
        assertThat(published(expired, 60_000)).isEmpty();
        Event recovered = published(null, 61_500).get(0);
        assertThat(published(null, 100_000)).isEmpty();
        Event again = published(expired, 200_000).get(0);

        assertThat(List.of(required, recovered, again))
                .extracting(Event::id)
                .containsExactly(
                        "ws/alice:auth.required:2026-11-22T12:00:00Z",
                        "ws/alice:auth.recovered:2026-11-22T12:00:00Z",
                        "ws/alice:auth.required:2026-11-22T12:03:20Z");
        assertThat(required.data())
                .isEqualTo(Replies.json("{'reason':'expired','message':'The sign-in has expired: sign in again',"
                        + "'action':'Follow the message. Polling resumes automatically once the sign-in file has changed;"
                        + " a changed token setting requires a restart.',"
                        + "'since':'2026-11-22T12:00:00Z','account':{'id':'ws/alice','plan':'pro'}}"));
        assertThat(recovered.data())
                .isEqualTo(Replies.json("{'since':'2026-11-22T12:00:00Z','recovered_at':'2026-11-22T12:01:01.500Z',"
                        + "'after_seconds':61.5,'account':{'id':'ws/alice','plan':'pro'}}"));
        assertThat(required.stream()).isEqualTo(EventTopic.ALERTS);
        assertThat(required.key()).isEqualTo("ws/alice");
        assertThat(required.subject()).isNull();
        assertThat(recovered.time()).isEqualTo(NOON.plusMillis(61_500));
    }

    @Test
    void aClockThatWasSetBackMakesNoNegativeLength() {
        published(expired, 0);

        assertThat(published(null, -5_000).get(0).data().path("after_seconds").toString())
                .isEqualTo("0.0");
    }

    @Test
    void anEpisodeOfANewerFormatIsRefused() {
        ShardInMemory shard = new ShardInMemory();
        shard.known(AuthProposal.KIND.key("ws/alice"), "{\"v\":2}");

        assertThatThrownBy(() -> shard.publish(List.of(auth(null, 90)))).hasMessageContaining("format 2");
    }
}
