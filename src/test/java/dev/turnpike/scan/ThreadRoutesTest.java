package dev.turnpike.scan;

import static dev.turnpike.scan.UpstreamJson.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.events.Event;
import dev.turnpike.polling.PollKind;
import dev.turnpike.publishing.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Polling of threads, by the route file that ships. */
class ThreadRoutesTest extends ScriptedPolls {
    private static final String LIST = "v1/threads";

    @Override
    PollKind kind() {
        return PollKind.THREADS;
    }

    private static String thread(String id, String status, long updated) {
        return """
                {"id":"%s","name":"Title of %s","createdAt":%d,"updatedAt":%d,
                 "status":{"type":"%s","activeFlags":["waitingOnApproval"]}}""".formatted(id, id, at(5).getEpochSecond(), at(updated).getEpochSecond(), status);
    }

    private static String turn(String id, String status, long started) {
        return "{\"id\":\"%s\",\"status\":\"%s\",\"startedAt\":%d,\"completedAt\":%s}"
                .formatted(
                        id,
                        status,
                        at(started).getEpochSecond(),
                        status.equals("inProgress")
                                ? "null"
                                : Long.toString(at(started + 5).getEpochSecond()));
    }

    private static String items(String text) {
        return list(
                null,
                "{\"type\":\"userMessage\",\"content\":[{\"type\":\"text\",\"text\":\"Please\"}]}",
                "{\"type\":\"agentMessage\",\"phase\":\"final_answer\",\"text\":\"" + text + "\"}");
    }

    private static String list(String cursor, String... elements) {
        return "{\"data\":[%s],\"nextCursor\":%s,\"backwardsCursor\":null}"
                .formatted(String.join(",", elements), cursor == null ? "null" : "\"" + cursor + "\"");
    }

    private static String turnsOf(String thread) {
        return "v2/threads/" + thread + "/turns";
    }

    private static String itemsOf(String thread) {
        return "v2/threads/" + thread + "/items";
    }

    private void contact() {
        codex.reply(LIST, list(null));
        assertThat(poll()).isEqualTo("ok");
        codex.asked();
    }

    /** A thread with one turn that has ended. */
    private void ended(String thread) {
        codex.reply(turnsOf(thread), list(null, turn(thread + "~a", "completed", 10)));
        codex.reply(itemsOf(thread), items("Done with " + thread));
    }

    @Test
    void aTurnThatEndsIsListedReadAndPublished() {
        contact();
        codex.reply(LIST, list(null, thread("t1", "active", 20)));
        codex.reply(turnsOf("t1"), list(null, turn("t1~a", "inProgress", 10)));
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).isEmpty();

        codex.reply(LIST, list(null, thread("t1", "idle", 40)));
        ended("t1");
        codex.asked();
        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly(LIST, turnsOf("t1"), itemsOf("t1"));
        assertThat(shard.turns()).containsExactly("t1:t1~a:completed");
        Event event = shard.published("turn").get(0);
        assertThat(event.data().path("summary").asText()).isEqualTo("Done with t1");
        assertThat(event.data().path("prompt").asText()).isEqualTo("Please");
        assertThat(event.data().path("source").asText()).isEqualTo("thread");
    }

    @Test
    void aThreadThatIsAsItWasKnownCostsNoCallAndNoTransaction() {
        contact();
        codex.reply(LIST, list(null, thread("t1", "idle", -3600), thread("t2", "notLoaded", -7200)));
        ended("t1");
        ended("t2");
        poll();
        int transactions = shard.transactions();
        codex.asked();

        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly(LIST);
        assertThat(shard.transactions()).isEqualTo(transactions);
    }

    @Test
    void whatEndedLongBeforeFirstContactIsRecordedWithoutACall() {
        contact();
        codex.reply(LIST, list(null, thread("t1", "idle", -86_400 * 3)));
        codex.asked();

        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly(LIST);
        assertThat(shard.turns()).isEmpty();
        assertThat(shard.state(Source.THREADS.tasks().key(account, "t1"))).isNotNull();
    }

    @Test
    void thePagesGoOnInTheNextPollAndTheFirstIsReadEachTime() {
        contact();
        pages(40);
        codex.asked();
        poll();
        assertThat(codex.asked())
                .as("a poll reads at most 25 pages")
                .containsExactlyElementsOf(
                        Stream.concat(Stream.of(LIST), cursors(1, 24)).toList());

        poll();
        assertThat(codex.asked())
                .containsExactlyElementsOf(
                        Stream.concat(Stream.of(LIST), cursors(25, 39)).toList());
        poll();
        assertThat(codex.asked()).as("a new round").startsWith(LIST, LIST + "?c1");
    }

    private void pages(int count) {
        for (int page = 0; page < count; page++) {
            String next = page + 1 < count ? "c" + (page + 1) : null;
            codex.reply(page == 0 ? LIST : LIST + "?c" + page, list(next, thread("t" + page, "idle", -86_400 * 2)));
        }
    }

    private static Stream<String> cursors(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(page -> LIST + "?c" + page);
    }

    @Test
    void aCursorThatComesAgainEndsTheRound() {
        contact();
        codex.reply(LIST, list("c1"));
        codex.reply(LIST + "?c1", list("c1"));
        codex.asked();

        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly(LIST, LIST + "?c1");
        assertThat(drift).contains("repeated-cursor");
    }

    @Test
    void aThreadWhoseCallsFailHoldsUpNoOther() {
        contact();
        codex.reply(LIST, list(null, thread("t1", "idle", 30), "17", thread("t2", "idle", 20)));
        ended("t1");
        ended("t2");
        codex.fail(turnsOf("t1"), Kind.SERVER_ERROR);

        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactly("t2:t2~a:completed");
        assertThat(drift).contains("malformed-item");

        ended("t1");
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactly("t2:t2~a:completed", "t1:t1~a:completed");
    }

    @Test
    void aPageThatFailsIsThePollsFailureOnlyWhereItIsTheFirst() {
        contact();
        codex.reply(LIST, list("c1", thread("t1", "idle", 30)));
        ended("t1");
        codex.fail(LIST + "?c1", Kind.SERVER_ERROR);
        assertThat(poll()).isEqualTo("ok");
        assertThat(shard.turns()).containsExactly("t1:t1~a:completed");

        codex.fail(LIST, Kind.SERVER_ERROR);
        assertThat(poll()).isEqualTo("server_error");
    }

    @Test
    void anEdgeThatBlocksIsLeftAloneForLong() {
        contact();
        codex.fail(LIST, Kind.CHALLENGE);

        assertThat(poll()).isEqualTo("challenge");

        Instant now = clock.instant();
        assertThat(slot.isDue(PollKind.THREADS, now.plus(Duration.ofMinutes(14))))
                .isFalse();
        assertThat(slot.isDue(PollKind.THREADS, now.plus(Duration.ofMinutes(17))))
                .isTrue();
        assertThat(slot.isDue(PollKind.USAGE, now)).as("another host").isTrue();
    }

    @Test
    void aThreadInWhichATurnRunsIsAskedForWhereTheListDoesNotShowIt() {
        contact();
        codex.reply(LIST, list(null, thread("t1", "active", 20)));
        codex.reply(turnsOf("t1"), list(null, turn("t1~a", "inProgress", 10)));
        poll();
        codex.reply(LIST, list(null));
        codex.reply(LIST + "/t1", thread("t1", "idle", 40));
        ended("t1");
        codex.asked();

        assertThat(poll()).isEqualTo("ok");

        assertThat(codex.asked()).containsExactly(LIST, LIST + "/t1", turnsOf("t1"), itemsOf("t1"));
        assertThat(shard.turns()).containsExactly("t1:t1~a:completed");
    }
}
